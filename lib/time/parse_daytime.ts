/**
 * Reads the lines of daytime servers (RFC 867), which may look as they like:
 * says which form it saw, what it had to assume, and what is odd.
 *
 * @module
 */

import { civilAt, instantIn, instantOf, MONTHS, WEEKDAYS } from "./civil.ts";
import { type DaytimeForm, type Fields, takeApart } from "./daytime_forms.ts";
import { nistWarnings, yearOfMjd } from "./nist_state.ts";
import { formatOffset, LOCAL, type Zone } from "./zone.ts";
import { zoneMeanings } from "./zone_names.ts";

/** Options for {@linkcode parseDaytime}. */
export interface ParseDaytimeOptions {
  /** The zone of a line that names none. @default {LOCAL} */
  zone?: Zone | undefined;
  /**
   * The time that years of two digits are nearest to, in milliseconds since
   * 1970. @default now
   */
  now?: number | undefined;
}

/** What a line says. */
export interface Daytime {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** How the line is written. */
  readonly format: DaytimeForm;
  /** The zone: as the line names it, or the assumed one's name. */
  readonly zone: string;
  /** Whether the line names no zone, or none that is known. */
  readonly zoneAssumed: boolean;
  /** By how many milliseconds the line is early, to make up for its way. */
  readonly advance: number;
  /** What is odd, or had to be guessed: a clause each. */
  readonly warnings: readonly string[];
}

/**
 * Reads a line in any form of `formatDaytime()`, or in that of the program
 * `date`; `null` when it is none of these, or a day that no calendar has. Case,
 * weekday, comma and amount of white space do not matter.
 *
 * @example
 * ```ts
 * import { parseDaytime } from "./parse_daytime.ts";
 * const daytime = parseDaytime("02 FEB 82 07:59:01 PST\r\n", {
 *   now: Date.UTC(2026, 0),
 * });
 * console.assert(daytime?.time === Date.UTC(1982, 1, 2, 15, 59, 1));
 * ```
 */
export function parseDaytime(
  line: string,
  { zone = LOCAL, now = Date.now() }: ParseDaytimeOptions = {},
): Daytime | null {
  const taken = takeApart(line);
  if (taken === null) return null;
  const { form, fields } = taken;
  const warnings: string[] = [];
  const wall = wallOf(fields, now, warnings);
  if (wall === null || !checkWeekday(fields, wall, warnings)) return null;
  const found = form === "nist"
    ? { time: wall, zone: "UTC", zoneAssumed: false }
    : inZone(wall, fields, zone, warnings);
  warnings.push(...nistWarnings(fields, wall));
  return {
    ...found,
    format: form,
    advance: Number(fields.advance ?? 0),
    warnings,
  };
}

/** What a clock of UTC would show so; `null` when none does. */
function wallOf(
  fields: Fields,
  now: number,
  warnings: string[],
): number | null {
  const month = monthOf(fields.month!);
  const hour = hourOf(fields);
  if (month === null || hour === null) return null;
  return instantOf({
    year: yearOf(fields, now, warnings),
    month,
    day: Number(fields.day),
    hour,
    minute: Number(fields.minute),
    second: Number(fields.second),
    millisecond: Math.floor(Number(`0.${fields.fraction ?? 0}`) * 1000),
  });
}

function monthOf(text: string): number | null {
  const month = /^\d/.test(text) ? Number(text) : indexOf(MONTHS, text) + 1;
  return month >= 1 && month <= 12 ? month : null;
}

/** Where in `names` the one is that begins with `text`, or -1. */
function indexOf(names: readonly string[], text: string): number {
  const beginning = text.toLowerCase();
  return names.findIndex((name) => name.toLowerCase().startsWith(beginning));
}

function hourOf({ hour, half }: Fields): number | null {
  if (half === undefined) return Number(hour);
  const number = Number(hour);
  if (number < 1 || number > 12) return null;
  return number % 12 + (half.toLowerCase() === "p" ? 12 : 0);
}

/** Two digits stand for the year nearest to now, unless the line says more. */
function yearOf(fields: Fields, now: number, warnings: string[]): number {
  const year = Number(fields.year);
  if (fields.year!.length === 4) return year;
  if (fields.mjd !== undefined) return yearOfMjd(fields.mjd, year);
  const centuries = Math.round((civilAt(now, 0).year - year) / 100);
  const full = year + centuries * 100;
  warnings.push(`the year ${fields.year} has two digits, taken for ${full}`);
  return full;
}

/** Whether the weekday is one; a wrong one is only odd: RFC 867 has one. */
function checkWeekday(
  { weekday }: Fields,
  wall: number,
  warnings: string[],
): boolean {
  if (weekday === undefined) return true;
  const named = indexOf(WEEKDAYS, weekday);
  const real = civilAt(wall, 0).weekday;
  if (named >= 0 && named !== real) {
    warnings.push(`the day is a ${WEEKDAYS[real]}, not a ${WEEKDAYS[named]}`);
  }
  return named >= 0;
}

type InZone = Pick<Daytime, "time" | "zone" | "zoneAssumed">;

function inZone(
  wall: number,
  fields: Fields,
  zone: Zone,
  warnings: string[],
): InZone {
  const { offset, zone: name } = fields;
  if (offset !== undefined) {
    const time = wall - secondsOf(offset) * 1000;
    return { time, zone: offset, zoneAssumed: false };
  }
  if (name === undefined) {
    return assumed(wall, zone, "the line names no zone", warnings);
  }
  const [meaning, ...others] = zoneMeanings(name);
  if (meaning === undefined) {
    return assumed(wall, zone, `the zone ${name} is unknown`, warnings);
  }
  if (others.length > 0) {
    const all = others.map(({ place }) => place).join(" or ");
    warnings.push(
      `the zone ${name} may be that of ${all}, too; ` +
        `taken for ${formatOffset(meaning.offset)} (${meaning.place})`,
    );
  }
  const time = wall - meaning.offset * 1000;
  return { time, zone: name.toUpperCase(), zoneAssumed: false };
}

/** Reads `+01`, `+0100`, `-01:00`. */
function secondsOf(offset: string): number {
  const digits = offset.replace(":", "").padEnd(5, "0");
  const seconds = Number(digits.slice(1, 3)) * 3600 +
    Number(digits.slice(3)) * 60;
  return offset.startsWith("-") ? -seconds : seconds;
}

const DOUBTS = {
  twice: "that hour comes twice there as clocks are put back; it is the first",
  skipped: "that hour does not exist there as clocks are put forward",
} as const;

function assumed(
  wall: number,
  zone: Zone,
  why: string,
  warnings: string[],
): InZone {
  const { time, doubt } = instantIn(zone, wall);
  warnings.push(`${why}; ${zone.name} assumed`);
  if (doubt !== undefined) warnings.push(DOUBTS[doubt]);
  return { time, zone: zone.name, zoneAssumed: true };
}
