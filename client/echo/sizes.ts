/**
 * How long probes are.
 *
 * @module
 */

/** Bytes of every probe, or a sweep: from so many to so many. */
export type Sizes = number | { readonly from: number; readonly to: number };

/** The lengths of a run's probes. */
export interface SizeRow {
  /** The least of them. */
  readonly smallest: number;
  /** The greatest. */
  readonly largest: number;
  /** How many probes there are. */
  readonly count: number;
  /** The length of a probe, by its number from 0. */
  at(index: number): number;
}

/**
 * The lengths of `count` probes. A sweep spreads them evenly, both ends
 * included; without a count it takes every length once.
 *
 * @throws {RangeError} when a length is no whole number from 0 on, or a sweep
 * goes down.
 *
 * @example
 * ```ts
 * import { sizesOf } from "./sizes.ts";
 * const sizes = sizesOf({ from: 0, to: 100 }, 5);
 * console.assert([0, 1, 2, 3, 4].map(sizes.at).join() === "0,25,50,75,100");
 * ```
 */
export function sizesOf(sizes: Sizes, count?: number): SizeRow {
  const { from, to } = typeof sizes === "number"
    ? { from: sizes, to: sizes }
    : sizes;
  if (!(Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0)) {
    throw new RangeError(
      `a probe of ${from} to ${to} bytes: expected 0 or more`,
    );
  }
  if (from > to) throw new RangeError(`a sweep goes up, not ${from} to ${to}`);
  if (typeof sizes === "number") {
    return {
      smallest: from,
      largest: to,
      count: count ?? Infinity,
      at: () => to,
    };
  }
  const steps = (count ?? to - from + 1) - 1;
  const at = (index: number) =>
    steps === 0 ? from : Math.round(from + (to - from) * (index / steps));
  return { smallest: from, largest: to, count: steps + 1, at };
}
