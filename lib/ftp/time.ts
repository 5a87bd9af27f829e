/**
 * Time values of the File Transfer Protocol (RFC 3659 section 2.3):
 * `YYYYMMDDHHMMSS` with optional fractions of a second, always UTC.
 *
 * @module
 */

const TIME_REGEXP = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?$/;

const FIRST = -62167219200000; // 0000-01-01, which Date.UTC() takes for 1900
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59);

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
  const shown = new Date(Math.min(Math.max(milliseconds, FIRST), LAST));
  return shown.toISOString().replace(/\.\d+Z$/, "").replace(/[-:T]/g, "");
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
