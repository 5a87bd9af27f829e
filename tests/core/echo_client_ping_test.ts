import { assertEquals } from "@std/assert";
import type { ProbeEvent } from "../../client/echo/events.ts";
import type { Bytes } from "../../lib/bytes.ts";
import {
  counts,
  countsOf,
  type Script,
  scriptedPing,
} from "./echo_client_harness.ts";

const prompt: Script = () => [{ after: 3 }];

/** A copy in which the byte at `at` is another one. */
function damaged(probe: Bytes, at: number): Bytes {
  const wrong = probe.slice();
  wrong[at]! ^= 0x10;
  return wrong;
}

Deno.test("ping() sends a probe every interval, and measures each", async () => {
  const { result, sent } = await scriptedPing(prompt, {
    count: 5,
    interval: 100,
  });
  assertEquals(countsOf(result), counts(5));
  assertEquals(sent.map(({ length }) => length), [56, 56, 56, 56, 56]);
  assertEquals([result.rtt.min, result.rtt.max, result.rtt.avg], [3, 3, 3]);
  assertEquals([result.rtt.p50, result.rtt.p999, result.rtt.mdev], [3, 3, 0]);
  assertEquals(result.jitter, { smoothed: 0, mean: 0 });
  assertEquals(
    result.duration,
    413,
    "400 ms, a reply, and 10 ms for duplicates",
  );
});

Deno.test("ping() counts what never comes back as lost", async () => {
  const every3rd: Script = (_probe, n) => n % 3 === 1 ? [] : [{ after: 3 }];
  const { result } = await scriptedPing(every3rd, { count: 9, interval: 10 });
  assertEquals(countsOf(result), counts(9, { received: 6, lost: 3 }));
});

Deno.test("ping() counts a reply behind the time-out as late, and its probe as lost", async () => {
  const late: Script = (_probe, n) => [{ after: n === 2 ? 600 : 3 }];
  const { result } = await scriptedPing(late, {
    count: 100,
    interval: 10,
    timeout: 500,
  });
  assertEquals(
    countsOf(result),
    counts(100, { received: 99, lost: 1, late: 1, reordered: 1 }),
  );
  assertEquals(result.rtt.max, 3, "it is not among the times");
});

Deno.test("ping() counts every further reply as a duplicate", async () => {
  const twice: Script = (_probe, n) =>
    n === 1 ? [{ after: 3 }, { after: 4 }, { after: 25 }] : [{ after: 3 }];
  const { result } = await scriptedPing(twice, { count: 4, interval: 10 });
  assertEquals(countsOf(result), counts(4, { duplicates: 2 }));
});

Deno.test("ping() waits for duplicates as long as the slowest reply took", async () => {
  const last: Script = () => [{ after: 100 }, { after: 190 }, { after: 210 }];
  const { result } = await scriptedPing(last, { count: 1 });
  assertEquals(countsOf(result), counts(1, { duplicates: 1 }));
  const patient = await scriptedPing(last, { count: 1, linger: 200 });
  assertEquals(countsOf(patient.result), counts(1, { duplicates: 2 }));
});

Deno.test("ping() calls a reply reordered when a later probe's came earlier", async () => {
  // 0 1 2 3 4 come as 1 0 2 4 3: two are behind their time (RFC 4737).
  const delays = [15, 3, 3, 15, 3];
  const { result } = await scriptedPing(
    (_probe, n) => [{ after: delays[n]! }],
    {
      count: 5,
      interval: 10,
    },
  );
  assertEquals(countsOf(result), counts(5, { reordered: 2 }));
});

Deno.test("ping() finds a wrong byte wherever it is, and knows the probe", async () => {
  const events: ProbeEvent[] = [];
  const { result } = await scriptedPing(
    (probe, n) => [{ after: 25, data: damaged(probe, n) }],
    { count: 56, interval: 10, onEvent: (event) => events.push(event) },
  );
  assertEquals(countsOf(result), counts(56, { corrupted: 56 }));
  const found = events.map((event) =>
    event.kind === "reply" ? [event.sequence, event.wrongAt] : []
  );
  assertEquals(found, Array.from({ length: 56 }, (_, n) => [n + 1, n]));
});

Deno.test("ping() counts damage to duplicates, too", async () => {
  const { result } = await scriptedPing(
    (probe) => [{ after: 3 }, { after: 4, data: damaged(probe, 9) }],
    { count: 3, interval: 10 },
  );
  assertEquals(countsOf(result), counts(3, { duplicates: 3, corrupted: 3 }));
});

