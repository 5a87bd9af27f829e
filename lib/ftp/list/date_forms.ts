/**
 * The forms in which Unix servers write a date into the middle of a line,
 * each a regular expression that starts at a given word. All repetitions are
 * bounded, so that no line takes long.
 *
 * @module
 */

import { lazy } from "../../lazy.ts";
import { type Day, instantOf, timeOfDay, yearOf } from "./date.ts";
import { dayInNumbers } from "./day.ts";
import type { Context } from "./entry.ts";
import { monthOf } from "./months.ts";

/** A date found in a line. */
export interface FoundDate {
  /** The instant; `null` when its month has a name in no known language. */
  readonly modified: Date | null;
  /** Offset behind it. */
  readonly end: number;
  /** Whether blanks fill the place of a time of day. */
  readonly padded: boolean;
}

/**
 * How much a form takes for a date: `sure` is unmistakable, `weak` could be
 * other numbers, `unknown` has a word that is no month we know: only one with
 * foreign letters, since a language of plain ones would be known.
 */
export type Certainty = "sure" | "weak" | "unknown";

const GAP = "[ \\t]{1,40}";
const MAYBE_GAP = "[ \\t]{0,40}";
const NAME = "(?<name>\\p{L}[\\p{L}\\p{M}.]{1,14}\\d{0,2}),?";
const MONTH = "(?<month>\\d{1,2})";
const DAY = "(?<day>\\d{1,2})";
const YEAR = "(?<year>\\d{4})";
const SECONDS = "(?<time>\\d{1,2}:\\d{2}:\\d{2})";
const TIME =
  "(?<time>\\d{1,2}:\\d{1,2}(?::\\d{2}(?:[.,]\\d{1,9})?)?(?:[AaPp][Mm])?)";
const ZONE = "(?:[ ](?<zone>[+-]\\d{4}))?";
/** Chinese, Japanese or Korean for year, month or day, in any encoding. */
const SIGN = "[^\\x00-\\x7f]{1,4}";
const MAYBE_SIGN = "[^\\x00-\\x7f]{0,4}";
const SIGNED_DAY = MONTH + SIGN + MAYBE_GAP + DAY + MAYBE_SIGN;
const ISO = "(?<iso>\\d{4}(?<sep>[-/.])\\d{1,2}\\k<sep>\\d{1,2})";
const NUMBERS =
  "(?<numbers>\\d{1,2}(?<sep>[-/.])\\d{1,2}\\k<sep>(?:\\d{4}|\\d{2}))";
const PAIR = "(?<pair>\\d{1,2}(?<sep>[-/.])\\d{1,2})\\.?";

/** Dates that begin with a letter; the first that fits and is one counts. */
const words = lazy((): readonly RegExp[] => [
  form(NAME, GAP, DAY, GAP, SECONDS, GAP, YEAR),
  form(NAME, MAYBE_GAP, DAY, MAYBE_SIGN, "[.,]?", GAP, TIME),
  form(NAME, GAP, DAY, "(?:,[ ]{0,2}|[ ])", YEAR, "[ ]{1,2}", TIME),
  form(NAME, MAYBE_GAP, DAY, MAYBE_SIGN, "[.,]?", GAP, YEAR),
]);

/** Dates that begin with a digit, in the same way. */
const digits = lazy((): readonly RegExp[] => [
  form(DAY, "\\.?", MAYBE_GAP, NAME, GAP, TIME),
  form(DAY, "\\.?", MAYBE_GAP, NAME, "[ ]", YEAR, "[ ]", TIME),
  form(DAY, "\\.?", MAYBE_GAP, NAME, GAP, YEAR),
  form(ISO, "(?:T|", GAP, ")", TIME, ZONE),
  form(ISO),
  form(NUMBERS, GAP, TIME),
  form(NUMBERS),
  form(PAIR, GAP, TIME),
  form(PAIR, GAP, YEAR),
  form(DAY, "-", NAME, "-", YEAR, GAP, TIME),
  form(DAY, "-", NAME, "-", YEAR),
  form(YEAR, "-", NAME, "-", DAY, GAP, TIME),
  form(DAY, "\\.[ ]", MONTH, "\\.?", GAP, TIME),
  form(MONTH, GAP, DAY, GAP, TIME),
  form(SIGNED_DAY, GAP, TIME),
  form(SIGNED_DAY, GAP, YEAR),
  form(YEAR, SIGN, MAYBE_GAP, SIGNED_DAY, GAP, TIME),
  form(YEAR, SIGN, MAYBE_GAP, SIGNED_DAY),
]);

