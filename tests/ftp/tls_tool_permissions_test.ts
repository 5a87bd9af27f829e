import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { testCertificates } from "../tls_certificates.ts";
import { FTPD, runFtpd, startFtpd } from "./helpers.ts";
import {
  ANY,
  pinOf,
  portOf,
  SecureControl,
  tlsFolders,
  tlsTest,
} from "./tls_tool.ts";

const RUN = [Deno.execPath(), "run", "--quiet", "--no-prompt"];

/** A test of the sources: a binary's permissions are baked in. */
const sourceTest: typeof tlsTest = FTPD.length > 1
  ? tlsTest
  : (name, fn) =>
    Deno.test({
      name: `${name} (skipped: a binary has its permissions baked in)`,
      ignore: true,
      fn,
    });

sourceTest(
  "the warden keeps reading its certificates and nothing beside them, and a worker not even these",
  async () => {
    const { server } = await testCertificates();
    await using folders = await tlsFolders({ server });
    const { tls, pub } = folders;
    await Deno.writeTextFile(`${tls}/secret`, "secret");
    const args = [...ANY, ...folders.words("server"), pub, tls];
    const { code, stdout, stderr } = await runFtpd(args, {
      program: [...RUN, "-P=ftpd", "tests/ftp/tls_tool_probe.ts"],
    });
    assertEquals(code, 0, stderr);
    const { "a worker reads": workers, ...results } = JSON.parse(stdout);
    assertEquals(workers, pub);
    const allowed = Object.entries<string>(results).filter(([, result]) => {
      if (result === "done") return true;
      assertMatch(result, /^NotCapable: /);
      return false;
    });
    assertEquals(allowed.map(([name]) => name), [
      "read the key",
      "look at the key",
      "read the certificate",
    ]);
  },
);

sourceTest(
  "ftpd serves TLS in one thread within narrower flags, and says that it won't reload",
  async () => {
    const { server, selfSigned } = await testCertificates();
    await using folders = await tlsFolders({ server });
    const { pub, tls } = folders;
    const files = `${tls}/server.pem,${tls}/server.key`;
    const program = [
      ...[...RUN, "--allow-net=127.0.0.1", `--allow-read=${pub},${files}`],
      "server/ftpd.ts",
    ];
    const args = [...ANY, "--active", "off", ...folders.words("server"), pub];
    await using ftpd = await startFtpd(args, { program });
    await folders.put("server", selfSigned);
    ftpd.kill("SIGHUP");
    await ftpd.said("certificates-refused");
    assertMatch(ftpd.log, /can be read again where .* --allow-read=\S+;/);
    using control = await SecureControl.implicit(portOf(ftpd.ready, "ftps"));
    assertEquals(control.pin, await pinOf(server));
  },
);

sourceTest("ftpd names the flag that its certificates need", async () => {
  const { server } = await testCertificates();
  await using folders = await tlsFolders({ server });
  const { pub, tls } = folders;
  const narrow = (read: string) => [
    ...[...RUN, "--allow-net", `--allow-read=${read}`, "server/ftpd.ts"],
  ];
  const cases = [
    [folders.words("server"), pub, `needs --allow-read=${tls}`],
    [
      ["--tls-self-signed"],
      pub,
      "--tls-self-signed: the runtime needs " +
      "--allow-env=HOME,USERPROFILE,XDG_STATE_HOME",
    ],
  ] as const;
  for (const [words, read, part] of cases) {
    const run = await runFtpd([...ANY, ...words, pub], {
      program: narrow(read),
    });
    assertEquals(run.code, 1, run.stderr);
    assertMatch(run.stderr, /^ftpd: [^\n]*\n$/);
    assertStringIncludes(run.stderr, part);
  }
});
