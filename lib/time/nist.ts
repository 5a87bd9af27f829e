/**
 * The daytime line of the servers of NIST, the keeper of time in the United
 * States: `61365 26-11-21 08:06:20 00 0 0  50.0 UTC(NIST) *`.
 *
 * In this order: the Modified Julian Date, the date with two digits of year,
 * the time of day, both UTC, the code of daylight saving time, the leap second
 * to come, the health of the server, by how many milliseconds the line is
 * early to make up for its way, the scale, and a mark that the second begins.
 *
 * @module
 */

import { civilAt } from "./civil.ts";

const A_DAY_MS = 86_400_000;
/** The Modified Julian Date of 1970-01-01. */
const UNIX_EPOCH_MJD = 40_587;

/** What a server of this format says of itself. */
export interface NistState {
  /**
   * 0: as it should be; any other digit: do not rely on it. 3 says that nobody
   * knows how wrong the time is.
   */
  readonly health: number;
}

/**
 * The line for `time`, in milliseconds since 1970.
 *
 * @example
 * ```ts
 * import { formatNist } from "./nist.ts";
 * console.assert(
 *   formatNist(Date.UTC(1993, 0, 23, 22, 1, 22), { health: 0 }) ===
 *     "49010 93-01-23 22:01:22 00 0 0   0.0 UTC(NIST) *",
 * );
 * ```
 */
export function formatNist(time: number, { health }: NistState): string {
  const { year, month, day, hour, minute, second } = civilAt(time, 0);
  const date = [year % 100, month, day].map(twoDigits).join("-");
  const clock = [hour, minute, second].map(twoDigits).join(":");
  const mjd = String(mjdOf(time)).padStart(5, "0");
  const dst = twoDigits(dstCode(time));
  return `${mjd} ${date} ${clock} ${dst} 0 ${health}   0.0 UTC(NIST) *`;
}

/** The Modified Julian Date: days since 1858-11-17, five digits until 2132. */
export function mjdOf(time: number): number {
  return UNIX_EPOCH_MJD + Math.floor(time / A_DAY_MS);
}

/** The begin of a Modified Julian Date's day, in milliseconds since 1970. */
export function dayOfMjd(mjd: number): number {
  return (mjd - UNIX_EPOCH_MJD) * A_DAY_MS;
}

/**
 * The code of daylight saving time in the United States on the UTC day of
 * `time`, by the rule of 2007 (second Sunday of March to first Sunday of
 * November): 0 standard time, 50 daylight saving time. In a month with a change
 * it counts the days down to it: to 51 on the day that saving begins, to 1 on
 * the day that it ends.
 */
export function dstCode(time: number): number {
  const { year, month, day } = civilAt(time, 0);
  if (month === 3) {
    const change = 7 + firstSunday(year, 3);
    return day <= change ? 51 + change - day : 50;
  }
  if (month === 11) {
    const change = firstSunday(year, 11);
    return day <= change ? 1 + change - day : 0;
  }
  return month > 3 && month < 11 ? 50 : 0;
}

/** The day of the month. */
function firstSunday(year: number, month: number): number {
  const { weekday } = civilAt(Date.UTC(year, month - 1, 1), 0);
  return 1 + (7 - weekday) % 7;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}
