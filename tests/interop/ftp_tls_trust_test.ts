/**
 * Whom `ftp` trusts, and what it says of those whom it does not.
 *
 * @module
 */

import {
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { testCertificates } from "../tls_certificates.ts";
import {
  fingerprintOf,
  onlyLine,
  script,
  tlsToolTest,
} from "./ftp_tls_scene.ts";
import { IS_COMPILED, recordsOf } from "./ftp_tool.ts";

const FILES = { "/a": "one", "/pub/c": "three" };

const DISTRUSTED = [
  ["selfSigned", "signed by itself", "--cacert FILE"],
  ["server", "signed by nobody whom this machine trusts", "--cacert FILE"],
  ["expired", "expired on ", null],
  ["notYet", "counts from ", null],
  ["wrongName", "wrong.example, not for 127.0.0.1", null],
] as const;

for (const [shows, why, authority] of DISTRUSTED) {
  tlsToolTest(
    `a certificate that is ${shows} is refused in one line`,
    async (scene) => {
      const { host, implicitHost, user, ftp, key } = scene;
      const pin = `sha256:${await fingerprintOf(
        (await testCertificates())[shows].cert,
      )}`;
      const trust = authority === null ? ["--cacert", key("ca.pem")] : [];
      for (const [scheme, where] of [["ftpes", host], ["ftps", implicitHost]]) {
        const url = `${scheme}://${user}@${where}/a`;
        const { stderr, stdout } = await ftp(["cat", ...trust, url], {
          code: 3,
        });
        const line = onlyLine(stderr);
        const ways = [`--pin ${pin}`, authority ?? "", "--insecure"];
        for (const part of [where!, why, ...ways]) {
          assertStringIncludes(line, part);
        }
        assertEquals(line.includes("--cacert"), authority !== null);
        assertEquals(stdout, "");
        const traced = await ftp(["cat", "--trace", ...trust, url], {
          code: 3,
        });
        assertFalse(traced.stderr.includes("> USER"), traced.stderr);
        assertEquals((await ftp(["cat", "--pin", pin, url])).stdout, "one");
      }
    },
    { shows, remote: FILES },
  );
}

tlsToolTest(
  "pins of the certificate and of its key, however they are written",
  async (scene) => {
    const { host, user, ftp } = scene;
    const { selfSigned } = await testCertificates();
    const hex = await fingerprintOf(selfSigned.cert);
    const colons = hex.toUpperCase().match(/../g)!.join(":");
    const url = `ftpes://${user}@${host}`;
    for (const pin of [`sha256:${hex}`, `SHA256:${colons}`]) {
      const other = ["--pin", `sha256:${"0".repeat(64)}`];
      const out = await script(
        scene,
        "cat a; status",
        ...other,
        "--pin",
        pin,
        `${url}/`,
      );
      assertStringIncludes(out, `${`sha256:${hex}`} (pinned)\n`);
      assertStringIncludes(out, "Data connections resume its session\n");
    }
    const wrong = ["--pin", `sha256:${"0".repeat(64)}`];
    const { stderr } = await ftp(["cat", ...wrong, `${url}/a`], { code: 3 });
    const line = onlyLine(stderr);
    assertStringIncludes(line, `has a new one: --pin sha256:${hex}`);
    assertFalse(line.includes("--insecure"), line);
  },
  { shows: "selfSigned", remote: FILES, tls: { sessionReuse: "require" } },
);

tlsToolTest(
  "--insecure warns in one line, and records stay records",
  async (scene) => {
    const { host, user, ftp } = scene;
    const args = ["ls", "--json", "--insecure", `ftpes://${user}@${host}/pub`];
    const ended = await ftp(args);
    assertEquals(recordsOf(ended).map(({ name }) => name), ["c"]);
    assertMatch(ended.stderr, /^ftp: warning: --insecure: [^\n]*\n$/);
    const { stderr } = await ftp([...args, "--log", "json", "--quiet"]);
    const { level, message } = JSON.parse(stderr);
    assertEquals(level, "warning");
    assertStringIncludes(message, "--insecure");
  },
  { shows: "selfSigned", remote: FILES },
);

tlsToolTest("a certificate of ours logs in", async (scene) => {
  const { host, ftp, key } = scene;
  const [ca, cert, secret] = ["ca.pem", "client.pem", "client.key"].map(key);
  const trust = ["--cacert", ca!, "--cert", cert!];
  const url = `ftpes://alice:unneeded@${host}/a`;
  const { stdout, stderr } = await ftp([
    "cat",
    ...trust,
    "--key",
    secret!,
    url,
  ]);
  assertEquals([stdout, stderr], ["one", ""]);
  const both = key("both.pem");
  const texts = await Promise.all(
    [cert!, secret!].map((path) => Deno.readTextFile(path)),
  );
  await Deno.writeTextFile(both, texts.join(""), { mode: 0o644 });
  const open = await ftp(["cat", "--cacert", ca!, "--cert", both, url]);
  assertEquals(open.stdout, "one");
  assertMatch(
    open.stderr,
    /^ftp: warning: others can read .*both\.pem; chmod 600 ends that\n$/,
  );
  const none = await ftp(["cat", "--cacert", ca!, "--retries", "0", url], {
    code: 10,
  });
  const demand = "demands a certificate of ours; --cert FILE shows it one";
  assertStringIncludes(onlyLine(none.stderr), demand);
}, { remote: FILES, clients: true, tls: { loginByCertificate: true } });

tlsToolTest(
  "an authority without permission to name it costs the sessions",
  async (scene) => {
    if (IS_COMPILED) return; // Its permissions are baked in.
    const { host, user, ftp, key } = scene;
    const flags = ["--allow-net", "--allow-read", "--allow-env=HOME"];
    const args = ["-c", "cat a; status", "--cacert", key("ca.pem")];
    const ended = await ftp([...args, `ftpes://${user}@${host}/`], { flags });
    assertStringIncludes(
      ended.stdout,
      "Data connections do not resume its session\n",
    );
    assertMatch(
      ended.stderr,
      /^ftp: warning: without --allow-env=NODE_EXTRA_CA_CERTS, /,
    );
  },
  { remote: FILES },
);
