/**
 * Tables of TOML: paths of keys, and who may add to what.
 *
 * @module
 */

import { type Cursor, skipBlanks, TomlError } from "./cursor.ts";
import { readKey } from "./strings.ts";
import {
  isList,
  isTable,
  newTable,
  type TomlEntry,
  type TomlTable,
} from "./types.ts";

/** Keys behind each other may be this many. */
const LONGEST = 50;

/** Keys with dots between them, and the spaces around. */
export function readPath(cursor: Cursor): string[] {
  const path = [readKey(cursor)];
  for (;;) {
    skipBlanks(cursor);
    if (!cursor.take(".")) return path;
    skipBlanks(cursor);
    if (path.length === LONGEST) throw cursor.error("a key with too many dots");
    path.push(readKey(cursor));
  }
}

/** A path as an error message shows it. */
function shownPath(path: readonly string[]): string {
  const text = path.map((key) =>
    /^[\w-]+$/.test(key) ? key : JSON.stringify(key)
  ).join(".");
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/**
 * Sets what a line `path = value` says.
 *
 * @throws {TomlError} when it is there already, or the way to it is blocked.
 */
export function assign(
  table: TomlTable,
  path: readonly string[],
  entry: TomlEntry,
): void {
  let into = table;
  for (const [at, key] of path.slice(0, -1).entries()) {
    const there = into.entries.get(key);
    if (there === undefined) {
      const made = newTable("dotted", entry.line);
      into.entries.set(key, { value: made, line: entry.line });
      into = made;
    } else if (isTable(there.value) && there.value.origin === "dotted") {
      into = there.value;
    } else throw twice(path.slice(0, at + 1), there, entry.line);
  }
  const key = path.at(-1)!;
  const there = into.entries.get(key);
  if (there !== undefined) throw twice(path, there, entry.line);
  into.entries.set(key, entry);
}

function twice(
  path: readonly string[],
  there: TomlEntry,
  line: number,
): Error {
  const text = `${shownPath(path)} is already in line ${there.line}`;
  return new TomlError(text, line);
}

/**
 * The table of a line `[path]`, or a new one of `[[path]]`.
 *
 * @throws {TomlError} when it is there already, or the way to it is blocked.
 */
export function openTable(
  cursor: Cursor,
  root: TomlTable,
  path: readonly string[],
  isItem: boolean,
): TomlTable {
  const into = parentOf(cursor, root, path);
  const key = path.at(-1)!;
  const there = into.entries.get(key);
  if (isItem) return nextItem(cursor, into, path, there);
  if (there === undefined) {
    const value = newTable("header", cursor.line);
    into.entries.set(key, { value, line: cursor.line });
    return value;
  }
  if (!isTable(there.value) || there.value.origin !== "implied") {
    throw twice(path, there, cursor.line);
  }
  const value: TomlTable = there.value;
  value.origin = "header";
  return value;
}

function parentOf(
  cursor: Cursor,
  root: TomlTable,
  path: readonly string[],
): TomlTable {
  let into = root;
  for (const [at, key] of path.slice(0, -1).entries()) {
    const there = into.entries.get(key);
    const items = there && itemsOf(there);
    const last = items === undefined ? there : items.at(-1);
    if (last === undefined) {
      const value = newTable("implied", cursor.line);
      into.entries.set(key, { value, line: cursor.line });
      into = value;
    } else if (isTable(last.value) && last.value.origin !== "inline") {
      into = last.value;
    } else throw twice(path.slice(0, at + 1), last, cursor.line);
  }
  return into;
}

/** A list that `[[path]]` lines made; others cannot be added to. */
const ITEMS = new WeakSet<object>();

function itemsOf({ value }: TomlEntry): TomlEntry[] | undefined {
  return isList(value) && ITEMS.has(value) ? value as TomlEntry[] : undefined;
}

function nextItem(
  cursor: Cursor,
  into: TomlTable,
  path: readonly string[],
  there: TomlEntry | undefined,
): TomlTable {
  const { line } = cursor;
  const value = newTable("header", line);
  if (there === undefined) {
    const items = [{ value, line }];
    ITEMS.add(items);
    into.entries.set(path.at(-1)!, { value: items, line });
    return value;
  }
  const items = itemsOf(there);
  if (items === undefined) throw twice(path, there, cursor.line);
  items.push({ value, line });
  return value;
}
