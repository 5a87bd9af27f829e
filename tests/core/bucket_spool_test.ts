/** Between datagrams, which do not wait, and an output, which takes its time. */
import { assert, assertEquals } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { recordFormat } from "../../server/services/bucket/format.ts";
import {
  type RecordSink,
  Spool,
  type SpoolOptions,
} from "../../server/services/bucket/spool.ts";
import { recordOf } from "./bucket_records.ts";

/** A sink in memory; what `before` throws or waits for comes first. */
function memorySink(
  before: (bytes: Bytes) => void | Promise<void> = () => {},
  { most = Infinity, room = Infinity } = {},
) {
  const written: Bytes[] = [];
  let isClosed = false;
  const sink: RecordSink = {
    room: () => room,
    async write(bytes) {
      await before(bytes);
      const taken = bytes.slice(0, most);
      written.push(taken);
      return taken.length;
    },
    close: () => isClosed = true,
  };
  return {
    sink,
    writes: written,
    get text() {
      return written.map((part) => new TextDecoder().decode(part)).join("");
    },
    get isClosed() {
      return isClosed;
    },
  };
}

const RAW = recordFormat({ body: "raw" });

function spoolTo(sink: RecordSink, options: Partial<SpoolOptions> = {}): Spool {
  return new Spool(sink, { format: RAW, ...options });
}

function putAll(spool: Spool, ...texts: string[]): void {
  for (const text of texts) spool.put(recordOf(text));
}

Deno.test("a spool writes records in order, and those that came together at once", async () => {
  const output = memorySink();
  const spool = spoolTo(output.sink);
  putAll(spool, "a", "", "b");
  await spool.finish(1000);
  assertEquals(output.text, "a\n\nb\n");
  assertEquals(output.writes.length, 1);
  assertEquals(spool.counters, { written: 3, dropped: 0, failed: 0 });
  assert(output.isClosed);
});

Deno.test("a spool writes whole records however little each call takes", async () => {
  const output = memorySink(undefined, { most: 1 });
  const spool = spoolTo(output.sink);
  putAll(spool, "first", "second");
  await spool.finish(1000);
  assertEquals(output.text, "first\nsecond\n");
  assertEquals(spool.counters.written, 2);
});

Deno.test("a spool asks for room, and cuts no record for the lack of it", async () => {
  const output = memorySink(undefined, { room: 10 });
  const spool = spoolTo(output.sink);
  putAll(spool, "1234", "5678", "9", "0123456789abcdef", "x");
  await spool.finish(1000);
  const texts = output.writes.map((part) => new TextDecoder().decode(part));
  assertEquals(texts, ["1234\n5678\n", "9\n", "0123456789abcdef\n", "x\n"]);
});

Deno.test("an output that takes nothing costs records, never a wait", async () => {
  const gate = Promise.withResolvers<void>();
  const told: number[] = [];
  const output = memorySink(() => gate.promise);
  const spool = spoolTo(output.sink, {
    maxRecords: 3,
    onDropped: (count) => told.push(count),
  });
  putAll(spool, "1", "2", "3", "4", "5");
  assertEquals([spool.counters.dropped, told], [2, []]);
  gate.resolve();
  await spool.finish(1000);
  assertEquals([output.text, told], ["1\n2\n3\n", [2]]);
});

Deno.test("the queue is bounded in bytes, too", async () => {
  const output = memorySink();
  const spool = spoolTo(output.sink, { maxBytes: 100 });
  putAll(spool, "x".repeat(60), "y".repeat(60), "z".repeat(40));
  await spool.finish(1000);
  assertEquals(spool.counters, { written: 2, dropped: 1, failed: 0 });
});

Deno.test("a spool that has to end drops what cannot be written in time, and counts it", async () => {
  const told: number[] = [];
  const stuck = Promise.withResolvers<void>();
  const output = memorySink(() => stuck.promise);
  const spool = spoolTo(output.sink, {
    onDropped: (count) => told.push(count),
  });
  putAll(spool, "1", "2");
  await Promise.resolve();
  await spool.finish(1);
  assertEquals([spool.counters.dropped, told, output.isClosed], [2, [2], true]);
  putAll(spool, "3");
  stuck.resolve();
  await Promise.resolve();
  assertEquals(spool.counters, { written: 0, dropped: 2, failed: 0 });
});

Deno.test("a full disk is told once, survived, and told again when it fills again", async () => {
  let isFull = true;
  const told: string[] = [];
  const output = memorySink(() => {
    if (isFull) throw new Error("no space left");
  });
  const spool = spoolTo(output.sink, {
    onFailed: (error) => told.push((error as Error).message),
  });
  for (
    const [full, text] of [[true, "1"], [true, "2"], [false, "3"], [
      true,
      "4",
    ]] as const
  ) {
    isFull = full;
    putAll(spool, text);
    await settled();
  }
  await spool.finish(1000);
  assertEquals([output.text, told.length], ["3\n", 2]);
  assertEquals(spool.counters, { written: 1, dropped: 0, failed: 3 });
});

Deno.test("a record that was cut by a failure has a line of its own", async () => {
  let left = 3;
  const output = memorySink((bytes) => {
    if (left-- === 0) throw new Error("no space left");
    // The disk takes a byte at a time, and after three of them none.
    assert(bytes.length > 0);
  }, { most: 1 });
  const spool = spoolTo(output.sink);
  putAll(spool, "1", "234");
  await settled();
  putAll(spool, "5");
  await spool.finish(1000);
  assertEquals(output.text, "1\n2\n5\n");
  assertEquals(spool.counters, { written: 2, dropped: 0, failed: 1 });
});

Deno.test("a reader that has gone ends it quietly, once", async () => {
  const events: string[] = [];
  const output = memorySink(() => {
    throw new Deno.errors.BrokenPipe();
  });
  const spool = spoolTo(output.sink, {
    onGone: () => events.push("gone"),
    onFailed: () => events.push("failed"),
    onDropped: () => events.push("dropped"),
  });
  putAll(spool, "1");
  await settled();
  putAll(spool, "2", "3");
  await spool.finish(1000);
  assertEquals(events, ["gone"]);
});

Deno.test("a long queue goes through in order, in pieces that leave time for others", async () => {
  const output = memorySink();
  const spool = spoolTo(output.sink);
  const texts = Array.from({ length: 5000 }, (_, at) => `record ${at}`);
  putAll(spool, ...texts);
  await spool.finish(10_000);
  assertEquals(output.text, texts.map((text) => `${text}\n`).join(""));
  assertEquals(output.writes.every(({ length }) => length <= 16_384), true);
});

/** Lets everything that can go on go on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
