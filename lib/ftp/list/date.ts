/**
 * Dates of listings: from numbers to an instant, with care for what a line
 * leaves out or leaves open.
 *
 * @module
 */

import type { Context } from "./entry.ts";

/** How the numbers of a date are ordered: year, month and day. */
export type DateOrder = "dmy" | "mdy" | "ymd";

/** A calendar day. */
export interface Day {
  /** All its digits; missing when the line gives none. */
  readonly year?: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
}

/** A time of day. */
export interface TimeOfDay {
  /** 0 to 23. */
  readonly hour: number;
  /** 0 to 59. */
  readonly minute: number;
  /** 0 to 60. */
  readonly second: number;
}

const A_DAY_MS = 24 * 3600 * 1000;
const LEAP_YEARS_APART = 8;
const LAST_SECOND = 8.64e12;

/**
 * The instant of a day and a time of day, or `null` when there is none such.
 * Without a year it is the most recent that is not later than a day from now:
 * the server's clock may be ahead of ours by its time zone.
 *
 * @example
 * ```ts
 * import { instantOf } from "./date.ts";
 * const now = () => Date.UTC(2024, 0, 10);
 * const date = instantOf({ month: 12, day: 24 }, null, { now });
 * console.assert(date?.toISOString() === "2023-12-24T00:00:00.000Z");
 * ```
 */
export function instantOf(
  day: Day,
  time: TimeOfDay | null,
  context: Pick<Context, "now">,
): Date | null {
  if (day.year !== undefined) return exactInstant(day.year, day, time);
  const latest = context.now() + A_DAY_MS;
  const year = new Date(latest).getUTCFullYear();
  for (let back = 0; back <= LEAP_YEARS_APART; back++) {
    const date = exactInstant(year - back, day, time);
    if (date !== null && date.getTime() <= latest) return date;
  }
  return null;
}

function exactInstant(
  year: number,
  { month, day }: Day,
  time: TimeOfDay | null,
): Date | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) {
    return null;
  }
  if (time === null) return date;
  if (time.hour > 23 || time.minute > 59 || time.second > 60) return null;
  date.setUTCHours(time.hour, time.minute, time.second);
  return date;
}

/**
 * The instant of a number of seconds since 1970, or `null`.
 *
 * @example
 * ```ts
 * import { epochInstant } from "./date.ts";
 * console.assert(epochInstant("825718503")?.getUTCFullYear() === 1996);
 * ```
 */
export function epochInstant(text: string): Date | null {
  if (!/^\d{1,13}$/.test(text) || Number(text) > LAST_SECOND) return null;
  return new Date(Number(text) * 1000);
}

/**
 * A year by its digits: two mean 1970 to 2069, three count from 1900 as
 * C's `tm_year` does.
 *
 * @example
 * ```ts
 * import { yearOf } from "./date.ts";
 * console.assert(yearOf("69") === 2069 && yearOf("103") === 2003);
 * ```
 */
export function yearOf(digits: string): number {
  const year = Number(digits);
  if (digits.length > 3) return year;
  if (digits.length === 3) return 1900 + year;
  return year < 70 ? 2000 + year : 1900 + year;
}

const CLOCK_REGEXP = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,]\d{1,9})?)?$/;
const HALF_REGEXP = /^(.{1,20}?)([ap])m?$/i;

/**
 * Reads `14:05`, `2:05:09`, `02:05PM` or `2:05p`; `null` for anything else.
 *
 * @example
 * ```ts
 * import { timeOfDay } from "./date.ts";
 * console.assert(timeOfDay("12:05AM")?.hour === 0);
 * ```
 */
export function timeOfDay(text: string): TimeOfDay | null {
  const half = HALF_REGEXP.exec(text);
  const match = CLOCK_REGEXP.exec(half?.[1] ?? text);
  if (match === null) return null;
  const hour = hourOf(Number(match[1]), half?.[2]);
  const minute = Number(match[2]);
  const second = Number(match[3] ?? 0);
  return hour > 23 || minute > 59 || second > 60
    ? null
    : { hour, minute, second };
}

/** What is left of 12 hours twice; 24 stands for no such hour. */
function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined) return hour;
  if (hour < 1 || hour > 12) return 24;
  return hour % 12 + (half.toLowerCase() === "p" ? 12 : 0);
}
