import { assert, assertEquals } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import type { Stream } from "../../lib/net/stream.ts";
import { ConnectionDuplex } from "../../lib/net/tls/duplex.ts";
import { bytesOf, joined, textOf } from "./byte_cases.ts";
import { calm, connection, soon } from "./tls_harness.ts";

/** A duplex, and what it told. */
function duplexOver(stream: Stream) {
  const fed: Bytes[] = [];
  const told: string[] = [];
  const duplex = new ConnectionDuplex(stream, {
    ended: () => told.push("ended"),
    readFailed: ({ message }) => told.push(`read: ${message}`),
    writeFailed: ({ message }) => told.push(`write: ${message}`),
  });
  duplex.on("data", (bytes) => fed.push(bytes.slice()));
  return { duplex, fed, told };
}

/** A record with a body of so many bytes. */
function record(length: number): Bytes {
  const bytes = new Uint8Array(5 + length);
  bytes.set([22, 3, 3, length >> 8, length & 0xff]);
  return bytes;
}

Deno.test("ConnectionDuplex reads nothing before it is asked to", async () => {
  const [ours, theirs] = connection();
  const { duplex, fed } = duplexOver(ours);
  await theirs.write(bytesOf("hello"));
  await calm();
  assertEquals([ours.pendingReads, theirs.unread], [0, 5]);
  duplex.resume().resume();
  await calm();
  assertEquals(textOf(joined(fed)), "hello");
  assertEquals(ours.pendingReads, 1);
});

Deno.test("ConnectionDuplex takes a bounded number of bytes before hands are shaken", async () => {
  for (const isShaken of [false, true]) {
    const [ours, theirs] = connection();
    const { duplex, told } = duplexOver(ours);
    if (isShaken) duplex.shookHands();
    duplex.resume();
    const sending = (async () => {
      for (let count = 0; count < 60; count++) {
        const bytes = record(16_384);
        for (let at = 0; at < bytes.length;) {
          at += await theirs.write(bytes.subarray(at));
        }
      }
    })();
    await calm();
    assertEquals(
      told,
      isShaken
        ? []
        : ["read: the other end sends more than any TLS handshake needs"],
    );
    ours.close();
    await soon(sending.catch(() => {}), "the end");
  }
});

Deno.test("ConnectionDuplex takes more at a time from those who send a lot", async () => {
  const sizes: number[] = [];
  const endless: Stream = {
    read(buffer) {
      sizes.push(buffer.length);
      if (sizes.length > 12) return Promise.resolve(null);
      buffer.fill(0xff);
      return Promise.resolve(buffer.length);
    },
    write: (bytes) => Promise.resolve(bytes.length),
    close: () => {},
  };
  const { duplex, told } = duplexOver(endless);
  duplex.shookHands();
  duplex.resume();
  await calm();
  assertEquals(told, ["ended"]);
  assertEquals(sizes.slice(0, 7).map((size) => size / 1024), [
    8,
    16,
    32,
    64,
    128,
    256,
    256,
  ]);
});

Deno.test("ConnectionDuplex stays small for those who say little", async () => {
  const sizes: number[] = [];
  const quiet: Stream = {
    read(buffer) {
      sizes.push(buffer.length);
      if (sizes.length > 20) return Promise.resolve(null);
      buffer.set(record(8000));
      return Promise.resolve(8005);
    },
    write: (bytes) => Promise.resolve(bytes.length),
    close: () => {},
  };
  const { duplex } = duplexOver(quiet);
  duplex.resume();
  await calm();
  assertEquals(new Set(sizes), new Set([8192]));
});

Deno.test("ConnectionDuplex reads no further while it is held", async () => {
  const [ours, theirs] = connection();
  const { duplex, fed } = duplexOver(ours);
  duplex.hold(true);
  duplex.resume();
  await theirs.write(record(100));
  await calm();
  await theirs.write(record(200));
  await calm();
  assertEquals([fed.length, ours.pendingReads, theirs.unread], [1, 0, 205]);
  duplex.hold(false);
  await calm();
  assertEquals([fed.length, theirs.unread], [2, 0]);
});

Deno.test("ConnectionDuplex keeps what it read when it has stopped", async () => {
  const [ours, theirs] = connection();
  const { duplex, fed, told } = duplexOver(ours);
  duplex.on("data", (bytes) => {
    fed.push(bytes.slice());
    duplex.stop();
  });
  duplex.resume();
  await theirs.write(joined([record(2), bytesOf("in plain")]));
  await calm();
  assertEquals(fed, [record(2)]);
  assertEquals(textOf((await duplex.takeRest())!), "in plain");
  assertEquals((await duplex.takeRest())?.length, 0);
  assertEquals([ours.pendingReads, told], [0, []]);
});

Deno.test("ConnectionDuplex has no rest to give while it waits for the connection", async () => {
  const [ours] = connection();
  const { duplex } = duplexOver(ours);
  duplex.resume();
  await calm();
  duplex.stop();
  assertEquals(await duplex.takeRest(), null);
});

Deno.test("ConnectionDuplex tells the end and the failure of a connection", async () => {
  for (
    const [end, expected] of [
      ["endWrite", "ended"],
      ["reset", "read: connection reset"],
    ] as const
  ) {
    const [ours, theirs] = connection();
    const { duplex, told } = duplexOver(ours);
    duplex.resume();
    await calm();
    theirs[end]();
    await calm();
    assertEquals(told, [expected]);
  }
});

Deno.test("ConnectionDuplex writes everything in order, and tells when there is room", async () => {
  const [ours, theirs] = connection({ capacity: 1000, most: 77 });
  const { duplex } = duplexOver(ours);
  const taken: number[] = [];
  const sizes = [50_000, 90_000, 1, 2000];
  const writing = (async () => {
    for (const [index, size] of sizes.entries()) {
      const bytes = new Uint8Array(size).fill(index + 1);
      await new Promise<void>((room) => duplex.write(bytes, room));
      taken.push(index);
    }
  })();
  await calm();
  assertEquals(taken, [0]);
  const all: number[] = [0, 0, 0, 0];
  for (let count = 0; count < 142_001;) {
    const buffer = new Uint8Array(4096);
    const read = (await theirs.read(buffer))!;
    for (const byte of buffer.subarray(0, read)) all[byte - 1]!++;
    count += read;
  }
  await soon(writing, "the writing");
  await soon(duplex.flushed(), "the end of it");
  assertEquals([all, duplex.written], [sizes, 142_001]);
});

Deno.test("ConnectionDuplex tells that nothing can be written, and goes on taking it", async () => {
  const [ours, theirs] = connection();
  const { duplex, told } = duplexOver(ours);
  theirs.close();
  await new Promise<void>((room) => duplex.write(new Uint8Array(1), room));
  await soon(duplex.flushed(), "the end of it");
  assertEquals(told, ["write: the other end is gone"]);
  await new Promise<void>((room) =>
    duplex.write(new Uint8Array(1 << 18), room)
  );
  await soon(duplex.flushed(), "the end of it");
  assert(told.every((one) => one.startsWith("write: ")));
});
