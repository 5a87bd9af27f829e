/**
 * Lines of columns in which a size and a date stand before the name: `ls -l`
 * and all that look like it. What stands before the size varies; the date is
 * what gives the columns away.
 *
 * @module
 */

import { type Certainty, findDate, type FoundDate } from "./date_forms.ts";
import type { Context, Line, Word } from "./entry.ts";
import { monthOf } from "./months.ts";
import { sizeOf } from "./size.ts";

/** What the columns of a line say. */
export interface Columns {
  /** The words before the size. */
  readonly before: readonly Word[];
  /** The size; `null` when there is none, or numbers of a device. */
  readonly size: number | null;
  /** Time of last modification, if it is there and understood. */
  readonly modified: Date | null;
  /** All that follows the one space behind the date. */
  readonly name: string;
}

/** More columns than any server writes before the date. */
const MOST_COLUMNS = 12;
/** Usual offset of the date: behind link count, owner, group and size. */
const USUAL = 4;

/**
 * Reads the columns from word number `first` on. Surest readings first: a
 * number before a date is its size; numbers may be a date; a date may come
 * without size; a month may have an unknown name; there may be no date.
 *
 * @example
 * ```ts
 * import { readColumns } from "./columns.ts";
 * import { lineOf } from "./entry.ts";
 * const context = { order: null, now: Date.now };
 * const line = lineOf("1 me staff 12 Jan  1  2000  a");
 * console.assert(readColumns(line, 0, context)?.name === " a");
 * ```
 */
export function readColumns(
  line: Line,
  first: number,
  context: Pick<Context, "order" | "now">,
): Columns | null {
  return sized(line, first, "sure", context) ??
    sized(line, first, "weak", context) ??
    sizeless(line, first, context) ??
    sized(line, first, "unknown", context) ??
    dateless(line, first);
}

function sized(
  line: Line,
  first: number,
  certainty: Certainty,
  context: Pick<Context, "order" | "now">,
): Columns | null {
  const usual = certainty === "weak" ? [first + USUAL] : [];
  for (const at of [...usual, ...places(line, first + 1)]) {
    const sized = sizeBefore(line, at);
    if (sized === null) continue;
    const found = dateAt(line, at, certainty, context);
    if (found === null) continue;
    return columns(line, first, at - sized.words, sized.size, found);
  }
  return null;
}

function sizeless(
  line: Line,
  first: number,
  context: Pick<Context, "order" | "now">,
): Columns | null {
  for (const at of places(line, first + 1)) {
    if (/^\d/.test(line.words[at - 1]!.text)) continue;
    const found = dateAt(line, at, "sure", context);
    if (found !== null) return columns(line, first, at, null, found);
  }
  return null;
}

/** The numbers of the words at which a date may start. */
function places(line: Line, from: number): number[] {
  const end = Math.min(line.words.length, from + MOST_COLUMNS);
  return Array.from({ length: Math.max(0, end - from) }, (_, at) => from + at);
}

function dateAt(
  line: Line,
  at: number,
  certainty: Certainty,
  context: Pick<Context, "order" | "now">,
): FoundDate | null {
  const word = line.words[at];
  return word ? findDate(line.text, word.start, certainty, context) : null;
}

/**
 * The size in the word before number `at`, or in its place the two numbers
 * of a device, which may be two words: `0, 27`.
 */
function sizeBefore(
  { words }: Line,
  at: number,
): { size: number | null; words: number } | null {
  const last = words[at - 1]?.text ?? "";
  const isNumber = /^(?:\d{1,10}|0x[\da-f]{1,8})$/i.test(last);
  if (isNumber && /^\d{1,10},$/.test(words[at - 2]?.text ?? "")) {
    return { size: null, words: 2 };
  }
  const size = sizeOf(last);
  if (size !== undefined) return { size, words: 1 };
  return /^\d{1,10},\d{1,10}$/.test(last) ? { size: null, words: 1 } : null;
}

function columns(
  line: Line,
  first: number,
  end: number,
  size: number | null,
  { modified, end: dateEnd, padded }: FoundDate,
): Columns | null {
  const rest = line.text.slice(dateEnd + 1);
  const name = padded ? rest.replace(/^[ \t]+/, "") : rest;
  if (name === "") return null;
  return { before: line.words.slice(first, end), size, modified, name };
}

/** Link count, owner, group and size, and then at once the name. */
function dateless(line: Line, first: number): Columns | null {
  const [links, , , last, next] = line.words.slice(first, first + 5);
  if (next === undefined || !/^\d+$/.test(links!.text)) return null;
  const size = sizeOf(last!.text);
  const name = line.text.slice(last!.end + 1);
  if (size === undefined || looksLikeDate(name)) return null;
  return {
    before: line.words.slice(first, first + 3),
    size,
    modified: null,
    name,
  };
}

/** A word and a day, or a day and a word, and then a time or a year. */
const DATE_LIKE_REGEXP =
  /^(?:[^ \t\d][^ \t]{0,15}[ \t]+\d{1,2}|\d{1,2}\.?[ \t]+[^ \t]{1,15})[.,]?[ \t]+(?:\d{1,2}:\d{2}|\d{4}(?=[ \t]))/;
const NUMBERS_LIKE_REGEXP = /^\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})?[ \t]/;

/** Whether a name begins like a date, though there is no such day. */
function looksLikeDate(name: string): boolean {
  const text = name.trimStart();
  const month = /^([^ \t]{3,15})[ \t]+\d/.exec(text)?.[1];
  return DATE_LIKE_REGEXP.test(text) || NUMBERS_LIKE_REGEXP.test(text) ||
    month !== undefined && monthOf(month) !== null;
}
