/**
 * What a line of NIST's servers says besides the time.
 *
 * @module
 */

import { civilAt } from "./civil.ts";
import type { Fields } from "./daytime_forms.ts";
import { dayOfMjd, mjdOf } from "./nist.ts";

/**
 * The year that two digits mean in a line with this Modified Julian Date, which
 * is off by a few days at most.
 *
 * @example
 * ```ts
 * import { yearOfMjd } from "./nist_state.ts";
 * console.assert(yearOfMjd("49010", 93) === 1993);
 * ```
 */
export function yearOfMjd(mjd: string, year: number): number {
  const near = civilAt(dayOfMjd(Number(mjd)), 0).year;
  return year + Math.round((near - year) / 100) * 100;
}

/**
 * What is odd about a line that shows `wall`, milliseconds since 1970 in UTC:
 * a clause each; nothing for other lines than NIST's.
 */
export function nistWarnings(
  { mjd, leap, health }: Fields,
  wall: number,
): string[] {
  const warnings: string[] = [];
  if (mjd === undefined) return warnings;
  if (Number(mjd) !== mjdOf(wall)) {
    warnings.push(`the Modified Julian Date is ${mjdOf(wall)}, not ${mjd}`);
  }
  if (health !== "0") {
    warnings.push(
      `the server says that its time cannot be relied on (health ${health})`,
    );
  }
  const change = LEAPS[leap!];
  if (change !== undefined) warnings.push(`at the end of the month ${change}`);
  return warnings;
}

const LEAPS: Readonly<Record<string, string>> = {
  "1": "a second will be inserted",
  "2": "a second will be left out",
};
