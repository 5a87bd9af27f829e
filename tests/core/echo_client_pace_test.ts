/** When probes are sent, and from when their time counts. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  counts,
  countsOf,
  type Script,
  scriptedPing,
} from "./echo_client_harness.ts";

const prompt: Script = () => [{ after: 3 }];

Deno.test("ping() hides no stall: probes count from when they were due", async () => {
  // One at a time, every 10 ms; the reply to the fifth takes a second.
  const stall: Script = (_probe, n) => [{ after: n === 4 ? 1000 : 1 }];
  const { result } = await scriptedPing(stall, {
    count: 105,
    interval: 10,
    window: 1,
  });
  assertEquals(countsOf(result), counts(105));
  assertEquals(result.rtt.max, 1000);
  // 100 probes were due in that second; each waited for what was left of it,
  // and for those before it, which took 1 ms each.
  const waited = Array.from({ length: 100 }, (_, k) => 991 - 9 * k);
  const all = [1, 1, 1, 1, 1000, ...waited];
  const mean = all.reduce((sum, time) => sum + time) / all.length;
  assertAlmostEquals(result.rtt.avg!, mean, 1e-6);
  assertEquals([result.rtt.p50, result.rtt.p90, result.rtt.p99], [
    waited[51],
    waited[9],
    waited[0],
  ]);
});

Deno.test("ping() hides no stall of a connection that takes no more", async () => {
  const { result } = await scriptedPing(() => [{ after: 1 }], {
    kind: "stream",
    count: 50,
    interval: 10,
    sending: (n) => n === 4 ? 500 : 0,
  });
  assertEquals(countsOf(result), counts(50));
  assertEquals(result.rtt.max, 501);
  assert(result.rtt.p50! > 200, `median ${result.rtt.p50}`);
});

Deno.test("ping() floods with as many probes under way as it may", async () => {
  for (const window of [1, 4]) {
    const { result } = await scriptedPing(() => [{ after: 10 }], {
      count: 40,
      interval: 0,
      window,
    });
    assertEquals(countsOf(result), counts(40));
    assertEquals(result.duration, 40 / window * 10 + 10);
  }
});

Deno.test("ping() leaves a gap between the probes of a flood, when told to", async () => {
  for (const [gap, duration] of [[20, 9 * 20 + 3 + 10], [2, 10 * 3 + 10]]) {
    const { result } = await scriptedPing(prompt, {
      count: 10,
      interval: 0,
      gap: gap!,
    });
    assertEquals(countsOf(result), counts(10));
    assertEquals([result.rtt.max, result.duration], [3, duration]);
  }
});

Deno.test("ping() sends for a duration, and then waits for the last replies", async () => {
  const { result } = await scriptedPing(() => [{ after: 30 }], {
    interval: 10,
    duration: 100,
  });
  assertEquals(countsOf(result), counts(10));
  const flood = await scriptedPing(() => [{ after: 30 }], {
    interval: 0,
    duration: 100,
  });
  assertEquals(countsOf(flood.result), counts(4));
});

Deno.test("ping() loses at the deadline what is under way", async () => {
  const { result } = await scriptedPing(() => [{ after: 35 }], {
    interval: 10,
    deadline: 100,
  });
  assertEquals(countsOf(result), counts(10, { received: 7, lost: 3 }));
  assertEquals(result.duration, 100);
});
