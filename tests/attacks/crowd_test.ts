/**
 * Classes S12 (connections without end) and S22 (leaks) of docs/security.md.
 * `WHARF_ATTACKS=long` asks for as many as somebody with time would send.
 */
import { assert, assertEquals, assertLess } from "@std/assert";
import {
  type Ftpd,
  residentKilobytes,
  soon,
  startFtpd,
  tempFolders,
} from "../ftp/helpers.ts";
import { expectOutcome } from "./session.ts";
import { many } from "./scale.ts";

const ANY = ["--listen", "127.0.0.1:0"];
const IS_LINUX = Deno.build.os === "linux";

/** What a program prints. */
async function printed(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command(program, { args }).output();
  return new TextDecoder().decode(stdout);
}

/** Ticks of processor time that a process has had; the system has 100 a second. */
async function ticksOf(pid: number): Promise<number> {
  const text = await printed("cat", `/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

async function openFiles(pid: number): Promise<number> {
  return (await printed("ls", `/proc/${pid}/fd`)).trimEnd().split("\n").length;
}

Deno.test({
  name:
    "Attack S12 exhaustion: a crowd that says nothing costs no processor time, and leaves room for others",
  ignore: !IS_LINUX,
  async fn() {
    const crowd = many(300, 5000);
    await using folders = await tempFolders({ a: "hello" });
    await using ftpd = await startFtpd([
      ...[...ANY, "--max-sessions", `${2 * crowd}`],
      ...["--max-per-address", `${crowd + 1}`, folders.pub],
    ], { setup: "ulimit -n $(ulimit -Hn)" });
    const silent: Deno.TcpConn[] = [];
    for (let at = 0; at < crowd; at++) {
      silent.push(await Deno.connect({ port: ftpd.ports[0]! }));
    }
    const greeting = new Uint8Array(4);
    await soon(
      Promise.all(silent.map((conn) => conn.read(greeting))),
      "greetings",
    );
    using other = await ftpd.login();
    const before = await ticksOf(ftpd.pid);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const spent = await ticksOf(ftpd.pid) - before;
    assertLess(spent, 30, "hundredths of a second of processor time in one");
    assertEquals(await expectOutcome(other, "RETR a", 226), "hello");
    using refused = await ftpd.connect({ greeting: false });
    await refused.expect(421);
    for (const conn of silent) conn.close();
  },
});

Deno.test("Attack S12 exhaustion: sessions that ask for ports and never come hold one each, and end", async () => {
  await using folders = await tempFolders({ a: "hello" });
  const args = ["--login-timeout", "30", "--passive-timeout", "0.2"];
  await using ftpd = await startFtpd([...ANY, ...args, folders.pub]);
  const controls = await Promise.all(
    Array.from({ length: many(40, 400) }, () => ftpd.login()),
  );
  for (const control of controls) {
    await control.send(...Array(20).fill("EPSV"), "RETR a");
  }
  await Promise.all(controls.map(async (control) => {
    for (let at = 0; at < 20; at++) await control.expect(229);
    await control.expect(150);
    await control.expect(421);
    await control.say("NOOP", 200);
  }));
  for (const control of controls) control.close();
});

/** One session as clients have them: a list, a file, a mistake, an end. */
async function session(ftpd: Ftpd, turn: number): Promise<void> {
  using control = await ftpd.login();
  await control.say("CWD nowhere", 550);
  await control.passivePort();
  assertEquals(await expectOutcome(control, "RETR a", 226), "hello");
  if (turn % 3 === 0) await expectOutcome(control, "LIST", 226);
  if (turn % 2 === 0) await control.say("QUIT", 221);
}

Deno.test({
  name:
    "Attack S22 resource leaks: sessions one after the other leave memory and descriptors as they were",
  ignore: !IS_LINUX,
  async fn() {
    const rounds = many(4, 60);
    const each = many(60, 200);
    await using folders = await tempFolders({ a: "hello" });
    await using ftpd = await startFtpd([...ANY, "--quiet", folders.pub]);
    const kilobytes: number[] = [];
    let files = 0;
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < each; turn += 4) {
        await Promise.all(
          Array.from({ length: 4 }, (_, at) => session(ftpd, turn + at)),
        );
      }
      files ||= await openFiles(ftpd.pid);
      kilobytes.push(await residentKilobytes(ftpd.pid) ?? 0);
    }
    // The heap takes some thousand sessions to find its size, and stays there.
    const grown = kilobytes.at(-1)! - kilobytes[rounds / 2]!;
    assertLess(grown, many(25_000, 40_000), `kB more: ${kilobytes}`);
    await soon(untilAtMost(files, () => openFiles(ftpd.pid)), "closed files");
    assert(!/error|unexpected/i.test(ftpd.log), ftpd.log.slice(0, 1000));
  },
});

/** Waits until a number is no larger than that. */
async function untilAtMost(
  most: number,
  look: () => Promise<number>,
): Promise<void> {
  while (await look() > most);
}
