import { assert } from "@std/assert";
import { sharedClock } from "../../lib/net/lane.ts";

/** What two clocks of one machine may differ by, in milliseconds. */
const SLACK = 5;

Deno.test("sharedClock() agrees between threads at the first look of each", async () => {
  const words = new BigInt64Array(new SharedArrayBuffer(8));
  const first = sharedClock(words, 0)() / 1e6;
  const began = performance.now();
  const url = new URL("./clock_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const answer = Promise.withResolvers<number>();
  worker.onmessage = ({ data }: MessageEvent<number>) => answer.resolve(data);
  worker.onerror = (event) => answer.reject(event.error);
  worker.postMessage(words.buffer);
  try {
    const seen = await answer.promise / 1e6;
    // Nobody has looked meanwhile: what is shared is as old as the thread.
    const passed = performance.now() - began;
    assert(seen >= first, `${seen} is before ${first}`);
    assert(seen - first <= passed + SLACK, `${seen - first} of ${passed} ms`);
    // It took a while to start: a clock that just follows would not know.
    const own = performance.timeOrigin + performance.now();
    assert(own - seen <= passed + SLACK, `${own - seen} ms behind`);
  } finally {
    worker.terminate();
  }
});
