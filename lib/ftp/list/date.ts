/**
 * Dates of listings: from numbers to an instant, with care for what a line
 * leaves out or leaves open.
 *
 * @module
 */

import type { Context } from "./entry.ts";
import { monthOf } from "./months.ts";

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

const NUMBERS_REGEXP = /^(\d{1,4})([-/.])(\d{1,2})\2(\d{2,4})$/;

/**
 * Reads a day in numbers, such as `2004-06-03`, `06/03/04`, `3.6.2004`. The
 * order is the one that makes sense of the numbers, then the one that an
 * earlier line has shown, then `usual`; with dots it is day, month, year.
 *
 * @example
 * ```ts
 * import { dayInNumbers } from "./date.ts";
 * const context = { order: null };
 * console.assert(dayInNumbers("04-27-00", "mdy", context)?.day === 27);
 * ```
 */
export function dayInNumbers(
  text: string,
  usual: DateOrder,
  context: Pick<Context, "order">,
): Day | null {
  const match = NUMBERS_REGEXP.exec(text);
  if (match === null) return null;
  const parts = [match[1]!, match[3]!, match[4]!] as const;
  const shown = shownOrder(parts, context.order);
  const guess = context.order ?? (match[2] === "." ? "dmy" : usual);
  for (const order of [shown ?? guess, guess, ...ORDERS]) {
    const day = inOrder(parts, order);
    if (day === null) continue;
    if (shown === order) context.order = order;
    return day;
  }
  return null;
}

const ORDERS: readonly DateOrder[] = ["dmy", "mdy", "ymd"];

type Parts = readonly [string, string, string];

/** The order that the numbers themselves show, if they do. */
function shownOrder(
  [first, second]: Parts,
  before: DateOrder | null,
): DateOrder | null {
  if (first.length > 2 || Number(first) > 31) return "ymd";
  if (Number(second) > 12) return "mdy";
  if (Number(first) > 12) return before === "ymd" ? "ymd" : "dmy";
  return null;
}

function inOrder([first, second, third]: Parts, order: DateOrder): Day | null {
  const [year, month, day] = order === "ymd"
    ? [first, second, third]
    : order === "mdy"
    ? [third, first, second]
    : [third, second, first];
  return checkedDay({
    year: yearOf(year),
    month: Number(month),
    day: Number(day),
  });
}

const NAMED_REGEXP =
  /^(?:(\d{1,2})-(\p{L}{3,9})|(\p{L}{3,9})-(\d{1,2}))-(\d{2,4})$/u;

/**
 * Reads a day with the month's name, such as `2-JUL-2003` or `Feb-28-98`.
 *
 * @example
 * ```ts
 * import { dayWithName } from "./date.ts";
 * console.assert(dayWithName("12-Jan-14")?.year === 2014);
 * ```
 */
export function dayWithName(text: string): Day | null {
  const match = NAMED_REGEXP.exec(text);
  const month = match && monthOf(match[2] ?? match[3]!);
  if (month === null) return null;
  const day = Number(match![1] ?? match![4]);
  return checkedDay({ year: yearOf(match![5]!), month, day });
}

/** `null` for a day that no year has. */
function checkedDay(day: Day): Day | null {
  const inRange = day.month >= 1 && day.month <= 12 &&
    day.day >= 1 && day.day <= 31;
  return inRange ? day : null;
}
