/**
 * Calendar and clock: between the fields of a date and an instant.
 *
 * Instants are milliseconds since 1970.
 *
 * @module
 */

import type { Zone } from "./zone.ts";

/** What a calendar and a clock on a wall show. */
export interface Civil {
  /** All its digits. */
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
  /** 0 to 23. */
  readonly hour: number;
  /** 0 to 59. */
  readonly minute: number;
  /** 0 to 59, or 60 for a leap second. */
  readonly second: number;
  /** Of the second. @default {0} */
  readonly millisecond?: number;
}

/** The instants that a wall clock of a zone may mean. */
export interface Instants {
  /** The likeliest one. */
  readonly time: number;
  /** Why there is a doubt, if there is one. */
  readonly doubt?: "twice" | "skipped";
}

const A_DAY_MS = 86_400_000;

/** English names, as every daytime server writes them. */
export const MONTHS: readonly string[] = [
  ...["January", "February", "March", "April", "May", "June", "July"],
  ...["August", "September", "October", "November", "December"],
];

/** English names; Sunday is 0. */
export const WEEKDAYS: readonly string[] = [
  ...["Sunday", "Monday", "Tuesday", "Wednesday"],
  ...["Thursday", "Friday", "Saturday"],
];

/** What clocks `offset` seconds ahead of UTC show at `time`, and the weekday. */
export function civilAt(
  time: number,
  offset: number,
): Required<Civil> & { readonly weekday: number } {
  const shown = new Date(time + offset * 1000);
  return {
    year: shown.getUTCFullYear(),
    month: shown.getUTCMonth() + 1,
    day: shown.getUTCDate(),
    hour: shown.getUTCHours(),
    minute: shown.getUTCMinutes(),
    second: shown.getUTCSeconds(),
    millisecond: shown.getUTCMilliseconds(),
    weekday: shown.getUTCDay(),
  };
}

/**
 * The instant at which a clock of UTC shows `civil`, or `null` when none does:
 * 30 February, 24:00. A leap second is the first second of the next minute.
 *
 * @example
 * ```ts
 * import { instantOf } from "./civil.ts";
 * const civil = { year: 1970, month: 2, day: 1, hour: 0, minute: 0, second: 0 };
 * console.assert(instantOf(civil) === 31 * 86_400_000);
 * console.assert(instantOf({ ...civil, day: 30 }) === null);
 * ```
 */
export function instantOf(civil: Civil): number | null {
  const { year, month, day, hour, minute, second, millisecond = 0 } = civil;
  if (hour > 23 || minute > 59 || second > 60) return null;
  const date = new Date(0);
  // Not Date.UTC(), which takes the years before 100 for others.
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) {
    return null;
  }
  return date.setUTCHours(hour, minute, second, millisecond);
}

/**
 * The instant at which a clock of `zone` shows what one of UTC shows at `wall`.
 *
 * When clocks are put back an hour is shown twice: then it is the first one.
 * When they are put forward an hour is never shown: then it is the instant at
 * which a clock that nobody had put forward would show it.
 *
 * @example
 * ```ts
 * import { instantIn } from "./civil.ts";
 * import { namedZone } from "./zone.ts";
 * const { time, doubt } = instantIn(
 *   namedZone("Europe/Berlin"),
 *   Date.UTC(2026, 9, 25, 2, 30),
 * );
 * console.assert(time === Date.UTC(2026, 9, 25, 0, 30) && doubt === "twice");
 * ```
 */
export function instantIn(zone: Zone, wall: number): Instants {
  // Offsets are less than a day, and change less often than every other day.
  const offsets = [wall - A_DAY_MS, wall + A_DAY_MS].map(zone.offsetAt);
  const times = new Set(offsets.map((offset) => wall - offset * 1000));
  const shown = [...times]
    .filter((time) => time + zone.offsetAt(time) * 1000 === wall);
  const [first, second] = shown;
  if (first === undefined) {
    return { time: wall - offsets[0]! * 1000, doubt: "skipped" };
  }
  if (second === undefined) return { time: first };
  return { time: Math.min(first, second), doubt: "twice" };
}
