/**
 * A file system that tells what was changed in it.
 *
 * @module
 */

import type { FileSystem } from "./file_system.ts";
import { wrapped } from "./wrapped.ts";

/** A change that has been made; paths are virtual. */
export interface TreeChange {
  /** What was done. */
  readonly change: "delete" | "rename" | "mkdir" | "rmdir";
  /** What it was done to. */
  readonly path: string;
  /** The new name. */
  readonly to?: string | undefined;
  /** Path in the operating system, where there is one. */
  readonly file?: string | undefined;
  /** That of the new name. */
  readonly toFile?: string | undefined;
}

/**
 * The same tree. `onChange` hears of each file or folder that was removed,
 * renamed or made, once that is done; it must not throw. What is written is
 * not told: transfers are.
 *
 * @example
 * ```ts
 * import { memoryFileSystem } from "./memory.ts";
 * import { observedChanges } from "./observed.ts";
 * const seen: string[] = [];
 * const fs = observedChanges(
 *   memoryFileSystem({ "/a": "text" }),
 *   ({ change, path, to }) => seen.push([change, path, to].join(" ")),
 * );
 * await fs.rename("/a", "/b");
 * console.assert(seen.join() === "rename /a /b");
 * ```
 */
export function observedChanges(
  fs: FileSystem,
  onChange: (change: TreeChange) => void,
): FileSystem {
  async function told(
    done: Promise<void>,
    change: TreeChange["change"],
    path: string,
    to?: string,
  ): Promise<void> {
    const file = fs.fileOf(path) ?? undefined;
    const toFile = to === undefined ? undefined : fs.fileOf(to) ?? undefined;
    await done;
    onChange({ change, path, to, file, toFile });
  }
  return wrapped(fs, {
    remove: (path) => told(fs.remove(path), "delete", path),
    rename: (from, to, options) =>
      told(fs.rename(from, to, options), "rename", from, to),
    makeDirectory: (path) => told(fs.makeDirectory(path), "mkdir", path),
    removeDirectory: (path) => told(fs.removeDirectory(path), "rmdir", path),
  });
}
