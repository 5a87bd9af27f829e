/**
 * How much goes when a name goes.
 *
 * @module
 */

import { baseName, joinPath, parentPath } from "../../lib/ftp/path.ts";
import { type Entry, type FileSystem, FsError } from "./file_system.ts";
import type { Amount } from "./usage.ts";

/**
 * What the entry at `path` itself takes: a link, and what is not there, takes
 * nothing. `unique` tells files apart; for nothing it is empty.
 *
 * @example
 * ```ts
 * import { memoryFileSystem } from "./memory.ts";
 * import { ownAmount } from "./own_amount.ts";
 * const fs = memoryFileSystem({ "/a": "12345" });
 * console.assert((await ownAmount(fs, "/a")).bytes === 5);
 * console.assert((await ownAmount(fs, "/none")).files === 0);
 * ```
 */
export async function ownAmount(
  fs: FileSystem,
  path: string,
): Promise<Amount & { unique: string }> {
  const entry = await find(fs, path);
  if (entry === null || await isLink(fs, path)) {
    return { bytes: 0, files: 0, unique: "" };
  }
  const bytes = entry.type === "directory" ? 0 : entry.size;
  return { bytes, files: 1, unique: entry.unique };
}

/** A link is known by what it leads to, which lies elsewhere. */
async function isLink(fs: FileSystem, path: string): Promise<boolean> {
  if (path === "/") return false;
  const folder = await fs.resolve(parentPath(path));
  return await fs.resolve(path) !== joinPath(folder, baseName(path));
}

async function find(fs: FileSystem, path: string): Promise<Entry | null> {
  try {
    return await fs.stat(path);
  } catch (error) {
    if (error instanceof FsError) return null;
    throw error;
  }
}
