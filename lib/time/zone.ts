/**
 * Time zones: how far local time is from UTC, and what it is called.
 *
 * `Intl` is slow to start, so it is asked only for named zones and for names.
 *
 * @module
 */

import { lazy } from "../lazy.ts";

/** A time zone. Times are milliseconds since 1970. */
export interface Zone {
  /** What it is called: `UTC`, `local time`, `Europe/Berlin`. */
  readonly name: string;
  /** Seconds that its clocks are ahead of UTC at `time`; less than 0 in the west. */
  offsetAt(time: number): number;
  /**
   * What its time is called at `time`: `PST`, `CEST`; where people have no short
   * name for it, the offset: `+0545`.
   */
  abbreviationAt(time: number): string;
}

/** Coordinated Universal Time. */
export const UTC: Zone = {
  name: "UTC",
  offsetAt: () => 0,
  abbreviationAt: () => "UTC",
};

/** The zone of this machine, or of the environment variable `TZ`. */
export const LOCAL: Zone = {
  name: "local time",
  offsetAt: localOffset,
  abbreviationAt: abbreviations(undefined, localOffset),
};

/**
 * A zone by its name in the IANA database, such as `Europe/Berlin`, or by a
 * fixed offset such as `+05:30`.
 *
 * @throws {RangeError} If there is no such zone.
 *
 * @example
 * ```ts
 * import { namedZone } from "./zone.ts";
 * const london = namedZone("Europe/London");
 * console.assert(london.offsetAt(Date.UTC(2026, 6, 1)) === 3600);
 * console.assert(london.abbreviationAt(Date.UTC(2026, 6, 1)) === "BST");
 * ```
 */
export function namedZone(name: string): Zone {
  const format = offsetFormat(name);
  const offsetAt = (time: number) => secondsOf(zoneNameIn(format, time));
  const isUtc = format.resolvedOptions().timeZone === "UTC";
  return {
    name,
    offsetAt,
    abbreviationAt: isUtc ? UTC.abbreviationAt : abbreviations(name, offsetAt),
  };
}

/**
 * An offset as mail writes it, `+0530`, or with `:` between hours and minutes.
 *
 * @example
 * ```ts
 * import { formatOffset } from "./zone.ts";
 * console.assert(formatOffset(-12_600) === "-0330");
 * ```
 */
export function formatOffset(seconds: number, separator = ""): string {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
    .map((number) => String(number).padStart(2, "0"));
  return `${seconds < 0 ? "-" : "+"}${hours}${separator}${rest}`;
}

function localOffset(time: number): number {
  return 0 - 60 * new Date(time).getTimezoneOffset();
}

/**
 * The languages that are asked for a short name: American English knows those
 * of America only and says `GMT+1` for the others.
 */
const LANGUAGES = ["en-US", "en-GB", "en-AU", "en-IN"];

function abbreviations(
  timeZone: string | undefined,
  offsetAt: Zone["offsetAt"],
): Zone["abbreviationAt"] {
  const formats = lazy(() =>
    LANGUAGES.map((language) =>
      new Intl.DateTimeFormat(language, { timeZone, timeZoneName: "short" })
    )
  );
  return (time) => {
    const names = formats().map((format) => zoneNameIn(format, time));
    return names.find((name) => /^[A-Z]{3,5}$/.test(name)) ??
      formatOffset(offsetAt(time));
  };
}

function offsetFormat(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-US", {
    timeZone,
    timeZoneName: "longOffset",
  });
}

function zoneNameIn(format: Intl.DateTimeFormat, time: number): string {
  const parts = format.formatToParts(time);
  return parts.find(({ type }) => type === "timeZoneName")!.value;
}

/** Reads `GMT`, `GMT+05:30` and, of the 19th century, `GMT-00:01:15`. */
function secondsOf(longOffset: string): number {
  const [, sign, ...parts] = /([+-])(\d+):(\d+)(?::(\d+))?/.exec(longOffset) ??
    [];
  const [hours = 0, minutes = 0, seconds = 0] = parts
    .map((part) => Number(part ?? 0));
  const ahead = hours * 3600 + minutes * 60 + seconds;
  return sign === "-" ? -ahead : ahead;
}
