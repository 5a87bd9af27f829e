/**
 * The statistics of a ping against another computation: this file keeps every
 * arrival, sorts them, and counts by the definitions.
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { Histogram } from "../../client/echo/histogram.ts";
import { Times } from "../../client/echo/statistics.ts";
import type { Bytes } from "../../lib/bytes.ts";
import {
  countsOf,
  repeatable,
  type Reply,
  scriptedPing,
} from "./echo_client_harness.ts";

/** Percentiles are so close at least, as the histogram promises. */
const PRECISION = 0.0005;

interface Arrival {
  readonly n: number;
  readonly at: number;
  readonly time: number;
  readonly isWrong: boolean;
  readonly isCut: boolean;
}

/** A run with faults of every kind, and all that arrived in it. */
async function faultyRun(seed: number, count: number) {
  const random = repeatable(seed);
  const arrivals: Arrival[] = [];
  const [interval, timeout] = [10, 300];
  const { result } = await scriptedPing((probe, n) => {
    const replies: Reply[] = [];
    const copies = pick(random(), [[0.1, 0], [0.15, 2], [0.05, 3]], 1);
    for (let copy = 0; copy < copies; copy++) {
      // Odd thousandths: no two arrivals at the same time.
      const after = 1 + random() * 40 + (random() < 0.05 ? 290 : 0);
      const kind = pick(random(), [[0.1, "wrong"], [0.1, "cut"]], "whole");
      const [isWrong, isCut] = [kind === "wrong", kind === "cut"];
      const data = isWrong
        ? damaged(probe, Math.floor(random() * probe.length))
        : isCut
        ? probe.slice(0, 24 + Math.floor(random() * 30))
        : probe;
      replies.push({ after, data });
      arrivals.push({
        n,
        at: n * interval + after,
        time: after,
        isWrong,
        isCut,
      });
    }
    return replies;
  }, { count, interval, timeout, linger: 400 });
  return { result, arrivals: arrivals.sort((a, b) => a.at - b.at), timeout };
}

function damaged(probe: Bytes, at: number): Bytes {
  const wrong = probe.slice();
  wrong[at]! ^= 0x40;
  return wrong;
}

/** The value whose share `random` falls into. */
function pick<T>(random: number, shares: [number, T][], other: T): T {
  let end = 0;
  for (const [share, value] of shares) {
    end += share;
    if (random < end) return value;
  }
  return other;
}

/** First arrivals in their order, and the others. */
function sorted(arrivals: readonly Arrival[]) {
  const firsts = arrivals.filter(({ n }, index) =>
    arrivals.findIndex((other) => other.n === n) === index
  );
  return { firsts, further: arrivals.length - firsts.length };
}

function nearestRank(times: readonly number[], percent: number): number {
  const ordered = times.toSorted((a, b) => a - b);
  // In thousandths, which are whole: 99.9 % of 1000 is 999.
  const rank = Math.ceil(times.length * Math.round(percent * 1000) / 100_000);
  return ordered[Math.max(1, rank) - 1]!;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}

for (const seed of [1, 2, 3]) {
  Deno.test(`ping() counts faults exactly, seed ${seed}`, async () => {
    const count = 200;
    const { result, arrivals, timeout } = await faultyRun(seed, count);
    const { firsts, further } = sorted(arrivals);
    const inTime = firsts.filter(({ time }) => time < timeout);
    const reordered = firsts.filter(({ n }, index) =>
      firsts.slice(0, index).some((before) => before.n > n)
    );
    assertEquals(countsOf(result), {
      sent: count,
      received: inTime.length,
      lost: count - inTime.length,
      duplicates: further,
      reordered: reordered.length,
      corrupted: arrivals.filter(({ isWrong }) => isWrong).length,
      late: firsts.length - inTime.length,
      truncated: arrivals.filter(({ isCut }) => isCut).length,
    });
    assert(result.late > 0 && result.reordered > 0, "the script has them all");
  });

  Deno.test(`ping() measures as another computation does, seed ${seed}`, async () => {
    const { result, arrivals, timeout } = await faultyRun(seed, 200);
    const inTime = sorted(arrivals).firsts.filter(({ time }) => time < timeout);
    const times = inTime.map(({ time }) => time);
    const { rtt, jitter } = result;
    assertAlmostEquals(rtt.min!, Math.min(...times), 1e-9);
    assertAlmostEquals(rtt.max!, Math.max(...times), 1e-9);
    assertAlmostEquals(rtt.avg!, mean(times), 1e-9);
    const squares = times.map((time) => (time - mean(times)) ** 2);
    assertAlmostEquals(rtt.mdev!, Math.sqrt(mean(squares)), 1e-9);
    const percentiles = [[50, rtt.p50], [90, rtt.p90], [99, rtt.p99], [
      99.9,
      rtt.p999,
    ]];
    for (const [percent, found] of percentiles) {
      const exact = nearestRank(times, percent!);
      assertAlmostEquals(found!, exact, exact * PRECISION, `p${percent}`);
    }
    let smoothed = 0;
    for (const [index, time] of times.entries()) {
      if (index === 0) continue;
      smoothed += (Math.abs(time - times[index - 1]!) - smoothed) / 16;
    }
    assertAlmostEquals(jitter.smoothed!, smoothed, 1e-9);
    const byNumber = new Map(inTime.map(({ n, time }) => [n, time]));
    const differences = [...byNumber].filter(([n]) => byNumber.has(n + 1))
      .map(([n, time]) => Math.abs(time - byNumber.get(n + 1)!));
    assertAlmostEquals(jitter.mean!, mean(differences), 1e-9);
  });
}