Deno.test("ping() tells a reply that was cut from one that is wrong", async () => {
  for (const length of [0, 1, 10, 23, 24, 55]) {
    const { result } = await scriptedPing(
      (probe) => [{ after: 3, data: probe.slice(0, length) }],
      { count: 3, interval: 10 },
    );
    assertEquals(
      countsOf(result),
      counts(3, { truncated: 3 }),
      `${length} bytes`,
    );
  }
  const { result } = await scriptedPing((probe) => {
    const longer = new Uint8Array(probe.length + 1);
    longer.set(probe);
    return [{ after: 3, data: longer }];
  }, { count: 3, interval: 10 });
  assertEquals(countsOf(result), counts(3, { corrupted: 3 }));
});

Deno.test("ping() ignores replies of other runs, and counts them apart", async () => {
  const first = await scriptedPing(prompt, { count: 3, interval: 10 });
  const stale = first.sent[1]!;
  const { result } = await scriptedPing(
    () => [{ after: 1, data: stale }, { after: 3 }],
    { count: 3, interval: 10 },
  );
  assertEquals(countsOf(result), counts(3));
  assertEquals(result.unexpected, 3);
});

Deno.test("ping() ignores what comes from elsewhere, and counts it apart", async () => {
  const { result } = await scriptedPing(
    () => [{ after: 1, isForeign: true }],
    { count: 2, interval: 10, timeout: 50 },
  );
  assertEquals(countsOf(result), counts(2, { received: 0, lost: 2 }));
  assertEquals(result.otherSource, 2);
});

Deno.test("ping() measures probes of every length, also without a header", async () => {
  for (const size of [0, 1, 2, 3, 4, 8, 23, 24, 25, 1024, 65_507]) {
    const { result } = await scriptedPing(prompt, {
      count: 20,
      interval: 10,
      size,
    });
    assertEquals(countsOf(result), counts(20), `${size} bytes`);
  }
});

Deno.test("ping() keeps short probes apart by sending one at a time", async () => {
  // Every third is lost, every fourth comes after its time-out, when the next
  // one is under way.
  const script: Script = (_probe, n) =>
    n % 3 === 0 ? [] : [{ after: n % 4 === 0 ? 55 : 10 }];
  const { result } = await scriptedPing(script, {
    count: 12,
    interval: 20,
    size: 4,
    timeout: 50,
  });
  const faults = { lost: 6, late: 2, reordered: 1 };
  assertEquals(countsOf(result), counts(12, { received: 6, ...faults }));
});

Deno.test("ping() sweeps over lengths and tells where they stop coming back", async () => {
  const cut: Script = (probe) => [{ after: 1, data: probe.slice(0, 2048) }];
  const { result, sent } = await scriptedPing(cut, {
    size: { from: 2040, to: 2060 },
    interval: 0,
  });
  assertEquals(
    sent.map(({ length }) => length),
    Array.from({ length: 21 }, (_, n) => 2040 + n),
  );
  assertEquals(countsOf(result), counts(21, { truncated: 12 }));
  assertEquals([result.largestWhole, result.smallestBroken], [2048, 2049]);
});

Deno.test("ping() leaves out what is under way when it is called off", async () => {
  const controller = new AbortController();
  const { result } = await scriptedPing((_probe, n) => {
    if (n === 9) controller.abort();
    return [{ after: 35 }];
  }, { interval: 10, signal: controller.signal });
  assertEquals(countsOf(result), counts(6));
  assertEquals(result.unfinished, 4);
});

Deno.test("ping() counts no reply any more once it is called off", async () => {
  const controller = new AbortController();
  // Five replies arrive together, and the first one ends the run.
  const probes: Bytes[] = [];
  const { result } = await scriptedPing((probe) => {
    probes.push(probe);
    return probes.length < 5 ? [] : probes.map((data) => ({ after: 0, data }));
  }, {
    interval: 10,
    signal: controller.signal,
    onEvent: () => controller.abort(),
  });
  assertEquals(result.sent, result.received);
  assertEquals(result.sent + result.unfinished, 5);
});

Deno.test("ping() takes turns over several connections", async () => {
  const { result } = await scriptedPing(() => [{ after: 10 }], {
    count: 10,
    interval: 0,
    connections: 4,
  });
  assertEquals(countsOf(result), counts(10));
  assertEquals(result.duration, 40, "three rounds, and 10 ms for duplicates");
});

Deno.test("ping() numbers probes over all connections, from 1", async () => {
  const numbers: number[] = [];
  await scriptedPing(prompt, {
    count: 7,
    interval: 10,
    connections: 3,
    onEvent: ({ sequence }) => numbers.push(sequence),
  });
  assertEquals(numbers, [1, 2, 3, 4, 5, 6, 7]);
});
