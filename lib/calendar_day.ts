/**
 * Days of the calendar, as texts.
 *
 * @module
 */

/**
 * Whether a text `YYYY-MM-DD` is a day that there is.
 *
 * @example
 * ```ts
 * import { isCalendarDay } from "./calendar_day.ts";
 * console.assert(isCalendarDay("2028-02-29"));
 * console.assert(!isCalendarDay("2027-02-29") && !isCalendarDay("2027-2-1"));
 * ```
 */
export function isCalendarDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  // Dates roll over: the 30th of February is the 2nd of March.
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
