/**
 * Writing files in memory.
 *
 * @module
 */

import type { Sink } from "../../lib/bytes.ts";
import { attempt } from "./errors.ts";
import { FsError, type WriteMode } from "./file_system.ts";
import {
  appendTo,
  findNode,
  findPlace,
  makeFile,
  type MemoryFile,
  type MemoryPlace,
  type MemoryTree,
  put,
} from "./memory_tree.ts";

/**
 * The file at `path`. Throws `is-directory` for a folder.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { makeTree } from "./memory_tree.ts";
 * import { findFile } from "./memory_write.ts";
 * const tree = makeTree(() => new Date(0), 100);
 * assertThrows(() => findFile(tree, "/"), Error, "directory");
 * ```
 */
export function findFile(tree: MemoryTree, path: string): MemoryFile {
  const node = findNode(tree, path);
  if (node.kind === "directory") throw new FsError("is-directory");
  return node;
}

/**
 * Throws `bad-offset` unless the file has a byte in front of `offset`.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { makeFile, makeTree } from "./memory_tree.ts";
 * import { checkOffset } from "./memory_write.ts";
 * const file = makeFile(makeTree(() => new Date(0), 100));
 * assertThrows(() => checkOffset(file, 1), Error, "beyond the end");
 * ```
 */
export function checkOffset(file: MemoryFile, offset: number): void {
  if (!Number.isSafeInteger(offset) || offset < 0 || offset > file.size) {
    throw new FsError("bad-offset");
  }
}

/**
 * Opens a file for writing; see `FileSystem.write`.
 *
 * @example
 * ```ts
 * import { makeTree } from "./memory_tree.ts";
 * import { write } from "./memory_write.ts";
 * const tree = makeTree(() => new Date(0), 100);
 * await write(tree, "/a", { mode: "new" }).close();
 * console.assert(tree.root.children.has("a"));
 * ```
 */
export function write(tree: MemoryTree, path: string, how: WriteMode): Sink {
  if (path === "/") throw new FsError("is-directory");
  if (how.mode === "at") return continueFile(tree, path, how.offset);
  const place = findPlace(tree, path);
  if (how.mode === "new") requireFree(place);
  if (place.node?.kind === "directory") throw new FsError("is-directory");
  if (how.mode !== "append") return wholeFile(tree, path, how.mode === "new");
  const file = place.node ?? makeFile(tree);
  if (!place.node) put(tree, place, file);
  return inPlace(tree, file);
}

/**
 * Throws `exists` where something has the name.
 *
 * @example
 * ```ts
 * import { findPlace, makeTree } from "./memory_tree.ts";
 * import { requireFree } from "./memory_write.ts";
 * requireFree(findPlace(makeTree(() => new Date(0), 100), "/free"));
 * ```
 */
export function requireFree(place: MemoryPlace): void {
  if (place.node) throw new FsError("exists");
}

function continueFile(tree: MemoryTree, path: string, offset: number): Sink {
  const file = findFile(tree, path);
  checkOffset(file, offset);
  file.size = offset;
  file.modified = tree.now();
  return inPlace(tree, file);
}

function inPlace(tree: MemoryTree, file: MemoryFile): Sink {
  return {
    write: (bytes) => attempt(() => appendTo(tree, file, bytes)),
    close() {},
    abort() {},
  };
}

/** A sink on a file that takes its place when it is closed. */
function wholeFile(tree: MemoryTree, path: string, isNew: boolean): Sink {
  const file = makeFile(tree);
  tree.parts.add(file);
  return {
    write: (bytes) => attempt(() => appendTo(tree, file, bytes)),
    close: () =>
      attempt(() => {
        if (tree.parts.delete(file)) complete(tree, path, file, isNew);
      }),
    abort: () =>
      attempt(() => {
        tree.parts.delete(file);
      }),
  };
}

function complete(
  tree: MemoryTree,
  path: string,
  file: MemoryFile,
  isNew: boolean,
): void {
  const place = findPlace(tree, path);
  if (isNew) requireFree(place);
  if (place.node?.kind === "directory") throw new FsError("is-directory");
  if (place.node) file.mode = place.node.mode;
  put(tree, place, file);
}
