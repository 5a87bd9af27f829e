/** Output that nothing waits for. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  OutputQueue,
  type OutputQueueOptions,
} from "../../client/echo/output_queue.ts";
import type { Bytes } from "../../lib/bytes.ts";
import { ToolError } from "../../lib/cli.ts";

/** A queue into memory; `before` is waited for before each write. */
function queueTo(
  before: () => Promise<void> | void,
  options: OutputQueueOptions = {},
) {
  const written: string[] = [];
  const decoder = new TextDecoder();
  const queue = new OutputQueue(async (bytes: Bytes) => {
    await before();
    written.push(decoder.decode(bytes, { stream: true }));
  }, options);
  return { queue, written };
}

Deno.test("a queue writes texts in order, and those that come together at once", async () => {
  const { queue, written } = queueTo(() => {});
  queue.put("one\n");
  queue.put("two\n");
  await queue.flush();
  queue.put("three\n");
  await queue.flush();
  await queue.flush();
  assertEquals(written, ["one\ntwo\n", "three\n"]);
});

Deno.test("a queue cuts no character", async () => {
  const { queue, written } = queueTo(() => {});
  const text = "ä€😀".repeat(5000);
  queue.put(text);
  await queue.flush();
  assertEquals(written.join("") === text, true);
});

Deno.test("a queue keeps nobody waiting, and tells what it cost", async () => {
  const gate = Promise.withResolvers<void>();
  const { queue, written } = queueTo(() => gate.promise, { most: 10 });
  queue.put("1\n");
  await Promise.resolve();
  for (let n = 2; n < 10; n++) queue.put(`${n}\n`);
  gate.resolve();
  const error = await assertRejects(() => queue.flush(), ToolError);
  assertEquals(
    error.message,
    "cannot write to standard output: 3 lines are missing, the reader is too slow",
  );
  assertEquals(written.join(""), "1\n2\n3\n4\n5\n6\n");
});

Deno.test("a queue waits for a slow reader, but not any more when it is told to end", async () => {
  const stop = new AbortController();
  const options = { signal: stop.signal, patience: 1 };
  const gate = Promise.withResolvers<void>();
  const { queue, written } = queueTo(() => gate.promise, options);
  queue.put("x");
  let hasEnded = false;
  const flushed = queue.flush().then(() => hasEnded = true);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assertEquals(hasEnded, false);
  gate.resolve();
  await flushed;
  assertEquals(written, ["x"]);

  const stuck = queueTo(() => new Promise(() => {}), options);
  stuck.queue.put("x");
  stop.abort();
  await assertRejects(() => stuck.queue.flush(), ToolError, "nobody reads it");
});

Deno.test("a queue throws what writing threw, from then on", async () => {
  const full = new Error("no space left");
  const { queue } = queueTo(() => {
    throw full;
  });
  queue.put("a");
  assertEquals(await assertRejects(() => queue.flush()), full);
  assertEquals(assertThrows(() => queue.put("b")), full);
});

Deno.test("a queue says nothing when its reader has gone", async () => {
  const unread = new AbortController();
  let writes = 0;
  const { queue } = queueTo(() => {
    writes++;
    unread.abort();
    throw new Error("broken pipe");
  }, { unread: unread.signal });
  queue.put("a");
  await queue.flush();
  queue.put("b");
  await queue.flush();
  assertEquals(writes, 1);
});
