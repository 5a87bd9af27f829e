/**
 * Offsets as intervals: against counting, and against clocks whose offset is
 * known.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  agreement,
  errorOf,
  type Interval,
  middleOf,
  offsetOf,
} from "../../lib/time/interval.ts";
import { randomOf } from "./random.ts";

Deno.test("offsetOf() always holds the true offset", () => {
  const random = randomOf(1);
  for (let round = 0; round < 5000; round++) {
    // Microseconds, so that both clocks have parts below what they show.
    const offset = random.below(20_000_000) - 10_000_000;
    const sentAt = 1_000_000_000 + random.below(10_000_000);
    const readAt = sentAt + random.below(500_000);
    const receivedAt = readAt + random.below(500_000);
    const shown = (microseconds: number, step: number) =>
      Math.floor(microseconds / step) * step / 1000;
    const { low, high } = offsetOf({
      sent: shown(sentAt, 1000),
      received: shown(receivedAt, 1000),
      time: shown(readAt + offset, 1_000_000),
    });
    const truth = offset / 1000;
    assert(low <= truth && truth <= high, `${low} <= ${truth} <= ${high}`);
  }
});

Deno.test("offsetOf() is as wide as a second and the way", () => {
  const sample = { sent: 5_000, received: 5_030, time: 5_000 };
  const offset = offsetOf(sample);
  assertEquals(offset, { low: -31, high: 1_000 });
  assertEquals(errorOf(offset), 515.5);
  assertEquals(middleOf(offset), 484.5);
});

/** In how many of `intervals` `point` is. */
function depth(intervals: readonly Interval[], point: number): number {
  return intervals.filter(({ low, high }) => low <= point && point <= high)
    .length;
}

Deno.test("agreement() finds what counting at every point finds", () => {
  const random = randomOf(2);
  for (let round = 0; round < 2000; round++) {
    const intervals = Array.from({ length: 1 + random.below(8) }, () => {
      const low = random.below(40);
      return { low, high: low + random.below(15) };
    });
    // Halves, to look between the ends, too.
    const points = Array.from({ length: 120 }, (_, at) => at / 2);
    const depths = points.map((point) => depth(intervals, point));
    const most = Math.max(...depths);
    const { interval, count } = agreement(intervals)!;
    assertEquals(count, most);
    const first = points[depths.indexOf(most)]!;
    assertEquals(interval.low, first);
    const end = depths.findIndex((one, at) =>
      points[at]! >= first && one < most
    );
    assertEquals(interval.high, points[end - 1]);
  }
});

Deno.test("agreement() of intervals that all hold is their intersection", () => {
  const { interval, count } = agreement([
    { low: -3, high: 4 },
    { low: -1, high: 9 },
    { low: -7, high: 2.5 },
  ])!;
  assertEquals([interval, count], [{ low: -1, high: 2.5 }, 3]);
});

Deno.test("agreement() outvotes a clock that is wrong", () => {
  const { interval, count } = agreement([
    { low: 3_599_000, high: 3_601_000 },
    { low: -1, high: 1 },
    { low: 0, high: 3 },
  ])!;
  assertEquals([interval, count], [{ low: 0, high: 1 }, 2]);
});

Deno.test("agreement() takes touching ends and points for agreement", () => {
  const touching = agreement([{ low: 0, high: 1 }, { low: 1, high: 2 }])!;
  assertEquals(touching, { interval: { low: 1, high: 1 }, count: 2 });
  const point = agreement([{ low: 5, high: 5 }, { low: 0, high: 9 }])!;
  assertEquals(point, { interval: { low: 5, high: 5 }, count: 2 });
});

Deno.test("agreement() of nothing is nothing", () => {
  assertEquals(agreement([]), null);
});
