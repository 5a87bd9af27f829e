/**
 * Classes S03 (bounce), S11 (Telnet overflow) and S21 (backdoors) of
 * docs/security.md, as the scripts of nmap look for them.
 */
import { assert, assertEquals } from "@std/assert";
import { startFtpd, tempFolders } from "../ftp/helpers.ts";

const SCRIPTS = [
  "ftp-vsftpd-backdoor",
  "ftp-proftpd-backdoor",
  "ftp-libopie",
  "ftp-vuln-cve2010-4221",
  "ftp-bounce",
];

/** nmap with these arguments; `null` where there is none. */
async function nmap(...args: string[]): Promise<string | null> {
  try {
    const { code, stdout } = await new Deno.Command("nmap", { args }).output();
    assertEquals(code, 0);
    return new TextDecoder().decode(stdout);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

const version = await nmap("--version");

Deno.test({
  name:
    "Attack S21 backdoors: the scripts of nmap find none, and no way to others" +
    (version === null ? " (skipped: nmap is not installed)" : ""),
  ignore: version === null,
  async fn() {
    const wasOpen = await isOpen(6200);
    await using folders = await tempFolders({ a: "hello" });
    await using ftpd = await startFtpd([
      ...["--listen", "127.0.0.1:0", "--login-delay", "0", folders.pub],
    ]);
    const port = `${ftpd.ports[0]}`;
    // They look at FTP servers only: nmap is told that this is one.
    const found = await nmap(
      ...["-Pn", "-n", "-sT", "-p", port, "127.0.0.1"],
      ...["--script", SCRIPTS.map((name) => `+${name}`).join(",")],
      ...["--script-args", "ftp-bounce.checkhost=127.0.0.2,vulns.showall"],
      ...["--script-timeout", "20s", "--host-timeout", "60s"],
    );
    assert(found!.includes(`${port}/tcp open`), found!);
    assert(!/State: (LIKELY )?VULNERABLE|bounce working/.test(found!), found!);
    using control = await ftpd.connect();
    await control.say("USER x:)", 331);
    await control.say("PASS x", 530);
    assert((await control.say("HELP ACIDBITCHEZ")).startsWith("501"));
    assertEquals(await isOpen(6200), wasOpen, "port 6200 is open");
  },
});

/** Whether somebody listens on a port of this machine. */
async function isOpen(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ port })).close();
    return true;
  } catch {
    return false;
  }
}
