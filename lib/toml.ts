/**
 * TOML 1.0 with the line of every value, so that whoever reads a file can say
 * where a mistake is. Numbers are those of the language: whole ones beyond 2⁵³
 * are refused.
 *
 * @module
 */

import { Cursor, endLine, skipBetween, skipBlanks } from "./toml/cursor.ts";
import { assign, openTable, readPath } from "./toml/tables.ts";
import { newTable, type TomlTable } from "./toml/types.ts";
import { readValue } from "./toml/values.ts";

export { TomlError } from "./toml/cursor.ts";
export {
  isList,
  isTable,
  newTable,
  type TableOrigin,
  type TomlEntry,
  type TomlList,
  type TomlTable,
  TomlTime,
  type TomlValue,
} from "./toml/types.ts";

/**
 * Reads a TOML text (toml.io, version 1.0.0); a byte order mark may be first.
 *
 * @throws {TomlError} when it is none: the line, and what is wrong in it.
 *
 * @example
 * ```ts
 * import { parseToml } from "./toml.ts";
 * const { entries } = parseToml('# ports\nfirst = 50_000\nname = "x"\n');
 * console.assert(entries.get("first")?.value === 50_000);
 * console.assert(entries.get("name")?.line === 3);
 * ```
 */
export function parseToml(text: string): TomlTable {
  const cursor = new Cursor(text);
  cursor.take("\ufeff");
  const root = newTable("header", 1);
  let table = root;
  for (;;) {
    skipBetween(cursor);
    if (cursor.isDone) return root;
    if (cursor.next === "[") table = readHeader(cursor, root);
    else readPair(cursor, table);
    endLine(cursor);
  }
}

/** A line `[path]` or `[[path]]`. */
function readHeader(cursor: Cursor, root: TomlTable): TomlTable {
  const isItem = cursor.take("[[");
  if (!isItem) cursor.take("[");
  skipBlanks(cursor);
  const path = readPath(cursor);
  const end = isItem ? "]]" : "]";
  if (!cursor.take(end)) {
    throw cursor.error(`expected "${end}" behind a table's name`);
  }
  return openTable(cursor, root, path, isItem);
}

/** A line `path = value`. */
function readPair(cursor: Cursor, table: TomlTable): void {
  const { line } = cursor;
  const path = readPath(cursor);
  if (!cursor.take("=")) {
    throw cursor.error('expected "=" behind a key');
  }
  skipBlanks(cursor);
  const value = readValue(cursor);
  assign(table, path, { line, value });
}