Deno.test("ping() never sends more than it receives and loses", async () => {
  for (let seed = 100; seed < 120; seed++) {
    const random = repeatable(seed);
    const { result } = await scriptedPing(
      () =>
        Array.from(
          { length: Math.floor(random() * 4) },
          () => ({ after: random() * 100 }),
        ),
      {
        count: 20,
        interval: random() * 20,
        timeout: 50,
        size: Math.floor(random() * 60),
      },
    );
    assertEquals(result.sent, 20);
    assertEquals(result.sent, result.received + result.lost, `seed ${seed}`);
    assert(result.late <= result.lost);
  }
});

/** Times over many decades, from tens of nanoseconds on. */
function spreadTimes(random: () => number, count: number): number[] {
  const decades = 1 + random() * 13;
  return Array.from({ length: count }, () => 1e-5 * 10 ** (random() * decades));
}

const PERCENTS = [0, 0.1, 1, 50, 70, 90, 99, 99.9, 99.99, 100];

Deno.test("percentile() is exact for up to 10,000 times", () => {
  const random = repeatable(8);
  for (const count of [1, 2, 3, 10, 999, 1000, 10_000]) {
    const histogram = new Histogram();
    const times = spreadTimes(random, count);
    for (const time of times) histogram.add(time);
    for (const percent of PERCENTS) {
      assertEquals(histogram.percentile(percent), nearestRank(times, percent));
    }
  }
});

Deno.test("percentile() is at most 0.05 % off beyond, from nanoseconds to days", () => {
  const random = repeatable(7);
  for (let round = 0; round < 5; round++) {
    const histogram = new Histogram();
    const times = spreadTimes(random, 10_001 + Math.floor(random() * 5000));
    for (const time of times) histogram.add(time);
    for (const percent of PERCENTS) {
      const exact = nearestRank(times, percent);
      const found = histogram.percentile(percent)!;
      assertAlmostEquals(found, exact, exact * PRECISION);
    }
  }
});

Deno.test("a histogram takes any number, and stays as small", () => {
  const histogram = new Histogram();
  for (let n = 0; n < 20_000; n++) histogram.add(1);
  for (const time of [0, -1, 2 ** 40, Infinity, 1e-30]) histogram.add(time);
  assertEquals(histogram.count, 20_005);
  assertEquals([...histogram.classes()].map(({ count }) => count), [
    3,
    20_000,
    2,
  ]);
  assertEquals(new Histogram().percentile(50), null);
});

Deno.test("times tell nothing before there are any", () => {
  const times = new Times();
  assertEquals(times.roundTrip, {
    min: null,
    avg: null,
    p50: null,
    p90: null,
    p99: null,
    p999: null,
    max: null,
    mdev: null,
  });
  assertEquals(times.jitter, { smoothed: null, mean: null });
  times.add(5, []);
  assertEquals(times.roundTrip.p50, 5, "no percentile is beyond the only time");
  assertEquals(times.jitter, { smoothed: null, mean: null });
});

Deno.test("times stay exact where numbers are large and differences small", () => {
  const times = new Times();
  const offset = 1e9;
  for (const time of [4, 7, 13, 16]) times.add(offset + time, []);
  assertEquals(times.roundTrip.avg, offset + 10);
  assertAlmostEquals(times.roundTrip.mdev!, Math.sqrt(22.5), 1e-6);
});
