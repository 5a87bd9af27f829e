import { assert, assertEquals, assertRejects } from "@std/assert";
import { ToolError } from "../../lib/cli.ts";
import {
  findIdentity,
  type IdentityTools,
  tellMade,
} from "../../server/ftp/tls/identity.ts";
import { createLog } from "../../lib/log.ts";
import { readRequest } from "../../server/ftp/options.ts";
import {
  lackOf,
  makeSelfSigned,
  selfSignedPath,
} from "../../server/ftp/tls/self_signed.ts";
import { certOf, examine, keyOf, MemoryFiles, NOW } from "./ftp_tls_files.ts";

const OWN = "/state/wharf/ftpd-tls.pem";
const VARIABLES: Record<string, string> = { XDG_STATE_HOME: "/state" };

/** Finds the identity of a command line. */
function find(
  args: readonly string[],
  files: MemoryFiles,
  { check = false, tools = {} }: {
    check?: boolean;
    tools?: Partial<IdentityTools>;
  } = {},
) {
  const { settings } = readRequest([...args, "/srv"], { lack: null });
  return findIdentity({ ...settings, tls: settings.tls! }, {
    files,
    examine: examineReal,
    env: (name) => VARIABLES[name],
    now: () => NOW,
    ...tools,
  }, { check });
}

/** Real ones are made, and of those the words are enough. */
const examineReal: typeof examine = (pair, options) => {
  if (!/\n[\w+/=]{64}\n/.test(pair.cert)) return examine(pair, options);
  assert(/BEGIN PRIVATE KEY/.test(pair.key));
  return { names: ["real"], from: 0, until: NOW * 2, fingerprint: "real" };
};

const PAIR = ["--tls-cert", "/c/a.pem", "--tls-key", "/c/a.key"];

Deno.test("findIdentity() finds the certificates that are named", async () => {
  const files = new MemoryFiles({
    "/c/a.pem": certOf("a", 3),
    "/c/a.key": keyOf("a"),
  });
  const identity = await find(PAIR, files);
  assertEquals(identity.certificates?.facts[0]?.names, ["a"]);
  assertEquals([identity.lack, identity.warnings.length], [null, 1]);
});

Deno.test("findIdentity() refuses a certificate whose folder is served", async () => {
  const files = new MemoryFiles({
    "/c/a.pem": certOf("a"),
    "/c/a.key": keyOf("a"),
  });
  files.links.set("/c", "/srv/c");
  const error = await assertRejects(() => find(PAIR, files), ToolError);
  assert(error.message.startsWith("/c/a.pem is in /srv, which is served"));
});

Deno.test("findIdentity() makes a certificate once, for the names that clients use", async () => {
  const files = new MemoryFiles();
  const args = [
    ...["--tls-self-signed=ftp.example", "--passive-address", "203.0.113.9"],
    ...["--listen", "192.0.2.1:21", "--implicit-tls", "0.0.0.0:990"],
  ];
  const first = await find(args, files);
  assertEquals(first.lack, "absent");
  assertEquals(first.names, [
    ...["ftp.example", "localhost", "192.0.2.1", "203.0.113.9"],
    ...["127.0.0.1", "::1"],
  ]);
  assertEquals(first.tls.certificates, [{ cert: OWN, key: OWN }]);
  const made = files.files.get(OWN);
  assert(/^-----BEGIN CERTIFICATE-----/.test(made!.text));
  const second = await find(["--tls-self-signed=real"], files);
  assertEquals([second.lack, second.warnings], [null, []]);
  assertEquals(files.files.get(OWN), made);
});

Deno.test("findIdentity() with check makes nothing", async () => {
  const files = new MemoryFiles();
  const identity = await find(["--tls-self-signed"], files, { check: true });
  assertEquals([identity.lack, identity.certificates], ["absent", null]);
  assertEquals(files.files.size, 0);
  assertEquals(identity.tls.certificates, [{ cert: OWN, key: OWN }]);
});

Deno.test("findIdentity() makes a certificate anew when it has expired", async () => {
  const files = new MemoryFiles({ [OWN]: certOf("a", -1) + keyOf("a") });
  const check = await find(["--tls-self-signed"], files, { check: true });
  assertEquals([check.lack, check.certificates], ["expired", null]);
  const identity = await find(["--tls-self-signed=real"], files);
  assertEquals(identity.lack, "expired");
  assertEquals(identity.certificates?.facts[0]?.names, ["real"]);
  const lines: string[] = [];
  const log = createLog({ format: "text", write: (line) => lines.push(line) });
  tellMade(identity, log);
  assertEquals(lines.map((line) => line.slice(25).trimEnd()), [
    `certificate-made because="the old one expired" file=${OWN} names=real ` +
    `until=${
      new Date(NOW * 2).toISOString().slice(0, 10)
    } fingerprint=sha256:real`,
  ]);
});

Deno.test("findIdentity() keeps a certificate for other names, with a warning", async () => {
  const files = new MemoryFiles({ [OWN]: certOf("a,::1") + keyOf("a,::1") });
  const { warnings } = await find(["--tls-self-signed=b,A,0::1"], files);
  assertEquals(warnings, [
    `the certificate in ${OWN} is not for b: it was made for other names; ` +
    "remove it, and another one will be made",
  ]);
});

Deno.test("findIdentity() keeps no key below a served folder", async () => {
  const files = new MemoryFiles({ "/srv/file": "" });
  const tools = { env: () => "/srv/home" };
  const error = await assertRejects(
    () => find(["--tls-self-signed"], files, { tools }),
    ToolError,
  );
  assertEquals(
    error.message,
    "/srv/home/wharf/ftpd-tls.pem is in /srv, which is served; keep " +
      "certificates and keys outside",
  );
  assertEquals(files.files.size, 1);
});

Deno.test("selfSignedPath() says which variables are missing", async () => {
  assertEquals(
    selfSignedPath((name) => name === "HOME" ? "/home/ann" : undefined),
    "/home/ann/.local/state/wharf/ftpd-tls.pem",
  );
  const relative: typeof VARIABLES = { XDG_STATE_HOME: "x", USERPROFILE: "C:" };
  assertEquals(
    selfSignedPath((name) => relative[name]),
    "C:/.local/state/wharf/ftpd-tls.pem",
  );
  await assertRejects(
    () =>
      find(["--tls-self-signed"], new MemoryFiles(), {
        tools: { env: () => undefined },
      }),
    ToolError,
    "there is no place to keep the certificate; set HOME or XDG_STATE_HOME",
  );
});

Deno.test("lackOf() leaves a file alone that holds something else", async () => {
  const files = new MemoryFiles({ [OWN]: "my thesis" });
  await assertRejects(
    () => lackOf(OWN, { files, examine, now: NOW }),
    ToolError,
    `cannot use ${OWN}: there is no certificate; remove it, and another one`,
  );
});

Deno.test("makeSelfSigned() leaves the certificate of a server that was faster", async () => {
  const theirs = certOf("theirs") + keyOf("theirs");
  const files = new MemoryFiles({ [OWN]: theirs });
  const tools = { files, examine, now: NOW };
  await makeSelfSigned(OWN, ["ours"], "absent", tools);
  assertEquals(files.files.get(OWN)?.text, theirs);
  await makeSelfSigned(OWN, ["ours"], "expired", tools);
  assert(files.files.get(OWN)?.text !== theirs);
});
