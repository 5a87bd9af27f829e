/**
 * The options of a clock that is wrong on purpose, as people write them.
 *
 * @module
 */

import { UsageError } from "../../lib/cli.ts";
import { quoted } from "../../lib/cli/values.ts";
import { parseDaytime } from "../../lib/time/parse_daytime.ts";
import type { Zone } from "../../lib/time/zone.ts";

/** What was given. */
export interface ClockValues {
  /** `--offset SECONDS`. */
  readonly offset?: string | undefined;
  /** `--freeze TIME`. */
  readonly freeze?: string | undefined;
}

/** What it means, in milliseconds. */
export interface ClockSettings {
  /** How far ahead; less than 0 when behind. */
  readonly offset: number;
  /** Where it stands still, since 1970. */
  readonly freeze: number | undefined;
}

/** Milliseconds in a second, a minute, an hour, a day. */
const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A hundred years: enough to try the next era of RFC 868. */
const MAX_OFFSET = 36_525 * 86_400_000;
/** What RFC 868 and lines with four digits of year can tell. */
const [FIRST, LAST] = [Date.UTC(1900, 0, 1), Date.UTC(9899, 11, 31)];

/**
 * Reads `--offset` (`90`, `-1.5`, `-2h`, `30d`) and `--freeze` (a time in any
 * form that a daytime server may write, or `@` and seconds since 1970). `zone`
 * is that of a time without one.
 *
 * @throws {UsageError} when one of them cannot be read, or is too far away.
 *
 * @example
 * ```ts
 * import { UTC } from "../../lib/time/zone.ts";
 * import { readClock } from "./clock_options.ts";
 * const { offset, freeze } = readClock({ offset: "-1.5", freeze: "@60" }, UTC);
 * console.assert(offset === -1500 && freeze === 60_000);
 * ```
 */
export function readClock(
  { offset, freeze }: ClockValues,
  zone: Zone,
): ClockSettings {
  return {
    offset: offset === undefined ? 0 : readOffset(offset),
    freeze: freeze === undefined ? undefined : readFreeze(freeze, zone),
  };
}

function readOffset(text: string): number {
  const [, sign, number, unit = "s"] =
    /^([+-]?)(\d{1,15}(?:\.\d{1,9})?)(ms|[smhd])?$/.exec(text) ?? [];
  if (number === undefined) {
    throw new UsageError(
      `--offset: expected seconds such as 90, -1.5, 500ms or -2h, got ` +
        quoted(text),
    );
  }
  const size = Math.round(Number(number) * UNITS[unit]!);
  if (size > MAX_OFFSET) {
    throw new UsageError(`--offset: a hundred years at most, got ${text}`);
  }
  return sign === "-" ? -size : size;
}

function readFreeze(text: string, zone: Zone): number {
  const [, seconds] = /^@(-?\d{1,12}(?:\.\d{1,3})?)$/.exec(text) ?? [];
  const time = seconds === undefined
    ? parseDaytime(text, { zone })?.time
    : Math.round(Number(seconds) * 1000);
  if (time === undefined) {
    throw new UsageError(
      `--freeze: expected a time such as 2036-02-07T06:28:15Z or @0 ` +
        `(seconds since 1970), got ${quoted(text)}`,
    );
  }
  if (time >= FIRST && time <= LAST) return time;
  throw new UsageError(
    `--freeze: expected a year from 1900 to 9899, got ${quoted(text)}`,
  );
}
