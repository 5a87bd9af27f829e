/**
 * Numbers for people: sizes, rates, times.
 *
 * @module
 */

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/**
 * A number of bytes in at most 8 characters: `0 B`, `1023 B`, `1.5 KiB`,
 * `99.9 MiB`, `512 GiB`. Units go by 1024; below 100 of a larger unit there is
 * one decimal, rounded down, so that nothing looks complete before it is.
 *
 * @example
 * ```ts
 * import { formatBytes } from "./format.ts";
 * console.assert(formatBytes(1536) === "1.5 KiB");
 * ```
 */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const decimals = unit > 0 && value < 100;
  const digits = decimals
    ? (Math.floor(value * 10) / 10).toFixed(1)
    : Math.floor(value).toFixed(0);
  return `${digits} ${UNITS[unit]}`;
}

/**
 * Bytes per second, in at most 10 characters: `1.5 MiB/s`.
 *
 * @example
 * ```ts
 * import { formatRate } from "./format.ts";
 * console.assert(formatRate(1024) === "1.0 KiB/s");
 * ```
 */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** A time that is longer is not told. */
const LONGEST_DAYS = 999;

/**
 * A duration in at most 8 characters: `0:07`, `12:34`, `1:02:03`, `3d 04h`, and
 * `-:--` for one that is unknown (not finite) or above 999 days.
 *
 * @example
 * ```ts
 * import { formatDuration } from "./format.ts";
 * console.assert(formatDuration(3723) === "1:02:03");
 * ```
 */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const days = Math.floor(whole / 86_400);
  if (!(days <= LONGEST_DAYS)) return "-:--";
  const hours = Math.floor(whole / 3600) % 24;
  if (days > 0) return `${days}d ${two(hours)}h`;
  const [minutes, rest] = [Math.floor(whole / 60) % 60, two(whole % 60)];
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
