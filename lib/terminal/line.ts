/**
 * A line that is being typed: text and a cursor, and what can be done to them.
 *
 * Positions count UTF-16 code units and never stand inside of a character as
 * a reader sees it.
 *
 * @module
 */

import { graphemes } from "./width.ts";

/** A line and the place in it where typing goes on. */
export interface Line {
  /** The text. */
  readonly text: string;
  /** The position of the cursor, 0 to the length of the text. */
  readonly cursor: number;
}

/** A place in a line, found from where the cursor is. */
export type Place = (line: Line) => number;

/** Code units of a line that are kept. */
export const LONGEST_LINE = 16_384;

/** An empty line. */
export const EMPTY: Line = { text: "", cursor: 0 };

/** A line with the cursor at its end. */
export function lineOf(text: string): Line {
  return { text, cursor: text.length };
}

/** Puts `text` where the cursor is; what gets too long is left out. */
export function insert({ text, cursor }: Line, added: string): Line {
  if (text.length + added.length > LONGEST_LINE) return { text, cursor };
  return settled({
    text: text.slice(0, cursor) + added + text.slice(cursor),
    cursor: cursor + added.length,
  });
}

/** Moves the cursor. */
export function moveTo(line: Line, place: Place): Line {
  return { text: line.text, cursor: place(line) };
}

/** What is between the cursor and `place`. */
export function between(line: Line, place: Place): string {
  const [from, to] = inOrder(line.cursor, place(line));
  return line.text.slice(from, to);
}

/** Leaves out what is between the cursor and `place`. */
export function erase(line: Line, place: Place): Line {
  const [from, to] = inOrder(line.cursor, place(line));
  const text = line.text.slice(0, from) + line.text.slice(to);
  return settled({ text, cursor: from });
}

/** Exchanges the characters around the cursor; at the end the last two. */
export function transpose(line: Line): Line {
  const middle = line.cursor === line.text.length ? before(line) : line.cursor;
  const at = { text: line.text, cursor: middle };
  const [from, to] = [before(at), after(at)];
  if (from === middle || to === middle) return line;
  const { text } = line;
  const swapped = text.slice(middle, to) + text.slice(from, middle);
  const all = text.slice(0, from) + swapped + text.slice(to);
  return settled({ text: all, cursor: to });
}

/** One character back. */
export function before({ text, cursor }: Line): number {
  return cursor - (graphemes(text.slice(0, cursor)).at(-1)?.length ?? 0);
}

/** One character on. */
export function after({ text, cursor }: Line): number {
  return cursor + (graphemes(text.slice(cursor))[0]?.length ?? 0);
}

/** The beginning of the line. */
export function start(): number {
  return 0;
}

/** The end of the line. */
export function end({ text }: Line): number {
  return text.length;
}

/** The beginning of this word of letters and digits, or of the one before. */
export function wordStart({ text, cursor }: Line): number {
  const chars = graphemes(text.slice(0, cursor)).reverse();
  return cursor - runOf(chars, /^[\p{L}\p{N}\p{M}_]/u);
}

/** The end of this word of letters and digits, or of the next one. */
export function wordEnd({ text, cursor }: Line): number {
  return cursor + runOf(graphemes(text.slice(cursor)), /^[\p{L}\p{N}\p{M}_]/u);
}

/** The beginning of what is between spaces. */
export function argumentStart({ text, cursor }: Line): number {
  const chars = graphemes(text.slice(0, cursor)).reverse();
  return cursor - runOf(chars, /^\S/);
}

/** The length of what is not `inside` a word, and of the word after it. */
function runOf(chars: readonly string[], inside: RegExp): number {
  let at = 0;
  let length = 0;
  for (const wanted of [false, true]) {
    while (at < chars.length && inside.test(chars[at]!) === wanted) {
      length += chars[at++]!.length;
    }
  }
  return length;
}

function inOrder(a: number, b: number): [number, number] {
  return a < b ? [a, b] : [b, a];
}

/** Moves the cursor out of a character that an edit has put together. */
function settled(line: Line): Line {
  let position = 0;
  for (const char of graphemes(line.text)) {
    if (position >= line.cursor) break;
    position += char.length;
  }
  return { text: line.text, cursor: position };
}
