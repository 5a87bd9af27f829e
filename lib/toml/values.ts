/**
 * Values of TOML: strings, numbers, times, lists and tables in one line.
 *
 * @module
 */

import { isCalendarDay } from "../calendar_day.ts";
import { type Cursor, skipBetween, skipBlanks } from "./cursor.ts";
import { readString } from "./strings.ts";
import { assign, readPath } from "./tables.ts";
import { newTable, type TomlList, TomlTime, type TomlValue } from "./types.ts";

/** Lists and tables may be this deep in each other. */
const DEEPEST = 50;

const DATE_TIME =
  /\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)?)?|\d\d:\d\d:\d\d(?:\.\d+)?/y;
const NUMBER =
  /[+-]?(?:inf|nan)(?![\w.+-])|0x[\da-fA-F]+(?:_[\da-fA-F]+)*|0o[0-7]+(?:_[0-7]+)*|0b[01]+(?:_[01]+)*|[+-]?(?:0|[1-9]\d*(?:_\d+)*)(?:\.\d+(?:_\d+)*)?(?:[eE][+-]?\d+(?:_\d+)*)?/y;
const BEHIND = /[A-Za-z0-9_.+:-]/;

/**
 * The value that begins here.
 *
 * @throws {TomlError} when there is none.
 */
export function readValue(cursor: Cursor, depth = 0): TomlValue {
  if (depth > DEEPEST) throw cursor.error("lists are too deep in each other");
  const text = readString(cursor);
  if (text !== undefined) return text;
  if (cursor.next === "[") return readList(cursor, depth);
  if (cursor.next === "{") return readInline(cursor, depth);
  const { at, word } = cursor;
  // What stands there is not shown: it may be a password without quotes.
  const value = readTrue(cursor) ?? readTime(cursor) ?? readNumber(cursor);
  if (value !== undefined && !BEHIND.test(cursor.next)) return value;
  cursor.at = at;
  throw cursor.error(`expected a value${hintFor(word)}`);
}

/** Whoever writes a bare word mostly forgot the quotes. */
function hintFor(word: string): string {
  if (word === "the line's end") return `, got ${word}`;
  return /^"[A-Za-z/.~]/.test(word) ? " (texts need quotes)" : "";
}

function readTrue(cursor: Cursor): boolean | undefined {
  if (cursor.take("true")) return true;
  return cursor.take("false") ? false : undefined;
}

function readTime(cursor: Cursor): TomlTime | undefined {
  const { at } = cursor;
  const text = cursor.match(DATE_TIME);
  if (text === undefined) return undefined;
  if (isTime(text)) return new TomlTime(text);
  cursor.at = at;
  throw cursor.error("there is no such date or time");
}

function isTime(text: string): boolean {
  const [, date, hour = "0", minute = "0", second = "0"] =
    /^(\d{4}-\d\d-\d\d)?(?:[Tt ]?(\d\d):(\d\d):(\d\d))?/.exec(text)!;
  const [, offHour = "0", offMinute = "0"] = /[+-](\d\d):(\d\d)$/.exec(text) ??
    [];
  const isDay = date === undefined || isCalendarDay(date);
  return isDay && [hour, offHour].every((hours) => Number(hours) < 24) &&
    [minute, offMinute].every((minutes) => Number(minutes) < 60) &&
    Number(second) <= 60;
}

function readNumber(cursor: Cursor): number | undefined {
  const text = cursor.match(NUMBER);
  if (text === undefined) return undefined;
  const digits = text.replaceAll("_", "");
  const value = numberOf(digits);
  const isWhole = /^(?:[+-]?\d+|0[xob].*)$/.test(digits);
  if (!isWhole || Number.isSafeInteger(value)) return value;
  throw cursor.error("a number that is too large");
}

function numberOf(digits: string): number {
  const [, sign, word] = /^([+-]?)(inf|nan)$/.exec(digits) ?? [];
  if (word === undefined) return Number(digits);
  return word === "nan" ? NaN : sign === "-" ? -Infinity : Infinity;
}

function readList(cursor: Cursor, depth: number): TomlList {
  const items: { value: TomlValue; line: number }[] = [];
  const { line } = cursor;
  cursor.take("[");
  for (;;) {
    skipBetween(cursor);
    if (cursor.take("]")) return items;
    items.push({ line: cursor.line, value: readValue(cursor, depth + 1) });
    skipBetween(cursor);
    if (cursor.take(",")) continue;
    if (cursor.take("]")) return items;
    throw cursor.error(`expected "," or "]" in the list of line ${line}`);
  }
}

function readInline(cursor: Cursor, depth: number): TomlValue {
  const table = newTable("inline", cursor.line);
  cursor.take("{");
  skipBlanks(cursor);
  if (cursor.take("}")) return table;
  for (;;) {
    skipBlanks(cursor);
    const { line } = cursor;
    const path = readPath(cursor);
    if (!cursor.take("=")) throw cursor.error('expected "=" behind a key');
    skipBlanks(cursor);
    const value = readValue(cursor, depth + 1);
    assign(table, path, { line, value });
    skipBlanks(cursor);
    if (cursor.take("}")) return table;
    if (!cursor.take(",")) {
      throw cursor.error('expected "," or "}" in a table');
    }
  }
}
