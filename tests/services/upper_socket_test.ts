import { assert, assertEquals, assertLess } from "@std/assert";
import { type Bytes, writeAll } from "../../lib/bytes.ts";
import { within } from "../../lib/net/wait.ts";
import { upperService } from "../../server/services/upper.ts";
import { upper } from "../../client/upper/upper.ts";
import { bytesOf } from "../core/byte_cases.ts";
import {
  readText,
  readToEnd,
  serveEverywhere,
  soon,
  textToEnd,
} from "./upper_server.ts";

/** Sizes where packaged servers cut: 1024, 2048, 8192, 12288, 65507. */
const SIZES = [
  ...[0, 1, 1023, 1024, 1025, 2047, 2048, 2049, 4096, 8191, 8192, 8193],
  ...[12_288, 12_289, 16_384, 65_506, 65_507],
];

Deno.test("upperd answers all sizes over UDP, also the empty and the longest datagram", async () => {
  await using server = await serveEverywhere(upperService());
  for (const size of SIZES) {
    const answer = await upper(server.udp, "a".repeat(size), {
      timeout: 10_000,
    });
    assert(answer === "A".repeat(size), String(size));
  }
});

Deno.test("upperd answers all sizes over TCP and Unix sockets", async () => {
  await using server = await serveEverywhere(upperService());
  for (const size of [...SIZES, 65_508, 1_048_576]) {
    for (const target of [server.tcp, server.unix]) {
      const answer = await upper(target, "b".repeat(size), { timeout: 10_000 });
      assert(answer === "B".repeat(size), `${target.transport} ${size}`);
    }
  }
});

Deno.test("upperd never answers more over UDP than it was asked", async () => {
  await using server = await serveEverywhere(
    upperService({ casing: "unicode" }),
  );
  assertEquals(await upper(server.udp, "ŉ ß"), "ŉ ß");
  assertEquals(await upper(server.udp, "ß ä"), "SS Ä");
  assertEquals(await upper(server.tcp, "ŉ ß"), "ʼN SS");
});

/** Bytes that are all different in their order, letters among them. */
function pattern(length: number): Bytes {
  return Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8)) & 0xff);
}

Deno.test("upperd sends 100 MiB back, byte by byte", async () => {
  await using server = await serveEverywhere(upperService());
  const block = pattern(1 << 20);
  const wanted = new Uint8Array(block);
  for (const [at, byte] of wanted.entries()) {
    if (byte >= 97 && byte <= 122) wanted[at] = byte - 32;
  }
  using conn = await Deno.connect(server.tcp);
  const sending = (async () => {
    for (let count = 0; count < 100; count++) await writeAll(conn, block);
    await conn.closeWrite();
  })();
  let at = 0;
  let wrong = 0;
  await readToEnd(conn, (part) => {
    for (const byte of part) {
      if (byte !== wanted[at++ & 0xfffff]) wrong++;
    }
  });
  await sending;
  assertEquals([at, wrong], [100 << 20, 0]);
});

Deno.test("upperd takes 10,000 writes of one byte", async () => {
  await using server = await serveEverywhere(upperService());
  using conn = await Deno.connect(server.tcp);
  const answer = textToEnd(conn);
  for (let count = 0; count < 10_000; count++) await conn.write(bytesOf("x"));
  await conn.closeWrite();
  assertEquals(await answer, "X".repeat(10_000));
});

Deno.test("upperd answers at once and goes on until the client ends", async () => {
  await using server = await serveEverywhere(upperService());
  using conn = await Deno.connect(server.tcp);
  for (const text of ["one\r\n", "\r\n", "two\r\n"]) {
    await conn.write(bytesOf(text));
    assertEquals(await readText(conn, text.length), text.toUpperCase());
  }
  await conn.closeWrite();
  assertEquals(await textToEnd(conn), "");
});

Deno.test("upperd ends a connection on which nothing was sent", async () => {
  await using server = await serveEverywhere(upperService());
  using conn = await Deno.connect(server.tcp);
  await conn.closeWrite();
  assertEquals(await textToEnd(conn), "");
});

Deno.test("upperd waits for a client that does not read, serves others, and goes on", async () => {
  await using server = await serveEverywhere(upperService());
  using slow = await Deno.connect(server.tcp);
  const block = new Uint8Array(1 << 20).fill(0x61);
  const most = 64;
  let sent = 0;
  let blocked: Promise<void> | null = null;
  while (blocked === null && sent < most) {
    const writing = writeAll(slow, block);
    const late = await within(writing.then(() => "sent"), 300, "late");
    if (late === "late") blocked = writing;
    sent++;
  }
  // The system's buffers took some; the server took a buffer of its own.
  assertLess(sent, most, "the server held what nobody read");
  assertEquals(await upper(server.tcp, "others"), "OTHERS");
  let received = 0;
  const reading = readToEnd(slow, (part) => {
    received += part.length;
  });
  await blocked;
  await slow.closeWrite();
  await reading;
  assertEquals(received, sent << 20);
});

Deno.test("upperd outlives clients that break off", async () => {
  await using server = await serveEverywhere(upperService());
  for (let count = 0; count < 20; count++) {
    const conn = await Deno.connect(server.tcp);
    await writeAll(conn, new Uint8Array(100_000).fill(0x61));
    // With an answer unread, the system resets the connection.
    await readText(conn, 10);
    conn.close();
  }
  assertEquals(await upper(server.tcp, "still there"), "STILL THERE");
  await server.stop();
  assertEquals(server.log.filter((line) => line.includes("failed")), []);
});

Deno.test("upperd serves 200 clients at once, none of them with another's text", async () => {
  await using server = await serveEverywhere(upperService());
  const clients = Array.from({ length: 200 }, async (_, at) => {
    const text = `client ${at} `.repeat(100 + at);
    const answer = await upper(server.tcp, text, { timeout: 15_000 });
    return answer === text.toUpperCase();
  });
  assert((await Promise.all(clients)).every((isRight) => isRight));
});

Deno.test("upperd that stops lets what is under way come to its end", async () => {
  await using server = await serveEverywhere(upperService());
  using conn = await Deno.connect(server.tcp);
  await conn.write(bytesOf("before "));
  assertEquals(await readText(conn, 7), "BEFORE ");
  const stopped = server.stop();
  await conn.write(bytesOf("after"));
  assertEquals(await readText(conn, 5), "AFTER");
  await conn.closeWrite();
  assertEquals(await textToEnd(conn), "");
  await soon(stopped, "the end of the server");
});
