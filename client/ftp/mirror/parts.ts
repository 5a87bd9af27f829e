/**
 * Unfinished files: what they are called, and when one may be gone on with.
 *
 * @module
 */

import { partPath } from "../part_name.ts";

/** A download in segments notes beside its part what is there of it. */
const PART_REGEXP = /^(.+)\.part(?:\.map(?:\.new)?)?$/s;

/** Clocks of different machines are seldom further apart. */
const CLOCKS_APART = 3_600_000;
/** Servers keep whole seconds, FAT even ones: fractions are lost. */
const SLACK = 2000;

/** The note about what is there of a part that was fetched in segments. */
export function mapOf(path: string): string {
  return `${partPath(path)}.map`;
}

/**
 * The file that a name belongs to if it is that of an unfinished one; `null`
 * for any other name.
 *
 * @example
 * ```ts
 * import { wholeOf } from "./parts.ts";
 * console.assert(wholeOf("a.part") === "a" && wholeOf("a") === null);
 * ```
 */
export function wholeOf(name: string): string | null {
  return PART_REGEXP.exec(name)?.[1] ?? null;
}

/**
 * Whether a part is surely the beginning of a file: it has the file's time,
 * which an interrupted mirror leaves on it, or was still written to long after
 * the file was. Otherwise the file may have changed in between.
 *
 * @example
 * ```ts
 * import { isBeginning } from "./parts.ts";
 * const file = new Date("2024-01-01T00:00:00Z");
 * console.assert(isBeginning(new Date("2024-01-01T06:00:00Z"), file));
 * console.assert(!isBeginning(new Date("2023-12-31T00:00:00Z"), file));
 * ```
 */
export function isBeginning(part: Date | null, file: Date | null): boolean {
  if (part === null || file === null) return false;
  const later = part.getTime() - file.getTime();
  return later > CLOCKS_APART || (later <= 0 && later > -SLACK);
}
