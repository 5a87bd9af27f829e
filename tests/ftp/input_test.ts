import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
} from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import {
  code,
  type Ftpd,
  type RawControl,
  residentKilobytes,
  soon,
  startFtpd,
  tempFolders,
} from "./helpers.ts";

const ANY = ["--listen", "127.0.0.1:0"];
const MEBIBYTE = 1 << 20;

async function withFtpd(
  act: (ftpd: Ftpd) => Promise<void>,
  args: readonly string[] = [],
): Promise<void> {
  await using folders = await tempFolders({ a: "hello" });
  await using ftpd = await startFtpd([...ANY, ...args, folders.pub]);
  await act(ftpd);
}

Deno.test("a command line over 4 KiB gets one reply, and the next one its own", async () => {
  await withFtpd(async (ftpd) => {
    using control = await ftpd.login();
    for (const length of [4097, 5000, 70_000, 1_000_000]) {
      const reply = await control.say("A".repeat(length));
      assertEquals(reply, "500 Command line too long.");
      await control.say("NOOP", 200);
    }
    const longest = `CWD ${"a".repeat(4092)}`;
    assertEquals((await control.say(longest)).slice(0, 2), "55");
    assertEquals(
      await control.say(`${longest}a`),
      "500 Command line too long.",
    );
  });
});

Deno.test("100 MB without an end of line end the connection, in little memory", async () => {
  await withFtpd(async (ftpd) => {
    using other = await ftpd.login();
    using control = await ftpd.connect();
    const before = await residentKilobytes(ftpd.pid);
    const sent = await sendUntilClosed(control, new Uint8Array(MEBIBYTE), 100);
    assertLess(sent, 100, "all 100 MB were taken");
    await other.say("NOOP", 200);
    const after = await residentKilobytes(ftpd.pid);
    if (before !== null) assertLess(after! - before, 50_000, "kB more");
  });
});

Deno.test("100 MB of too long lines get a reply each, in little memory", async () => {
  await withFtpd(async (ftpd) => {
    using other = await ftpd.login();
    using control = await ftpd.login();
    const before = await residentKilobytes(ftpd.pid);
    const line: Bytes = new Uint8Array(500_000).fill(65);
    line.set([13, 10], line.length - 2);
    for (let lines = 0; lines < 200; lines++) {
      await control.write(line);
      await control.expect(500);
      // Hundred bad lines in a row would be the end.
      if (lines % 50 === 0) await control.say("NOOP", 200);
      if (lines % 50 === 0) await other.say("NOOP", 200);
    }
    const after = await residentKilobytes(ftpd.pid);
    if (before !== null) assertLess(after! - before, 50_000, "kB more");
  });
});

Deno.test("NUL, CR, IAC and bytes of no encoding get one reply each", async () => {
  await withFtpd(async (ftpd) => {
    using control = await ftpd.login();
    const cases: [Bytes | string, RegExp][] = [
      ["\0\r\n", /^500 /],
      ["CWD a\0b\r\n", /^501 /],
      ["CWD a\rb\r\n", /^501 /],
      ["NO\0OP\r\n", /^500 /],
      ["\r\n", /^500 /],
      ["\n", /^500 /],
      [" NOOP\r\n", /^500 /],
      ["ÄÖÜ\r\n", /^500 /],
      [Uint8Array.of(0x80, 0xc0, 0xfe, 13, 10), /^500 /],
      [Uint8Array.of(67, 87, 68, 32, 0xc3, 0x28, 13, 10), /^501 /],
      [Uint8Array.of(67, 87, 68, 32, 0xed, 0xa0, 0x80, 13, 10), /^501 /],
      [Uint8Array.of(255, 244, 255, 242, 78, 79, 79, 80, 10), /^200 /],
      [new Uint8Array(4000).fill(255).with(3999, 10), /^500 /],
      ["NOOP\n", /^200 /],
      ["constructor\r\n", /^500 /],
      ["__PROTO__ x\r\n", /^500 /],
      ["toString\r\n", /^500 /],
    ];
    for (const [bytes, wanted] of cases) {
      await control.write(bytes);
      assertMatch(await control.reply(), wanted, JSON.stringify(bytes));
    }
    await control.say("NOOP", 200);
  });
});

