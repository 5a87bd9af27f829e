/**
 * Numbers of a ping, for people.
 *
 * @module
 */

/** Up to these milliseconds so many decimals: four digits, or microseconds. */
const DECIMALS: readonly (readonly [below: number, decimals: number])[] = [
  [10, 3],
  [100, 2],
  [1000, 1],
  [Infinity, 0],
];

/**
 * Milliseconds without their unit: `0.123`, `12.35`, `123.5`, `1235`; `-` for
 * none.
 *
 * @example
 * ```ts
 * import { plainMilliseconds } from "./numbers.ts";
 * console.assert(plainMilliseconds(12.345678) === "12.35");
 * ```
 */
export function plainMilliseconds(time: number | null): string {
  if (time === null) return "-";
  const [, decimals] = DECIMALS.find(([below]) => Math.abs(time) < below)!;
  return time.toFixed(decimals);
}

/** The same with its unit: `0.123 ms`. */
export function milliseconds(time: number | null): string {
  return time === null ? "-" : `${plainMilliseconds(time)} ms`;
}

/**
 * A percentage of at most three digits that is 0 or 100 only when it is:
 * `0%`, `0.0123%`, `12.3%`, `99.999%`, `100%`.
 *
 * @example
 * ```ts
 * import { percent } from "./numbers.ts";
 * console.assert(percent(100 / 3) === "33.3%" && percent(0) === "0%");
 * console.assert(percent(99.9996) === "99.9996%");
 * ```
 */
export function percent(value: number): string {
  if (value > 99 && value < 100) {
    return `${100 - Number((100 - value).toPrecision(1))}%`;
  }
  return `${Number(value.toPrecision(3))}%`;
}

/** A rate of three digits: `9681`, `49.1`, `0.5`. */
export function rate(perSecond: number): string {
  return perSecond >= 100
    ? String(Math.round(perSecond))
    : String(Number(perSecond.toPrecision(3)));
}
