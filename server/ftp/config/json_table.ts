/**
 * Objects, as JSON has them, as tables of a file without lines.
 *
 * @module
 */

import { newTable, type TomlTable, type TomlValue } from "../../../lib/toml.ts";

/** Objects and lists may be this deep in each other. */
const DEEPEST = 10;

/**
 * An object as a table whose lines are all 1. What no table can hold, such as
 * `null`, is left out.
 *
 * @example
 * ```ts
 * import { tableFrom } from "./json_table.ts";
 * const { entries } = tableFrom({ write: true, quota: null });
 * console.assert(entries.get("write")?.value === true);
 * console.assert(!entries.has("quota"));
 * ```
 */
export function tableFrom(
  object: Readonly<Record<string, unknown>>,
  depth = 0,
): TomlTable {
  const table = newTable("header", 1);
  for (const [name, each] of Object.entries(object)) {
    const value = valueFrom(each, depth + 1);
    if (value !== undefined) table.entries.set(name, { value, line: 1 });
  }
  return table;
}

function valueFrom(value: unknown, depth: number): TomlValue | undefined {
  if (depth > DEEPEST) return undefined;
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    case "object":
      if (value === null) return undefined;
      if (!Array.isArray(value)) {
        return tableFrom(value as Record<string, unknown>, depth);
      }
      return value.flatMap((item) => {
        const each = valueFrom(item, depth + 1);
        return each === undefined ? [] : { value: each, line: 1 };
      });
    default:
      return undefined;
  }
}
