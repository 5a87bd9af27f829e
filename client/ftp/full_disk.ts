/**
 * Knowing a full disk: every further file would fail, too.
 *
 * @module
 */

import { LocalError } from "./errors.ts";

/**
 * Whether a local file could not be written because the disk, or what the user
 * may have of it, is full. Linux and macOS say it by a code, Windows by a
 * number.
 *
 * @example
 * ```ts
 * import { LocalError } from "./errors.ts";
 * import { isFullDisk } from "./full_disk.ts";
 * const cause = Object.assign(new Error("no space"), { code: "ENOSPC" });
 * console.assert(isFullDisk(new LocalError("Cannot write a", { cause })));
 * console.assert(!isFullDisk(new LocalError("Cannot write a")));
 * ```
 */
export function isFullDisk(error: unknown): boolean {
  if (!(error instanceof LocalError)) return false;
  const { cause } = error;
  const code = cause instanceof Error && "code" in cause ? cause.code : null;
  return code === "ENOSPC" || code === "EDQUOT" ||
    /\(os error (28|112|122)\)/.test(error.message);
}
