import { assert, assertEquals, assertLess } from "@std/assert";
import { writeAll } from "../../lib/bytes.ts";
import { within } from "../../lib/net/wait.ts";
import { stampService } from "../../server/services/stamp.ts";
import { timeOfDay } from "../../server/services/stamps.ts";
import { bytesOf } from "../core/byte_cases.ts";
import {
  readText,
  readToEnd,
  serveEverywhere,
  textToEnd,
} from "./upper_server.ts";

const SERVICE = stampService({ stamp: timeOfDay(() => "noon") });

Deno.test("stampd answers each line at once, over TCP and Unix sockets", async () => {
  await using server = await serveEverywhere(SERVICE);
  for (const target of [server.tcp, server.unix]) {
    using conn = await (target.transport === "tcp"
      ? Deno.connect(target)
      : Deno.connect(target));
    for (const line of ["one\n", "two\r\n", "\n", "\r\n"]) {
      await conn.write(bytesOf(line));
      assertEquals(await readText(conn, 7 + line.length), `[noon] ${line}`);
    }
    await conn.write(bytesOf("no end"));
    await conn.closeWrite();
    assertEquals(await textToEnd(conn), "[noon] no end");
  }
});

Deno.test("stampd answers lines of every size whole, with LF and CRLF", async () => {
  await using server = await serveEverywhere(SERVICE);
  using conn = await Deno.connect(server.tcp);
  const sizes = [0, 1, 1023, 1024, 1025, 2048, 4096, 8192, 8193, 12_288];
  const larger = [16_383, 16_384, 16_385, 65_507, 65_535, 65_536];
  const endings = ["\n", "\r\n"];
  for (const size of [...sizes, ...larger]) {
    for (const ending of endings) {
      const line = "y".repeat(size) + ending;
      await writeAll(conn, bytesOf(line));
      const answer = await readText(conn, 7 + line.length);
      assert(answer === `[noon] ${line}`, `${size} bytes`);
    }
  }
});

Deno.test("stampd stamps a stream of 100 MiB, every line once", async () => {
  await using server = await serveEverywhere(SERVICE);
  const lines = `${"z".repeat(1023)}\n`.repeat(1024);
  const block = bytesOf(lines);
  const wanted = bytesOf(lines.replaceAll(/^(?=z)/gm, "[noon] "));
  using conn = await Deno.connect(server.tcp);
  const sending = (async () => {
    for (let count = 0; count < 100; count++) await writeAll(conn, block);
    await conn.closeWrite();
  })();
  let at = 0;
  let wrong = 0;
  await readToEnd(conn, (part) => {
    for (const byte of part) {
      if (byte !== wanted[at++ % wanted.length]) wrong++;
    }
  });
  await sending;
  assertEquals([at, wrong], [100 * wanted.length, 0]);
});

Deno.test("stampd answers two lines of one packet with two stamps", async () => {
  await using server = await serveEverywhere(SERVICE);
  using conn = await Deno.connect(server.tcp);
  await conn.write(bytesOf("one\ntwo\nthr"));
  const answer = "[noon] one\n[noon] two\n";
  assertEquals(await readText(conn, answer.length), answer);
  await conn.write(bytesOf("ee\n"));
  assertEquals(await readText(conn, 13), "[noon] three\n");
});

Deno.test("stampd answers a line of 2,000 packets with one stamp", async () => {
  await using server = await serveEverywhere(SERVICE);
  using conn = await Deno.connect(server.tcp);
  conn.setNoDelay(true);
  const answer = textToEnd(conn);
  for (let count = 0; count < 2000; count++) await conn.write(bytesOf("x"));
  await conn.write(bytesOf("\r\n"));
  await conn.closeWrite();
  assertEquals(await answer, `[noon] ${"x".repeat(2000)}\r\n`);
});

Deno.test("stampd answers a megabyte without a line end in parts", async () => {
  await using server = await serveEverywhere(SERVICE);
  using conn = await Deno.connect(server.tcp);
  const answer = textToEnd(conn);
  await writeAll(conn, new Uint8Array(1 << 20).fill(0x61));
  await conn.closeWrite();
  const parts = (await answer).split("\n");
  assertEquals(parts.length, 16);
  for (const [at, part] of parts.entries()) {
    const place = at === 0 ? "" : ` +${at * 65_536}`;
    assert(part === `[noon${place}] ${"a".repeat(65_536)}`, String(at));
  }
});

Deno.test("stampd waits for a client that does not read, and loses no line", async () => {
  await using server = await serveEverywhere(SERVICE);
  using slow = await Deno.connect(server.tcp);
  // Each line grows sevenfold: what nobody reads must not pile up.
  const lines = new Uint8Array(1 << 18).fill(0x0a);
  const most = 64;
  let sent = 0;
  let blocked: Promise<void> | null = null;
  while (blocked === null && sent < most) {
    const writing = writeAll(slow, lines);
    const late = await within(writing.then(() => "sent"), 500, "late");
    if (late === "late") blocked = writing;
    sent++;
  }
  assertLess(sent, most, "the server held what nobody read");
  using other = await Deno.connect(server.tcp);
  await other.write(bytesOf("hello\n"));
  assertEquals(await readText(other, 13), "[noon] hello\n");
  let received = 0;
  const reading = readToEnd(slow, (part) => {
    received += part.length;
  });
  await blocked;
  await slow.closeWrite();
  await reading;
  assertEquals(received, sent * lines.length * 8);
});

Deno.test("stampd outlives clients that break off in a line", async () => {
  await using server = await serveEverywhere(SERVICE);
  for (let count = 0; count < 20; count++) {
    const conn = await Deno.connect(server.tcp);
    await conn.write(bytesOf("one\ntwo\nhalf"));
    await readText(conn, 5);
    conn.close();
  }
  using conn = await Deno.connect(server.tcp);
  await conn.write(bytesOf("hello\n"));
  assertEquals(await readText(conn, 13), "[noon] hello\n");
});
