/**
 * `ftp` with TLS, as people and scripts use it.
 *
 * @module
 */

import {
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "node:path";
import { ACCOUNT } from "../client/account_servers.ts";
import { withFolder } from "../client/helpers.ts";
import { testCertificates } from "../tls_certificates.ts";
import {
  fingerprintOf,
  onlyLine,
  script,
  tlsToolTest,
  TOOL_HAS_NO_TLS,
} from "./ftp_tls_scene.ts";
import { recordsOf, runFtp } from "./ftp_tool.ts";

const FILES = { "/a": "one", "/b": "two", "/pub/c": "three" };

for (const version of ["1.2", "1.3"]) {
  tlsToolTest(
    `an authority's file, sessions resumed, TLS ${version}`,
    async (scene) => {
      const { host, implicitHost, user, ftp, key } = scene;
      const trust = ["--cacert", key("ca.pem"), "--tls-max", version];
      if (version === "1.3") trust.push("--tls-min", "1.3");
      for (const [scheme, where] of [["ftpes", host], ["ftps", implicitHost]]) {
        const url = `${scheme}://${user}@${where}`;
        const out = await script(
          scene,
          "cat a; ls; status",
          ...trust,
          `${url}/`,
        );
        assertStringIncludes(out, `Protected by TLSv${version}, `);
        assertStringIncludes(out, "(an authority vouches for it)\n");
        assertStringIncludes(out, "Data connections resume its session\n");
        const [record] = recordsOf(
          await ftp(["stat", "--json", ...trust, `${url}/b`]),
        );
        assertEquals([record.name, record.size], ["b", 3]);
      }
    },
    { remote: FILES, tls: { sessionReuse: "require" } },
  );

  tlsToolTest(
    `50 files each way, four at a time, TLS ${version}`,
    async (scene) => {
      const { host, user, ftp, key, local } = scene;
      const trust = ["--cacert", key("ca.pem"), "--tls-max", version];
      const url = `ftpes://${user}@${host}`;
      await Deno.mkdir(join(local, "out"));
      const names = Array.from({ length: 50 }, (_, at) => `f${at}`);
      for (const [at, name] of names.entries()) {
        await Deno.writeTextFile(
          join(local, "out", name),
          name.repeat(1 + at * 50),
        );
      }
      const options = ["--parallel", "4", ...trust];
      await ftp(["mirror", ...options, "out", `${url}/in`]);
      await ftp(["mirror", ...options, `${url}/in`, "back"]);
      for (const name of names) {
        const [sent, got] = await Promise.all(
          ["out", "back"].map((folder) =>
            Deno.readTextFile(join(local, folder, name))
          ),
        );
        assertEquals(got, sent, name);
      }
    },
    { tls: { sessionReuse: "require" } },
  );
}

tlsToolTest(
  "a server that wants sessions resumed is told from others",
  async (scene) => {
    const { host, ftp, key } = scene;
    const [ca, cert, secret] = ["ca.pem", "client.pem", "client.key"].map(key);
    const files = ["--cacert", ca!, "--cert", cert!, "--key", secret!];
    const url = `ftpes://${scene.user}@${host}/a`;
    const { stderr } = await ftp(["cat", "--retries", "0", ...files, url], {
      code: 10,
    });
    assertMatch(onlyLine(stderr), /522.*resume/);
  },
  { remote: FILES, clients: true, tls: { sessionReuse: "require" } },
);

tlsToolTest("data and commands in clear, when asked for", async (scene) => {
  const { host, user, ftp, key } = scene;
  const url = `ftpes://${user}@${host}/`;
  const trust = ["--cacert", key("ca.pem"), "--trace"];
  const clear = await ftp([
    "-c",
    "cat a; status",
    "--clear-data",
    "--ccc",
    ...trust,
    url,
  ]);
  for (const line of ["> PROT C", "> CCC"]) {
    assertStringIncludes(clear.stderr, `${line}\n`);
  }
  assertStringIncludes(clear.stdout, "Commands are not protected any more\n");
  assertStringIncludes(clear.stdout, "Data connections are not protected\n");
  const { stderr } = await ftp(["cat", ...trust, `${url}a`]);
  assertMatch(
    stderr,
    /> AUTH TLS\n< 234 [^]*> USER [^]*> PBSZ 0\n[^]*> PROT P\n/,
  );
}, { remote: FILES, tls: { policy: "optional" } });

tlsToolTest("a bookmark keeps TLS and what it pins", async (scene) => {
  const { host, user, ftp, local, key } = scene;
  const { selfSigned, server } = await testCertificates();
  const [right, wrong] = await Promise.all(
    [selfSigned, server].map(async ({ cert }) =>
      `sha256:${await fingerprintOf(cert)}`
    ),
  );
  const netrc = `machine 127.0.0.1 login bob password ${ACCOUNT.password}\n`;
  await Deno.writeTextFile(join(local, ".netrc"), netrc, { mode: 0o600 });
  await ftp([
    "-c",
    "bookmark add nas",
    "--pin",
    right!,
    `ftpes://${user}@${host}/pub`,
  ]);
  await ftp(["-c", `bookmark add --pin ${wrong} other ftpes://bob@${host}/`]);
  const stored = await Deno.readTextFile(
    join(local, ".config/wharf/ftp_bookmarks"),
  );
  assertEquals(
    stored,
    `nas --pin ${right} ftpes://bob@${host}/%2Fpub\n` +
      `other --pin ${wrong} ftpes://bob@${host}\n`,
  );
  assertEquals(await script(scene, "cat c", "nas"), "three");
  await ftp(["-c", "ls", "other"], { code: 3 });
  await ftp(["-c", "ls", "--insecure", "nas"], { code: 2 });
  await ftp(["-c", "ls", "--tls-implicit", "nas"], { code: 2 });
  assertEquals(
    await script(scene, "cat c", "--cacert", key("ca.pem"), "nas"),
    "three",
  );
}, { shows: "selfSigned", remote: FILES });

tlsToolTest(
  "plain FTP to a server that wants TLS says what to add",
  async (scene) => {
    const { host, user, ftp } = scene;
    const { stderr } = await ftp(["ls", "--trace", `ftp://${user}@${host}/`], {
      code: 10,
    });
    assertStringIncludes(
      stderr,
      "; --tls, or ftpes://, protects the connection\n",
    );
    assertFalse(stderr.includes("> PASS"), stderr);
  },
);

tlsToolTest(
  "the wrong kind of TLS is told from the right one",
  async (scene) => {
    const { host, implicitHost, user, ftp } = scene;
    const once = ["--retries", "0", "--timeout", "1", "--insecure"];
    const early = await ftp(["ls", ...once, `ftps://${user}@${host}/`], {
      code: 10,
    });
    assertStringIncludes(early.stderr, "--tls or ftpes:// does so\n");
    const late = await ftp(
      ["ls", ...once, `ftpes://${user}@${implicitHost}/`],
      { code: 3 },
    );
    assertStringIncludes(
      late.stderr,
      "--tls-implicit or ftps:// does so, too\n",
    );
  },
);

const NEEDS_TLS: readonly (readonly string[])[] = [
  ["ls", "ftps://127.0.0.1:1/"],
  ["ls", "--tls", "ftp://127.0.0.1:1/"],
  ["ls", "--json", "ftpes://127.0.0.1:1/"],
  ["-c", "open ftps://127.0.0.1:1"],
  ["-c", "open --tls 127.0.0.1 1"],
  ["-c", "version", "--cacert", "missing.pem"],
];

Deno.test({
  name: "ftp without TLS ends in one line wherever it is needed" +
    (TOOL_HAS_NO_TLS ? "" : " (skipped: this ftp has it)"),
  ignore: !TOOL_HAS_NO_TLS,
  fn: () =>
    withFolder(async (cwd) => {
      for (const args of NEEDS_TLS) {
        const { stderr } = await runFtp(args, { cwd, code: 2 });
        assertMatch(onlyLine(stderr), /TLS needs Deno 2\.9 or later/);
      }
      await runFtp(["-c", "version"], { cwd });
    }),
});
