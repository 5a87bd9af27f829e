/**
 * Time values of the File Transfer Protocol (RFC 3659 section 2.3):
 * `YYYYMMDDHHMMSS` with optional fractions of a second, always UTC.
 *
 * @module
 */

const TIME_REGEXP = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?$/;

const FIRST = -62167219200000; // 0000-01-01, which Date.UTC() takes for 1900
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59);
const A_DAY = 86_400_000; // Milliseconds.
const TWO_DIGITS: readonly string[] = Array.from(
  { length: 60 },
  (_, number) => String(number).padStart(2, "0"),
);

/**
 * Writes a time value to the second. What four digits of year cannot say
 * becomes the nearest they can: a broken time stamp must not break a listing.
 *
 * @example
 * ```ts
 * import { formatTime } from "./time.ts";
 * console.assert(formatTime(new Date(0)) === "19700101000000");
 * ```
 */
export function formatTime(time: Date): string {
  const milliseconds = Number.isNaN(time.getTime()) ? 0 : time.getTime();
  const shown = Math.min(Math.max(milliseconds, FIRST), LAST);
  const day = Math.floor(shown / A_DAY);
  const second = Math.floor((shown - day * A_DAY) / 1000);
  const minute = Math.floor(second / 60);
  return dateDigits(day) + TWO_DIGITS[Math.floor(minute / 60)]! +
    TWO_DIGITS[minute % 60]! + TWO_DIGITS[second % 60]!;
}

/** The digits of the last day: neighbours in a listing often share it. */
let lastDate = { day: 0, digits: "19700101" };

function dateDigits(day: number): string {
  if (day !== lastDate.day) {
    const date = new Date(day * A_DAY).toISOString().slice(0, 10);
    lastDate = { day, digits: date.replaceAll("-", "") };
  }
  return lastDate.digits;
}

/**
 * Reads a time value, or returns `null` when it is none. A leap second
 * (`:60`) is the first second of the next minute.
 *
 * @example
 * ```ts
 * import { parseTime } from "./time.ts";
 * console.assert(parseTime("20360207062816")?.getTime() === 2085978496000);
 * console.assert(parseTime("20230229000000") === null);
 * ```
 */
export function parseTime(text: string): Date | null {
  const match = TIME_REGEXP.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7)
    .map(Number) as [number, number, number, number, number, number];
  if (hour > 23 || minute > 59 || second > 60) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) {
    return null;
  }
  const fraction = Number(`0.${match[7] ?? "0"}`);
  date.setUTCHours(hour, minute, second, Math.floor(fraction * 1000));
  return date;
}
