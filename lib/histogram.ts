/**
 * Histograms: how often something took how long, in few numbers that can be
 * sent to another thread and added to those of others.
 *
 * @module
 */

/** How many values lie below which bound. */
export interface Histogram {
  /**
   * Values up to each bound, and above the one before; the last number counts
   * those above all bounds.
   */
  readonly counts: number[];
  /** All values, added. */
  sum: number;
}

/** A histogram without values, for as many bounds as there are. */
export function newHistogram(bounds: readonly number[]): Histogram {
  return { counts: new Array(bounds.length + 1).fill(0), sum: 0 };
}

/**
 * Adds a value. `bounds` rise, and are the same for all values of a histogram.
 *
 * @example
 * ```ts
 * import { addValue, newHistogram } from "./histogram.ts";
 * const bounds = [0.1, 1];
 * const histogram = newHistogram(bounds);
 * for (const seconds of [0.05, 0.1, 0.5, 7]) addValue(histogram, bounds, seconds);
 * console.assert(histogram.counts.join() === "2,1,1");
 * ```
 */
export function addValue(
  histogram: Histogram,
  bounds: readonly number[],
  value: number,
): void {
  let at = 0;
  while (at < bounds.length && value > bounds[at]!) at++;
  histogram.counts[at]! += 1;
  histogram.sum += value;
}

/**
 * The bound that this part of all values (0 to 1) does not exceed; `Infinity`
 * when it lies above all bounds, `null` without values.
 *
 * @example
 * ```ts
 * import { quantile } from "./histogram.ts";
 * const histogram = { counts: [90, 9, 1], sum: 20 };
 * console.assert(quantile(histogram, [0.1, 1], 0.95) === 1);
 * console.assert(quantile(histogram, [0.1, 1], 1) === Infinity);
 * ```
 */
export function quantile(
  { counts }: Histogram,
  bounds: readonly number[],
  part: number,
): number | null {
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return null;
  let below = 0;
  for (const [at, bound] of bounds.entries()) {
    below += counts[at]!;
    if (below >= all * part) return bound;
  }
  return Infinity;
}
