import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { runFtpd, startFtpd } from "../ftp/helpers.ts";
import { inFolders } from "./interop.ts";
import { isInstalled, run } from "./program.ts";
import { NO_TLS, tlsWords, writeKeys } from "./tls_scene.ts";

const LOCAL = ["--listen", "127.0.0.1:0"];
/** Every option, as somebody would give it. */
const OPTIONS = [
  ["--tls", "optional"],
  ["--tls", "required"],
  ["--tls-cert", "server.pem", "--tls-key", "server.key"],
  ["--tls-self-signed"],
  ["--tls-self-signed=localhost"],
  ["--implicit-tls", "127.0.0.1:0"],
  ["--tls-client-ca", "ca.pem"],
  ["--tls-client-cert", "optional"],
  ["--tls-session-reuse", "require"],
  ["--tls-min", "1.3"],
  ["--tls-user", "anonymous=optional"],
  ["--tls-rate", "5"],
];

Deno.test({
  name: NO_TLS === undefined
    ? "ftpd ends each TLS option in one line (skipped: this runtime has TLS)"
    : "ftpd ends each TLS option in one line, and serves without",
  ignore: NO_TLS === undefined,
  fn: () =>
    inFolders(async ({ served }) => {
      for (const words of OPTIONS) {
        const ended = await runFtpd([...LOCAL, ...words, served]);
        const { code, stdout, stderr } = ended;
        assertEquals({ code, stdout }, { code: 2, stdout: "" }, stderr);
        assertMatch(stderr, /^ftpd: [^\n]*TLS needs Deno 2\.9[^\n]*\n/);
        assertStringIncludes(stderr, words[0]!.split("=")[0]!);
      }
      await using ftpd = await startFtpd([...LOCAL, served]);
      using control = await ftpd.login();
      await control.say("AUTH TLS", 502);
    }),
});

test("ftpd makes a certificate once, keeps it and tells its fingerprint", () =>
  inFolders(async ({ served, home }) => {
    const setup = `export HOME=${home}; unset XDG_STATE_HOME`;
    const words = [...LOCAL, "--implicit-tls", "127.0.0.1:0"];
    words.push("--tls-self-signed=localhost", served);
    const seen = new Set<string>();
    for (const round of ["makes", "keeps"]) {
      await using ftpd = await startFtpd(words, { setup });
      const port = ftpd.ports[0]!;
      const shown = await fingerprint(port, home);
      assertStringIncludes(`${ftpd.ready}${ftpd.log}`, shown, round);
      seen.add(shown);
    }
    assertEquals(seen.size, 1, "the same certificate both times");
    const kept = join(home, ".local/state/wharf/ftpd-tls.pem");
    assertEquals((await Deno.stat(kept)).mode! & 0o777, 0o600);
    assertEquals(await Array.fromAsync(Deno.readDir(served)), []);
  }));

test("ftpd refuses certificates and keys that can't be used", () =>
  inFolders(async ({ served, home }) => {
    const keys = await writeKeys(join(home, "keys"));
    await Deno.copyFile(join(keys, "server.key"), join(served, "server.key"));
    const pair = (cert: string, key: string) => [
      ...["--tls-cert", join(keys, cert), "--tls-key", key],
    ];
    const bad = [
      [pair("missing.pem", join(keys, "server.key")), "missing.pem"],
      [pair("server.pem", join(keys, "other.key")), "other.key"],
      [pair("server.key", join(keys, "server.key")), "server.key"],
      [pair("server.pem", join(served, "server.key")), "served"],
    ] as const;
    for (const [words, told] of bad) {
      const ended = await runFtpd([...LOCAL, ...words, served]);
      assertEquals(ended.code === 0, false, ended.stderr);
      assertEquals(ended.stdout, "");
      assertMatch(ended.stderr, /^ftpd: [^\n]+\n$/);
      assertStringIncludes(ended.stderr, told);
    }
    const good = await runFtpd([
      ...LOCAL,
      ...tlsWords(keys),
      "--check",
      served,
    ]);
    assertEquals(good.code, 0, good.stderr);
  }));

/** What `openssl` says of the certificate that a server shows. */
async function fingerprint(port: number, cwd: string): Promise<string> {
  const place = `127.0.0.1:${port}`;
  const script = `openssl s_client -starttls ftp -connect ${place} </dev/null |
openssl x509 -noout -fingerprint -sha256`;
  const { stdout, report } = await run(["sh", "-c", script], { cwd });
  const [, digits] = /Fingerprint=([\dA-F:]+)/.exec(stdout) ?? [];
  assertEquals(digits === undefined, false, report);
  return digits!.replaceAll(":", "").toLowerCase();
}

function test(name: string, fn: () => Promise<void>): void {
  const missing = NO_TLS ??
    (isInstalled("openssl") ? undefined : "openssl is not installed");
  Deno.test({
    name: missing ? `${name} (skipped: ${missing})` : name,
    ignore: missing !== undefined,
    fn,
  });
}
