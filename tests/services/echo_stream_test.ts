import { assert, assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect as connectTo } from "node:net";
import { type Bytes, writeAll } from "../../lib/bytes.ts";
import { echoServer, exchange, pattern, soon } from "./echo_server.ts";

const MIB = 2 ** 20;

/** Longest wait for many megabytes on a busy machine, in milliseconds. */
const LONG = 60_000;

/** Reads to the end without keeping it; how much it was, and its SHA-256. */
async function digestOf(conn: Deno.Conn): Promise<[number, string]> {
  const hash = createHash("sha256");
  const buffer: Bytes = new Uint8Array(MIB);
  let count = 0;
  for (let n; (n = await conn.read(buffer)) !== null;) {
    hash.update(buffer.subarray(0, n));
    count += n;
  }
  return [count, hash.digest("hex")];
}

Deno.test("echo over TCP sends back every size, then ends", async () => {
  await using server = await echoServer();
  const sizes = [0, 1, 1023, 1024, 1025, 2047, 2048, 2049, 4095, 4096, 4097];
  const middle = [8191, 8192, 8193, 12_288, 12_289, 16_384, 65_507, 65_508];
  const larger = [...middle, 65_535, 65_536, 65_537, MIB];
  for (const size of [...sizes, ...larger]) {
    using conn = await server.connect();
    const sent = pattern(size);
    const back = await soon(exchange(conn, sent), `${size} bytes`);
    assertEquals(back, sent, `${size} bytes`);
  }
});

Deno.test("echo over TCP goes on after an answer", async () => {
  await using server = await echoServer();
  using conn = await server.connect();
  const buffer = new Uint8Array(100);
  for (const text of ["one", "two", "three"]) {
    const sent = new TextEncoder().encode(text);
    await writeAll(conn, sent);
    const count = await soon(conn.read(buffer), text);
    assertEquals(buffer.subarray(0, count!), sent);
  }
});

Deno.test("echo over TCP sends back 10,000 writes of one byte", async () => {
  await using server = await echoServer();
  using conn = await server.connect();
  const sent = pattern(10_000);
  const writing = (async () => {
    for (let at = 0; at < sent.length; at++) {
      await writeAll(conn, sent.subarray(at, at + 1));
    }
    await conn.closeWrite();
  })();
  const [count, hash] = await soon(digestOf(conn), "the echo");
  await writing;
  assertEquals(count, sent.length);
  assertEquals(hash, createHash("sha256").update(sent).digest("hex"));
});

Deno.test("echo over TCP sends back one write of 64 MiB", async () => {
  await using server = await echoServer();
  using conn = await server.connect();
  const sent = crypto.getRandomValues(new Uint8Array(65_536));
  const all = new Uint8Array(64 * MIB);
  for (let at = 0; at < all.length; at += sent.length) all.set(sent, at);
  const writing = writeAll(conn, all).then(() => conn.closeWrite());
  const [count, hash] = await soon(digestOf(conn), "the echo", LONG);
  await writing;
  assertEquals(count, all.length);
  assertEquals(hash, createHash("sha256").update(all).digest("hex"));
});

Deno.test("echo over TCP sends back a stream of 100 MiB", async () => {
  await using server = await echoServer();
  using conn = await server.connect();
  const hash = createHash("sha256");
  const writing = (async () => {
    for (let part = 0; part < 100; part++) {
      const block = pattern(MIB).fill(part, 0, 1000);
      hash.update(block);
      await writeAll(conn, block);
    }
    await conn.closeWrite();
  })();
  const received = await soon(digestOf(conn), "the echo", LONG);
  await writing;
  assertEquals(received, [100 * MIB, hash.digest("hex")]);
});

Deno.test("echo over TCP holds 64 KiB for a peer that does not read, serves others, and goes on when it reads", async () => {
  await using server = await echoServer();
  using stubborn = await server.connect();
  const sent = new Uint8Array(48 * MIB);
  let isSent = false;
  const writing = writeAll(stubborn, sent)
    .then(() => stubborn.closeWrite())
    .then(() => isSent = true);
  for (let round = 0; round < 50; round++) {
    using other = await server.connect();
    assertEquals(
      await soon(exchange(other, pattern(5000)), "another's"),
      pattern(5000),
    );
    const counters = server.counters();
    const held = Number(counters["bytes-in"]) - Number(counters["bytes-out"]);
    assert(held <= 65_536, `${held} bytes are held`);
  }
  assertEquals(isSent, false);
  const [count] = await soon(digestOf(stubborn), "the echo", LONG);
  await writing;
  assertEquals(count, sent.length);
});

Deno.test("echo over TCP takes a reset of an idle peer in its stride", async () => {
  await using server = await echoServer();
  using other = await server.connect();
  const peer = connectTo(server.port, "127.0.0.1");
  peer.write("hi");
  await soon(once(peer, "data"), "the echo");
  peer.resetAndDestroy();
  await server.told("connection");
  const { fields } = server.events[0]!;
  assertEquals([fields.end, fields.in, fields.out], ["reset", 2, 2]);
  assertEquals(
    await soon(exchange(other, pattern(3)), "another's"),
    pattern(3),
  );
  assertEquals(server.counters()["ended-reset"], 1);
});

Deno.test("echo over TCP takes a reset in the middle of an answer in its stride", async () => {
  await using server = await echoServer();
  using other = await server.connect();
  const peer = connectTo(server.port, "127.0.0.1");
  peer.on("error", () => {});
  peer.write(new Uint8Array(32 * MIB));
  await soon(once(peer, "readable"), "the beginning of the answer");
  // Closing would send an end first, which the server may see before the reset.
  peer.resetAndDestroy();
  await server.told("connection");
  assertEquals(server.events.map(({ event, fields }) => [event, fields.end]), [
    ["connection", "reset"],
  ]);
  assertEquals(
    await soon(exchange(other, pattern(3)), "another's"),
    pattern(3),
  );
});

Deno.test("echo over TCP ends with the time-out when a peer stays silent", async () => {
  await using server = await echoServer({ "idle-timeout": 50 });
  using silent = await server.connect();
  assertEquals(await soon(silent.read(new Uint8Array(1)), "the end"), null);
  await server.told("connection");
  assertEquals(server.events[0]!.fields.end, "idle");
});

Deno.test("echo over TCP with faults sends wrong bits as counted, and the rest right", async () => {
  await using server = await echoServer({
    faults: { corrupt: 10, delay: 5, seed: 3 },
  });
  using conn = await server.connect();
  const sent = pattern(300_000);
  const back = await soon(exchange(conn, sent), "the echo");
  assertEquals(back.length, sent.length);
  const wrong = back.filter((byte, at) => byte !== sent[at]).length;
  assert(wrong > 0);
  assertEquals(server.counters()["injected-corrupted"], wrong);
});
