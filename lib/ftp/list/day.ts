/**
 * Days as listings write them in one word: in numbers, whose order differs
 * from server to server, or with the name of the month.
 *
 * @module
 */

import { type DateOrder, type Day, yearOf } from "./date.ts";
import type { Context } from "./entry.ts";
import { monthOf } from "./months.ts";

const NUMBERS_REGEXP = /^(\d{1,4})([-/.])(\d{1,2})\2(\d{2,4})$/;

/**
 * Reads a day in numbers, such as `2004-06-03`, `06/03/04`, `3.6.2004`. The
 * order is the one that makes sense of the numbers, then the one that an
 * earlier line has shown, then `usual`; with dots it is day, month, year.
 *
 * @example
 * ```ts
 * import { dayInNumbers } from "./day.ts";
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
 * import { dayWithName } from "./day.ts";
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
