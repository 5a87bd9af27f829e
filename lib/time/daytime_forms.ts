/**
 * How daytime lines look, as patterns: which fields of a date stand where.
 *
 * @module
 */

import { lazy } from "../lazy.ts";
import type { DaytimeFormat } from "./daytime.ts";

/**
 * The forms that are understood: all that are written here, and `date`, the one
 * of the program `date`: `ctime` with a zone before the year.
 */
export type DaytimeForm = DaytimeFormat | "date";

/** The fields of a line as they stand in it; those that it has. */
export type Fields = Readonly<Partial<Record<FieldName, string>>>;

/** A field of a line. */
export type FieldName =
  | ("weekday" | "day" | "month" | "year")
  | ("hour" | "minute" | "second" | "fraction" | "half")
  | ("offset" | "zone")
  | ("mjd" | "leap" | "health" | "advance");

/** A line, taken apart. */
export interface TakenApart {
  /** How it is written. */
  readonly form: DaytimeForm;
  /** What stands in it. */
  readonly fields: Fields;
}

const WEEKDAY = "(?<weekday>[a-z]{3,9})";
const MONTH = "(?<month>[a-z]{3,9})\\.?";
const DAY = "(?<day>\\d{1,2})";
const YEAR = "(?<year>\\d{4}|\\d\\d)";
const TIME =
  "(?<hour>\\d{1,2}):(?<minute>\\d\\d):(?<second>\\d\\d)(?:[.,](?<fraction>\\d{1,9}))?";
const HALF = "(?: (?<half>[ap])m)?";
const OFFSET = "(?<offset>[+-](?:[01]\\d|2[0-3])(?::?[0-5]\\d)?)";
const NAME = "(?<zone>[a-z]{1,5})";
/** With what mail may say behind it: `+0100 (CET)`. */
const ZONE = `(?: ?${OFFSET}|[ -]?${NAME})?(?: ?\\([^()]{0,20}\\))?`;

/** Forms in the order in which they are tried. */
const FORMS: () => readonly (readonly [DaytimeForm, RegExp])[] = lazy(() => [
  ["ctime", form(`${WEEKDAY},? ${MONTH} ${DAY} ${TIME} ${YEAR}`)],
  ["date", form(`${WEEKDAY},? ${MONTH} ${DAY} ${TIME}${HALF}${ZONE} ${YEAR}`)],
  [
    "iso8601",
    form(
      `(?<year>\\d{4})-(?<month>\\d\\d)-(?<day>\\d\\d)[t ]${TIME}` +
        `(?: ?${OFFSET}| ?${NAME})?`,
    ),
  ],
  // Mail may leave the weekday out: then nobody can tell it from `smtp`.
  [
    "rfc5322",
    form(`${WEEKDAY},? ${DAY}[ -]${MONTH}[ -]${YEAR} ${TIME}${ZONE}`),
  ],
  ["smtp", form(`${DAY}[ -]${MONTH}[ -]${YEAR} ${TIME}${ZONE}`)],
  [
    "rfc867",
    form(`(?:${WEEKDAY},? )?${MONTH} ${DAY},? ${YEAR},? ${TIME}${ZONE}`),
  ],
  [
    "nist",
    form(
      "(?<mjd>\\d{5,7}) (?<year>\\d\\d)-(?<month>\\d\\d)-(?<day>\\d\\d) " +
        `${TIME} \\d\\d (?<leap>\\d) (?<health>\\d) ` +
        "(?<advance>\\d{1,4}(?:\\.\\d)?) UTC\\([\\w-]{1,10}\\)(?: ?[*#])?",
    ),
  ],
]);

function form(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`, "i");
}

/** The longest line that is looked at; the longest form has 60 characters. */
const LONGEST = 128;

/**
 * Takes a line apart, or returns `null` when it is of no known form. White
 * space may be more than one space; line ends and NULs around it do not matter.
 *
 * @example
 * ```ts
 * import { takeApart } from "./daytime_forms.ts";
 * const taken = takeApart("02 FEB 82 07:59:01 PST\r\n");
 * console.assert(taken?.form === "smtp" && taken.fields.zone === "PST");
 * ```
 */
export function takeApart(line: string): TakenApart | null {
  if (line.length > LONGEST) return null;
  // deno-lint-ignore no-control-regex -- C programs send the end of the string.
  const text = line.replace(/[\s\x00]+/g, " ").trim();
  for (const [form, pattern] of FORMS()) {
    const fields = pattern.exec(text)?.groups as Fields | undefined;
    if (fields !== undefined) return { form, fields };
  }
  return null;
}