const weak = lazy((): readonly RegExp[] => [
  form(YEAR, GAP, SIGNED_DAY),
  form(MONTH, GAP, DAY, GAP, YEAR),
]);

/** White space follows, and then the name. */
function form(...parts: readonly string[]): RegExp {
  return new RegExp(`${parts.join("")}(?=[ \\t])`, "uy");
}

/**
 * Finds a date that starts exactly at `start`, or `null`.
 *
 * @example
 * ```ts
 * import { findDate } from "./date_forms.ts";
 * const context = { order: null, now: Date.now };
 * const found = findDate("7 Apr  8  1994 name", 2, "sure", context);
 * console.assert(found?.end === 14);
 * ```
 */
export function findDate(
  text: string,
  start: number,
  certainty: Certainty,
  context: Pick<Context, "order" | "now">,
): FoundDate | null {
  for (const regexp of formsAt(text, start, certainty)) {
    regexp.lastIndex = start;
    const match = regexp.exec(text);
    if (match === null) continue;
    const groups = match.groups!;
    const modified = modifiedOf(groups, certainty, context);
    if (modified === undefined) continue;
    const padded = groups.time === undefined && !/ \d{4}$/.test(match[0]);
    return { modified, end: start + match[0].length, padded };
  }
  return null;
}

function formsAt(
  text: string,
  start: number,
  certainty: Certainty,
): readonly RegExp[] {
  if (certainty === "weak") return weak();
  return /\d/.test(text.charAt(start)) ? digits() : words();
}

type Groups = Readonly<Record<string, string | undefined>>;

/** `undefined` when there is no such date, or not of this certainty. */
function modifiedOf(
  groups: Groups,
  certainty: Certainty,
  context: Pick<Context, "order" | "now">,
): Date | null | undefined {
  const unknown = groups.name !== undefined && monthOf(groups.name) === null;
  if (unknown && /^[ -~]+$/.test(groups.name!)) return undefined;
  if (unknown !== (certainty === "unknown")) return undefined;
  const time = groups.time === undefined ? null : timeOfDay(groups.time);
  if (time === null && groups.time !== undefined) return undefined;
  const day = dayOf(groups, context);
  const instant = day && instantOf(day, time, context);
  if (instant === null) return undefined;
  return unknown ? null : inUtc(instant, groups.zone);
}

function dayOf(groups: Groups, context: Pick<Context, "order">): Day | null {
  const { iso, numbers, pair, sep } = groups;
  if (iso !== undefined) return dayInNumbers(iso, "ymd", context);
  if (numbers !== undefined) {
    return dayInNumbers(numbers, sep === "/" ? "mdy" : "dmy", context);
  }
  const day = pair === undefined
    ? { month: namedMonth(groups), day: Number(groups.day) }
    : dayInNumbers(`${pair}${sep}${groups.year ?? "2000"}`, "mdy", context);
  if (day === null) return null;
  const { month, day: number } = day;
  return groups.year === undefined
    ? { month, day: number }
    : { year: yearOf(groups.year), month, day: number };
}

/** An unknown name may be any month: the one with most days stands for it. */
function namedMonth({ name, month }: Groups): number {
  return name === undefined ? Number(month) : monthOf(name) ?? 1;
}

/** What a zone such as `+0230` makes of a local time. */
function inUtc(local: Date, zone: string | undefined): Date {
  if (zone === undefined) return local;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3));
  const ahead = zone.startsWith("-") ? -minutes : minutes;
  return new Date(local.getTime() - ahead * 60_000);
}
