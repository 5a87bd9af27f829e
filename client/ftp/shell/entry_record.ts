/**
 * Entries of listings as records for programs.
 *
 * @module
 */

import type { ListEntry } from "../listing.ts";
import type { RecordValue } from "./output.ts";

/**
 * An entry as one JSON object: `name`, `path`, `type`, `size`, `modified`
 * (ISO 8601), and what else the server told. What is neither file, folder nor
 * link is called a file.
 *
 * @example
 * ```ts
 * import { entryRecord } from "./entry_record.ts";
 * const record = entryRecord({
 *   name: "a",
 *   path: "/a",
 *   type: "file",
 *   size: 3,
 *   modified: new Date(0),
 *   mode: 0o644,
 * });
 * console.assert(record.modified === "1970-01-01T00:00:00.000Z");
 * console.assert(record.mode === "0644");
 * ```
 */
export function entryRecord(
  entry: ListEntry,
): { readonly [name: string]: RecordValue } {
  const { name, path, size, modified, mode } = entry;
  const { target, owner, group, unparsed } = entry;
  return {
    name,
    path,
    type: plainType(entry),
    size,
    modified: modified?.toISOString() ?? null,
    target,
    mode: mode === undefined ? undefined : octal(mode),
    owner,
    group,
    unparsed,
  };
}

/**
 * What an entry counts as: what is neither folder nor link is a file.
 *
 * @example
 * ```ts
 * import { plainType } from "./entry_record.ts";
 * console.assert(plainType({ type: "other" }) === "file");
 * ```
 */
export function plainType(
  { type }: Pick<ListEntry, "type">,
): "file" | "directory" | "link" {
  return type === "other" ? "file" : type;
}

/**
 * Permission bits as four octal digits.
 *
 * @example
 * ```ts
 * import { octal } from "./entry_record.ts";
 * console.assert(octal(0o755) === "0755");
 * ```
 */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
