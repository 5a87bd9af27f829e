/**
 * Strings of TOML: four ways to write them, and keys.
 *
 * @module
 */

import type { Cursor } from "./cursor.ts";

const BASIC = /"(?:[^"\\\r\n]|\\[^\r\n])*"/y;
const LITERAL = /'[^'\r\n]*'/y;
// Up to two quotes may stand at the end, inside of the three that end it.
const LONG_BASIC = /"""(?:[^"\\]|\\[^]|"{1,2}(?!"))*"{3,5}/y;
const LONG_LITERAL = /'''(?:[^']|'{1,2}(?!'))*'{3,5}/y;
const BARE = /[A-Za-z0-9_-]+/y;

/** The string that begins here with a quote; `undefined` when none does. */
export function readString(cursor: Cursor): string | undefined {
  if (cursor.next === '"') return readBasic(cursor);
  if (cursor.next === "'") return readLiteral(cursor);
  return undefined;
}

function readBasic(cursor: Cursor): string {
  const start = cursor.at;
  const long = cursor.match(LONG_BASIC);
  if (long !== undefined) {
    const text = withoutFirstBreak(long.slice(3, -3))
      .replace(LINE_BREAKS, "\n");
    return unescape(text.replace(CONTINUED, pick), cursor, start);
  }
  const text = cursor.match(BASIC);
  if (text === undefined || cursor.next === '"') throw endless(cursor, start);
  return unescape(text.slice(1, -1), cursor, start);
}

function readLiteral(cursor: Cursor): string {
  const start = cursor.at;
  const long = cursor.match(LONG_LITERAL);
  if (long !== undefined) {
    return withoutFirstBreak(long.slice(3, -3)).replace(LINE_BREAKS, "\n");
  }
  const text = cursor.match(LITERAL);
  if (text === undefined || cursor.next === "'") throw endless(cursor, start);
  return text.slice(1, -1);
}

const LINE_BREAKS = /\r\n/g;
/** A line that goes on behind a backslash, or any other escape. */
const CONTINUED = /\\(?:[ \t]*\n[ \t\n]*|([^]))/g;

function pick(all: string, escaped: string | undefined): string {
  return escaped === undefined ? "" : all;
}

function withoutFirstBreak(text: string): string {
  return text.replace(/^\r?\n/, "");
}

function endless(cursor: Cursor, start: number): Error {
  cursor.at = start;
  return cursor.error("a string that does not end");
}

const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
  '"': '"',
  "\\": "\\",
};
const ESCAPE = /\\(?:u([\da-fA-F]{4})|U([\da-fA-F]{8})|([^]?))/g;

function unescape(text: string, cursor: Cursor, start: number): string {
  if (!text.includes("\\")) return text;
  return text.replace(ESCAPE, (all, four, eight, letter) => {
    const code = parseInt(four ?? eight ?? "", 16);
    const isScalar = code < 0xd800 || (code > 0xdfff && code <= 0x10ffff);
    if (isScalar) return String.fromCodePoint(code);
    const plain = Object.hasOwn(ESCAPES, letter ?? "-")
      ? ESCAPES[letter!]
      : undefined;
    if (plain !== undefined) return plain;
    cursor.at = start;
    throw cursor.error(
      `unknown escape ${all} in a string (write a backslash twice)`,
    );
  });
}

/**
 * A key: bare or in quotes.
 *
 * @throws {TomlError} when there is none.
 */
export function readKey(cursor: Cursor): string {
  const bare = cursor.match(BARE);
  if (bare !== undefined) return bare;
  const start = cursor.at;
  const quoted = readString(cursor);
  if (quoted === undefined) {
    throw cursor.error(`expected a key, got ${cursor.word}`);
  }
  if (!isLong(cursor, start)) return quoted;
  cursor.at = start;
  throw cursor.error("a key cannot be a string of several lines");
}

/** Whether the string that began at `start` has three quotes. */
function isLong(cursor: Cursor, start: number): boolean {
  const end = cursor.at;
  cursor.at = start;
  const long = cursor.match(THREE) !== undefined;
  cursor.at = end;
  return long;
}

const THREE = /"""|'''/y;
