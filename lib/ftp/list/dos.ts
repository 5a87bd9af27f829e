/**
 * Lines of DOS and its heirs, with dates in numbers: MS-DOS, Windows and IIS,
 * OS/2, and small servers that put the date behind the name (SuperTCP,
 * WFFTP) or spell its month (VxWorks).
 *
 * @module
 */

import { instantOf, timeOfDay } from "./date.ts";
import { dayInNumbers, dayWithName } from "./day.ts";
import {
  after,
  type Context,
  entryOf,
  type Line,
  type RemoteEntry,
  type Word,
} from "./entry.ts";
import { sizeOf } from "./size.ts";

const MARKER_REGEXP = /^<([A-Z]{3,9})>$/i;
/** `<DIR>` and blanks are this wide, `<JUNCTION>` and blanks as well. */
const MARKER_WIDTH = 15;

/**
 * Reads a line of DOS or Windows: day, time, size or `<DIR>`, name.
 *
 * @example
 * ```ts
 * import { readDos } from "./dos.ts";
 * import { lineOf } from "./entry.ts";
 * const context = { now: Date.now, order: null, dialect: null, previous: null };
 * const line = lineOf("12-05-96  05:03PM       <DIR>          a b");
 * console.assert(readDos(line, context)?.modified?.getUTCHours() === 17);
 * ```
 */
export function readDos(line: Line, context: Context): RemoteEntry | null {
  const [first, second, third] = line.words.map((word) => word.text);
  const half = /^[ap]\.?m?\.?$/i.test(third ?? "") ? third! : "";
  const at = half === "" ? 2 : 3;
  const what = line.words[at];
  const time = timeOfDay((second ?? "") + half.replaceAll(".", ""));
  if (what === undefined || time === null) return null;
  const day = dayInNumbers(first!, "mdy", context);
  const modified = day && instantOf(day, time, context);
  if (modified === null) return null;
  const marker = MARKER_REGEXP.exec(what.text)?.[1];
  if (marker !== undefined) return marked(line, at, marker, modified);
  const size = sizeOf(what.text);
  const name = line.text.slice(what.end + 1);
  return size === undefined ? null : entryOf(name, "file", { size, modified });
}

/** A folder, a link or whatever else `<MARKER>` says. */
function marked(
  line: Line,
  at: number,
  marker: string,
  modified: Date,
): RemoteEntry | null {
  const name = behindMarker(line, at);
  if (/^DIR$/i.test(marker)) return entryOf(name, "directory", { modified });
  if (!/^(?:JUNCTION|SYMLINKD?)$/i.test(marker)) {
    return entryOf(name, "other", { modified });
  }
  const match = /^(.+) \[([^[\]]*)\]$/.exec(name);
  return entryOf(match?.[1] ?? name, "link", { modified, target: match?.[2] });
}

/** Blanks of the name itself are known only where the column is full. */
function behindMarker({ text, words }: Line, at: number): string {
  const { start, end } = words[at]!;
  const column = text.slice(end, start + MARKER_WIDTH);
  const isFull = /^ *$/.test(column) && text.length > start + MARKER_WIDTH;
  return isFull
    ? text.slice(start + MARKER_WIDTH)
    : text.slice(end).replace(/^[ \t]+/, "");
}

/**
 * Reads a line of OS/2: size, attributes or `DIR`, day, time, name.
 *
 * @example
 * ```ts
 * import { readOs2 } from "./dos.ts";
 * import { lineOf } from "./entry.ts";
 * const context = { now: Date.now, order: null, dialect: null, previous: null };
 * const entry = readOs2(lineOf(" 0 DIR  A  10-05-100  23:38  PC"), context);
 * console.assert(entry?.modified?.getUTCFullYear() === 2000);
 * ```
 */
export function readOs2(line: Line, context: Context): RemoteEntry | null {
  const words = line.words.slice(0, 8).map((word) => word.text);
  const at = words.findIndex((text) => /^\d+[-/.]/.test(text));
  const size = sizeOf(words[0] ?? "");
  if (at < 1 || size === undefined || !/^\d/.test(words[0]!)) return null;
  const attributes = words.slice(1, at);
  if (!attributes.every((text) => /^[A-Z]{1,6}$/.test(text))) return null;
  const day = dayInNumbers(words[at]!, "mdy", context);
  const time = timeOfDay(words[at + 1] ?? "");
  const modified = day && time && instantOf(day, time, context);
  if (modified === null) return null;
  const type = attributes.includes("DIR") ? "directory" : "file";
  return entryOf(after(line, at + 1), type, { size, modified });
}

/**
 * Reads a line that ends in a date: name, size or `<DIR>`, day, perhaps the
 * day of the week, time.
 *
 * @example
 * ```ts
 * import { readNameFirst } from "./dos.ts";
 * import { lineOf } from "./entry.ts";
 * const context = { now: Date.now, order: null, dialect: null, previous: null };
 * const line = lineOf("CMT     <DIR>     11/21/94     10:17");
 * console.assert(readNameFirst(line, context)?.type === "directory");
 * ```
 */
export function readNameFirst(
  line: Line,
  context: Context,
): RemoteEntry | null {
  const { words } = line;
  const time = timeOfDay(words.at(-1)?.text ?? "");
  const hasWeekday = /^\p{L}{2,9}\.?$/u.test(words.at(-2)?.text ?? "");
  const [what, day] = words.slice(hasWeekday ? -4 : -3);
  if (time === null || what === undefined || day === undefined) return null;
  const isFolder = /^<DIR>$/i.test(what.text);
  const size = isFolder ? null : sizeOf(what.text);
  const date = dayInNumbers(day.text, "mdy", context);
  const modified = date && instantOf(date, time, context);
  if (size === undefined || modified === null) return null;
  const name = line.text.slice(0, wordBefore(line, what)?.end ?? 0);
  return entryOf(name, isFolder ? "directory" : "file", { size, modified });
}

/**
 * Reads a line of VxWorks: size, `Feb-28-1998`, time, name, and `<DIR>`
 * behind the name of a folder.
 *
 * @example
 * ```ts
 * import { readVxWorks } from "./dos.ts";
 * import { lineOf } from "./entry.ts";
 * const context = { now: Date.now, order: null, dialect: null, previous: null };
 * const line = lineOf("  2048    Feb-28-1998  05:23:30   a b <DIR>");
 * console.assert(readVxWorks(line, context)?.name === "a b");
 * ```
 */
export function readVxWorks(line: Line, context: Context): RemoteEntry | null {
  const [first, second, third] = line.words.map((word) => word.text);
  const size = sizeOf(first ?? "");
  const day = dayWithName(second ?? "");
  const time = timeOfDay(third ?? "");
  const modified = day && time && instantOf(day, time, context);
  if (size === undefined || modified === null) return null;
  const last = line.words.at(-1)!;
  const isFolder = /^<DIR>$/i.test(last.text);
  const end = isFolder ? wordBefore(line, last)!.end : line.text.length;
  const name = line.text.slice(line.words[3]?.start ?? end, end);
  return entryOf(name, isFolder ? "directory" : "file", { size, modified });
}

function wordBefore({ words }: Line, word: Word): Word | undefined {
  return words[words.indexOf(word) - 1];
}
