/**
 * Which file system a path of a tree of several belongs to.
 *
 * @module
 */

import { baseName, parentPath } from "../../lib/ftp/path.ts";
import type { FileSystem } from "./file_system.ts";
import { isIn } from "./names.ts";

/** A file system that appears in a tree. */
export interface MountPoint {
  /** Virtual path where it appears, not `/`. */
  readonly at: string;
  /** What appears there. */
  readonly fs: FileSystem;
}

/** Where a path really is. */
export interface Spot {
  /** The file system. */
  readonly fs: FileSystem;
  /** The path in it. */
  readonly path: string;
  /** What stands in front of that; empty in the tree's own file system. */
  readonly at: string;
}

/** Finds spots. */
export interface MountTable {
  /** Where `path` is. */
  find(path: string): Spot;
  /** Whether `path` is a mount point or a folder that one is in. */
  isFixed(path: string): boolean;
  /** Names in the folder `path` that are fixed. */
  names(path: string): readonly string[];
  /** A number for a fixed folder; two of them have different ones. */
  number(path: string): number;
}

/**
 * A table of where everything is; the deepest mount point counts.
 *
 * @example
 * ```ts
 * import { memoryFileSystem } from "./memory.ts";
 * import { mountTable } from "./mount_table.ts";
 * const fs = memoryFileSystem();
 * const table = mountTable(memoryFileSystem(), [{ at: "/a/b", fs }]);
 * console.assert(table.find("/a/b/c").path === "/c");
 * console.assert(table.isFixed("/a") && !table.isFixed("/a/b/c"));
 * console.assert(table.names("/a").join() === "b");
 * ```
 */
export function mountTable(
  root: FileSystem,
  mounts: readonly MountPoint[],
): MountTable {
  const deepestFirst = mounts.toSorted((a, b) => b.at.length - a.at.length);
  const fixed = [...new Set(mounts.flatMap(({ at }) => foldersTo(at)))];
  return {
    find(path) {
      const mount = deepestFirst.find(({ at }) => isIn(path, at));
      if (!mount) return { fs: root, path, at: "" };
      const { fs, at } = mount;
      return { fs, path: path.slice(at.length) || "/", at };
    },
    isFixed: (path) => fixed.includes(path),
    names: (path) =>
      fixed.filter((each) => parentPath(each) === path).map(baseName),
    number: (path) => fixed.indexOf(path),
  };
}

/** `/a/b` makes `/a` and `/a/b`. */
function foldersTo(path: string): string[] {
  return path === "/" ? [] : [...foldersTo(parentPath(path)), path];
}
