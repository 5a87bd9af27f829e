/**
 * Counting what is in a tree.
 *
 * @module
 */

import { joinPath } from "../../lib/ftp/path.ts";
import { type Entry, type FileSystem, FsError } from "./file_system.ts";
import type { Amount } from "./usage.ts";

/** How {@linkcode countTree} counts. */
export interface CountOptions {
  /** Folders that are counted, with what is below. @default {["/"]} */
  readonly folders?: readonly string[];
  /** Folders in these that are not gone into. @default none */
  readonly borders?: readonly string[];
  /** Says `false` when nobody wants to know any more. @default always */
  readonly isWanted?: () => boolean;
}

/**
 * Counts the files and folders below some folders, and their bytes. Links are
 * not followed and count nothing.
 *
 * Gives others time as listings do; the memory it takes is that of the folders'
 * names. Folders that can't be read are left out.
 *
 * @example
 * ```ts
 * import { countTree } from "./count_tree.ts";
 * import { memoryFileSystem } from "./memory.ts";
 * const fs = memoryFileSystem({ "/a": "12345", "/sub/b": "1" });
 * const { bytes, files } = await countTree(fs);
 * console.assert(bytes === 6 && files === 3);
 * ```
 */
export async function countTree(
  fs: FileSystem,
  { folders = ["/"], borders = [], isWanted = () => true }: CountOptions = {},
): Promise<Amount> {
  const amount = { bytes: 0, files: 0 };
  const waiting = [...folders];
  for (let folder; (folder = waiting.pop()) !== undefined && isWanted();) {
    for await (const entry of readable(fs, folder)) {
      const path = joinPath(folder, entry.name);
      if (entry.link !== undefined || borders.includes(path)) continue;
      amount.files += 1;
      if (entry.type === "directory") waiting.push(path);
      else amount.bytes += entry.size;
    }
  }
  return amount;
}

/** What can be read of a folder; others may remove it meanwhile. */
async function* readable(
  fs: FileSystem,
  folder: string,
): AsyncGenerator<Entry, void, void> {
  try {
    yield* await fs.list(folder);
  } catch (error) {
    if (!(error instanceof FsError) || !SKIPPED.has(error.kind)) throw error;
  }
}

const SKIPPED: ReadonlySet<string> = new Set([
  "not-found",
  "not-directory",
  "permission",
]);
