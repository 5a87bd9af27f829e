/**
 * How far two clocks are apart, as intervals: what one answer proves, and what
 * several prove together.
 *
 * All numbers are milliseconds.
 *
 * @module
 */

/** Everything from `low` to `high`, both included. */
export interface Interval {
  /** The lower end. */
  readonly low: number;
  /** The upper end, not less than `low`. */
  readonly high: number;
}

/** One look at another clock, which shows whole seconds. */
export interface ClockSample {
  /** Our clock before the other one was read; milliseconds since 1970. */
  readonly sent: number;
  /** Our clock after it was read. */
  readonly received: number;
  /** What it showed. */
  readonly time: number;
}

/** What most of some intervals agree on. */
export interface Agreement {
  /** What is in as many of them as possible. */
  readonly interval: Interval;
  /** In how many of them it is. */
  readonly count: number;
}

const A_SECOND = 1000;
/** Our clock shows whole milliseconds. */
const RESOLUTION = 1;

/**
 * By how much the other clock is ahead of ours, as far as one sample tells: it
 * was read some time between `sent` and `received`, and then it was some time
 * between `time` and the next second. A second less wide it cannot be; how long
 * the answer took widens it.
 *
 * @example
 * ```ts
 * import { offsetOf } from "./interval.ts";
 * const offset = offsetOf({ sent: 10_400, received: 10_500, time: 12_000 });
 * console.assert(offset.low === 1_499 && offset.high === 2_600);
 * ```
 */
export function offsetOf({ sent, received, time }: ClockSample): Interval {
  return {
    low: time - (received + RESOLUTION),
    high: time + A_SECOND - sent,
  };
}

/**
 * What is in as many of `intervals` as possible (Marzullo's algorithm): the
 * part that all share, when all are true; else what most agree on, and of
 * several such parts the first. `null` without intervals.
 *
 * @example
 * ```ts
 * import { agreement } from "./interval.ts";
 * const { interval, count } = agreement([
 *   { low: 8, high: 12 },
 *   { low: 11, high: 13 },
 *   { low: 14, high: 15 },
 * ])!;
 * console.assert(interval.low === 11 && interval.high === 12 && count === 2);
 * ```
 */
export function agreement(intervals: readonly Interval[]): Agreement | null {
  let best: Agreement | null = null;
  let count = 0;
  const edges = sortedEdges(intervals);
  for (const [index, { at, opens }] of edges.entries()) {
    count += opens ? 1 : -1;
    if (!opens || count <= (best?.count ?? 0)) continue;
    // The most are open from here to the next edge, whichever it is.
    best = { interval: { low: at, high: edges[index + 1]!.at }, count };
  }
  return best;
}

interface Edge {
  readonly at: number;
  readonly opens: boolean;
}

/** Where intervals touch, one begins before the other ends. */
function sortedEdges(intervals: readonly Interval[]): Edge[] {
  const edges = intervals.flatMap(({ low, high }) => [
    { at: low, opens: true },
    { at: high, opens: false },
  ]);
  return edges.sort((a, b) => a.at - b.at || Number(b.opens) - Number(a.opens));
}

/** The middle: the best single guess. */
export function middleOf({ low, high }: Interval): number {
  return (low + high) / 2;
}

/** How far the middle may be wrong. */
export function errorOf({ low, high }: Interval): number {
  return (high - low) / 2;
}
