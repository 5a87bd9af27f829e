/** What stands in `docs/tls.md` works when it is typed. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { NO_TLS_TESTS } from "./ftp_tls_scene.ts";
import { isInstalled, run, runWell } from "./program.ts";
import {
  blocksOf,
  likeCertbot,
  type Page,
  play,
  REPORT,
  withPage,
} from "./tls_page.ts";
import { ftpWords } from "./ftp_tool.ts";
import { NO_TLS } from "./tls_scene.ts";

/** A test of a part of the page with these programs. */
function pageTest(
  name: string,
  programs: readonly string[],
  action: (page: Page) => Promise<void>,
): void {
  const program = programs.find((program) => !isInstalled(program));
  const missing = NO_TLS ?? NO_TLS_TESTS ??
    (program && `${program} is not installed`);
  const title = `docs/tls.md: ${name}`;
  Deno.test({
    name: missing ? `${title} (skipped: ${missing})` : title,
    ignore: missing !== undefined,
    fn: () => withPage(action),
  });
}

const AUTHORITY = "### An authority of your own";

pageTest(
  "a certificate that signs itself is pinned",
  [],
  async (page) => {
    await play(page, "## Two ways that work", 0);
    await play(page, "## Two ways that work", 1);
    await play(page, "## Explicit and implicit");
    assertMatch(page.ftpd!.log, /secured .*cipher=/);
  },
);

pageTest(
  "a certificate that everybody trusts, and other clients",
  ["openssl", "curl", "lftp"],
  async (page) => {
    await play(page, AUTHORITY, 0);
    await likeCertbot(page);
    for (const block of [2, 3, 4, 5]) {
      await play(page, "## Two ways that work", block);
    }
    const { log } = page.ftpd!;
    assertEquals(log.match(/verb=RETR .* result=complete tls=/g)?.length, 3);
  },
);

pageTest(
  "certbot's files are handed over, and the key is pinned",
  ["openssl"],
  async (page) => {
    const heading = "### Let's Encrypt without root";
    await play(page, AUTHORITY, 0);
    await likeCertbot(page);
    await play(page, heading, 0);
    const { mode } = await Deno.stat(`${page.base}/etc/ftpd/tls.pem`);
    assertEquals(mode! & 0o777, 0o600);
    await play(page, heading, 1);
    const [pin] = /[\da-f]{64}/.exec(await play(page, heading, 2)) ?? [];
    const url = `ftpes://127.0.0.1:${page.ftpd!.ports[0]}/report.pdf`;
    const words = [...ftpWords(), "cat", "--pin", `sha256:${pin}`, url];
    assertEquals(await runWell(words, { cwd: page.base }), REPORT);
  },
);

pageTest("an authority of one's own", ["openssl"], async (page) => {
  await play(page, AUTHORITY);
  assertMatch(page.ftpd!.log, /verb=RETR .* result=complete tls=/);
});

pageTest("several certificates", ["openssl"], async (page) => {
  await play(page, AUTHORITY, 0);
  await alsoAs(page, "a");
  await play(page, AUTHORITY, 0);
  await alsoAs(page, "b");
  await play(page, "### Several names");
  assertMatch(page.ftpd!.ready, /sha256:\w{64} and sha256:\w{64}/);
});

async function alsoAs({ base }: Page, name: string): Promise<void> {
  for (const end of ["pem", "key"]) {
    await Deno.copyFile(`${base}/server.${end}`, `${base}/${name}.${end}`);
  }
}

pageTest("a client's certificate logs in", ["openssl"], async (page) => {
  await play(page, AUTHORITY, 0);
  await play(page, "## Client certificates");
  assertMatch(page.ftpd!.log, /login .*user=alice by=certificate/);
});

pageTest("fixed passive ports", [], async (page) => {
  await play(page, "## Firewalls and NAT");
  assert(page.ftpd!.ready.includes("TLS required"));
});

pageTest(
  "Python resumes with the lines that it says, and not without",
  ["openssl", "python3"],
  async (page) => {
    await play(page, AUTHORITY, 0);
    const [lines] = blocksOf("## Resumed sessions", "python");
    await play(page, AUTHORITY, 1);
    for (const version of ["TLSv1_2", "TLSv1_3"]) {
      assertEquals(await fetched(page, lines!, version), "True");
      assertEquals(await fetched(page, PLAIN, version), "False");
    }
  },
);

/** `ftplib` as it comes. */
const PLAIN = "FTP = ftplib.FTP_TLS";

/** Whether the data connection of a listing was resumed. */
async function fetched(
  { base, ftpd }: Page,
  lines: string,
  version: string,
): Promise<string> {
  const script = `
import ftplib, ssl
${lines}
context = ssl.create_default_context(cafile='ca.pem')
context.minimum_version = context.maximum_version = ssl.TLSVersion.${version}
ftp = FTP(context=context, timeout=20)
ftp.connect('localhost', ${ftpd!.ports[0]})
ftp.login()
ftp.prot_p()
ftp.voidcmd('TYPE I')
conn = ftp.transfercmd('RETR report.pdf')
print(conn.session_reused)
while conn.recv(4096): pass
conn.close()
ftp.voidresp()
ftp.quit()
`;
  const { code, stdout, report } = await run(["python3", "-c", script], {
    cwd: base,
  });
  assertEquals(code, 0, report);
  return stdout.trim();
}
