/**
 * What every dialect of LIST is read into, and what its reader may know.
 *
 * @module
 */

import type { DateOrder } from "./date.ts";

/** What a listing says of one name on a server. */
export interface RemoteEntry {
  /** Exactly as the server gave it; may be hostile. "" when `unparsed`. */
  name: string;
  /** What it is, as far as the line tells. */
  type: "file" | "directory" | "link" | "other";
  /** Bytes; `null` when the line does not tell, or tells more than 2⁵³−1. */
  size: number | null;
  /**
   * Time of last modification; `null` when the line does not tell. A line of
   * LIST gives the server's local time, whose zone is unknown: it is read as
   * UTC.
   */
  modified: Date | null;
  /** Where a link points to. */
  target?: string;
  /** Permission bits, 0 to 0o7777. */
  mode?: number;
  /** Name or number of the owner. */
  owner?: string;
  /** Name or number of the group. */
  group?: string;
  /** The same text for the same file, whatever its name. */
  unique?: string;
  /** The whole line, when it could not be understood. */
  unparsed?: string;
}

/** One word of a line. */
export interface Word {
  /** Its text, without a space or tab. */
  readonly text: string;
  /** Offset of its first character in the line. */
  readonly start: number;
  /** Offset behind its last character. */
  readonly end: number;
}

/** A line and its words. */
export interface Line {
  /** The line without its ending. */
  readonly text: string;
  /** What spaces and tabs divide it into. */
  readonly words: readonly Word[];
}

/** What the lines before this one taught. */
export interface Context {
  /** The time, in milliseconds since 1970. */
  readonly now: () => number;
  /** How numbers of a date are ordered, once a line has shown it. */
  order: DateOrder | null;
  /** Name of the dialect that read the last entry. */
  dialect: string | null;
  /** Name and extension of the last entry, where versions matter (VMS). */
  previous: string | null;
}

/** Reads a line of one dialect; `null` when it is not of this dialect. */
export type Reader = (line: Line, context: Context) => RemoteEntry | null;

/** What else an entry may have; `undefined` is the same as nothing. */
export type Extras = {
  readonly [K in keyof RemoteEntry]?: RemoteEntry[K] | undefined;
};

/**
 * Divides a line into words. Only space and tab divide: other white space
 * belongs to names.
 *
 * @example
 * ```ts
 * import { lineOf } from "./entry.ts";
 * console.assert(lineOf(" a  b").words[1]?.start === 4);
 * ```
 */
export function lineOf(text: string): Line {
  const words: Word[] = [];
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    if (at < text.length && !isBlank(text.charCodeAt(at))) continue;
    if (at > start) words.push({ text: text.slice(start, at), start, end: at });
    start = at + 1;
  }
  return { text, words };
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/**
 * What follows word number `at` and its white space, to the end of the line;
 * "" when nothing does.
 *
 * @example
 * ```ts
 * import { after, lineOf } from "./entry.ts";
 * console.assert(after(lineOf("12  a  b "), 0) === "a  b ");
 * ```
 */
export function after(line: Line, at: number): string {
  const next = line.words[at + 1];
  return next === undefined ? "" : line.text.slice(next.start);
}

/**
 * Makes an entry; a name of "" makes none, as no file is called so.
 *
 * @example
 * ```ts
 * import { entryOf } from "./entry.ts";
 * console.assert(entryOf("a", "file", { size: 3 })?.modified === null);
 * ```
 */
export function entryOf(
  name: string,
  type: RemoteEntry["type"],
  extras: Extras = {},
): RemoteEntry | null {
  if (name === "") return null;
  const entry: Record<string, unknown> & RemoteEntry = {
    name,
    type,
    size: null,
    modified: null,
  };
  for (const [key, value] of Object.entries(extras)) {
    if (value !== undefined) entry[key] = value;
  }
  return entry;
}

/**
 * Divides `a/` into its name and what the slash says.
 *
 * @example
 * ```ts
 * import { slashed } from "./entry.ts";
 * console.assert(slashed("pub/").type === "directory");
 * ```
 */
export function slashed(
  text: string,
): { name: string; type: "file" | "directory" } {
  return text.endsWith("/")
    ? { name: text.slice(0, -1), type: "directory" }
    : { name: text, type: "file" };
}