Deno.test("a flood of IAC bytes ends the connection and disturbs nobody", async () => {
  await withFtpd(async (ftpd) => {
    using other = await ftpd.login();
    using control = await ftpd.connect();
    const flood: Bytes = new Uint8Array(MEBIBYTE).fill(255);
    assertLess(await sendUntilClosed(control, flood, 100), 100);
    await other.say("NOOP", 200);
  });
});

Deno.test("numbers that are none get 501, and none of them stays", async () => {
  await withFtpd(async (ftpd) => {
    using control = await ftpd.login();
    const numbers = [
      ..."-1 +5 0x10 1e3 1.5 ٣ NaN".split(" "),
      "99999999999999999999",
      "9223372036854775808",
      "18446744073709551616",
      " 1",
    ];
    for (const number of numbers) await control.say(`REST ${number}`, 501);
    for (const number of ["-1", "99999999999999999999999"]) {
      assertGreater(code(await control.say(`ALLO ${number}`)), 199);
    }
    assertEquals(await control.fetch("RETR a"), "hello");
    await control.say("REST 9007199254740991", 350);
    await control.passivePort();
    await control.say("RETR a", 554);
    assertEquals(await control.fetch("RETR a"), "hello");
  });
});

Deno.test("a client that speaks no FTP is sent away after a while", async () => {
  await withFtpd(async (ftpd) => {
    using control = await ftpd.connect();
    const request = "GET / HTTP/1.1\r\nHost: x\r\nAccept: y\r\n";
    await control.write(request.repeat(100));
    const said = await control.ended();
    const replies = said.trimEnd().split("\n");
    assert(replies.length <= 301, `${replies.length} replies`);
    assertMatch(replies.at(-1)!, /^421 /);
  });
});

Deno.test("2,000,000 commands in one go get a reply each, and others are served", async () => {
  const COUNT = 2_000_000;
  await withFtpd(async (ftpd) => {
    using flooder = await ftpd.login();
    using other = await ftpd.login();
    const block = new TextEncoder().encode("NOOP\r\n".repeat(50_000));
    const sending = (async () => {
      for (let sent = 0; sent < COUNT; sent += 50_000) {
        await flooder.write(block);
      }
    })();
    const counting = countLines(flooder.conn, COUNT);
    let over = false;
    counting.finally(() => over = true);
    let slowest = 0;
    let trips = 0;
    while (!over) {
      const began = performance.now();
      await other.say("NOOP", 200);
      slowest = Math.max(slowest, performance.now() - began);
      trips++;
    }
    await soon(sending, "the last of the commands");
    assertEquals(await counting, COUNT);
    assertLess(slowest, 1000, "ms for a NOOP");
    assertGreater(trips, 10);
    await flooder.say("QUIT", 221);
  });
});

Deno.test("a client that never reads is closed in time, in little memory", async () => {
  await withFtpd(async (ftpd) => {
    using deaf = await ftpd.login();
    const before = await residentKilobytes(ftpd.pid);
    const block = new TextEncoder().encode("HELP\r\n".repeat(20_000));
    const sending = deaf.write(block).then(() => deaf.write(block))
      .then(() => deaf.write(block))
      .catch(() => {}); // It ends when the server has enough.
    await ftpd.said("timeout");
    await ftpd.said("disconnected session=1");
    using other = await ftpd.login();
    await other.say("NOOP", 200);
    const after = await residentKilobytes(ftpd.pid);
    if (before !== null) assertLess(after! - before, 50_000, "kB more");
    deaf.close();
    await soon(sending, "the end of sending");
  }, ["--idle-timeout", "1"]);
});

/** Sends `block` up to `times` times; how often before the server closed. */
async function sendUntilClosed(
  control: RawControl,
  block: Bytes,
  times: number,
): Promise<number> {
  for (let sent = 0; sent < times; sent++) {
    try {
      await soon(control.write(block), "room for more");
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) return sent;
      if (error instanceof Deno.errors.ConnectionReset) return sent;
      throw error;
    }
  }
  return times;
}

/** Reads until `wanted` line feeds have come, or the end. */
async function countLines(conn: Deno.Conn, wanted: number): Promise<number> {
  const buffer = new Uint8Array(MEBIBYTE);
  let lines = 0;
  while (lines < wanted) {
    const count = await soon(conn.read(buffer), "more replies");
    if (count === null) break;
    for (let at = 0; at < count; at++) if (buffer[at] === 10) lines++;
  }
  return lines;
}
