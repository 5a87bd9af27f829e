/**
 * A file system in memory, for tests and for serving what is no file.
 *
 * It behaves as {@linkcode localFileSystem} does, without links, and without
 * users: the permission bits are only remembered.
 *
 * @module
 */

import type { Bytes, Sink } from "../../lib/bytes.ts";
import { attempt } from "./errors.ts";
import {
  type Entry,
  type FileSource,
  type FileSystem,
  FsError,
  type WriteMode,
} from "./file_system.ts";
import {
  appendTo,
  findNode,
  findPlace,
  makeFile,
  makeFolder,
  makeTree,
  type MemoryFile,
  type MemoryNode,
  type MemoryPlace,
  type MemoryTree,
  put,
  take,
} from "./memory_tree.ts";
import { isOneLine, sortNames } from "./names.ts";

/** Options for {@linkcode memoryFileSystem}. */
export interface MemoryFileSystemOptions {
  /** The clock for times of modification. Default: the system's. */
  now?: () => Date;
  /**
   * How many bytes all files together may hold; beyond it writing fails with
   * `no-space`. Default: no limit.
   */
  capacity?: number;
}

/**
 * A file system in memory that begins with `files`: the content of each file
 * by its path, `null` for a folder. Folders above them are made.
 *
 * @example
 * ```ts
 * import { memoryFileSystem } from "./memory.ts";
 * const fs = memoryFileSystem({ "/pub/a.txt": "text", "/empty": null });
 * console.assert((await fs.stat("/pub/a.txt")).size === 4);
 * ```
 */
export function memoryFileSystem(
  files: Readonly<Record<string, string | Bytes | null>> = {},
  options: MemoryFileSystemOptions = {},
): FileSystem {
  const { now = () => new Date(), capacity = Infinity } = options;
  const tree = makeTree(now, capacity);
  for (const [path, content] of Object.entries(files)) {
    fill(tree, path, content);
  }
  return {
    stat: (path) => attempt(() => stat(tree, path)),
    list: (path, options) =>
      attempt(() => list(tree, path, options?.sorted ?? false)),
    read: (path, offset) => attempt(() => read(tree, path, offset)),
    write: (path, how) => attempt(() => write(tree, path, how)),
    remove: (path) => attempt(() => remove(tree, path)),
    rename: (from, to) => attempt(() => rename(tree, from, to)),
    makeDirectory: (path) => attempt(() => makeDirectory(tree, path)),
    removeDirectory: (path) => attempt(() => removeDirectory(tree, path)),
    setModified: (path, modified) =>
      attempt(() => {
        findNode(tree, path).modified = new Date(modified);
      }),
    setMode: (path, mode) =>
      attempt(() => {
        findNode(tree, path).mode = mode & 0o777;
      }),
  };
}

/** Makes one of the first files, and the folders above it. */
function fill(
  tree: MemoryTree,
  path: string,
  content: string | Bytes | null,
): void {
  if (path === "/") return;
  const parent = path.slice(0, path.lastIndexOf("/")) || "/";
  fill(tree, parent, null);
  const place = findPlace(tree, path);
  if (content === null) {
    if (!place.node) put(tree, place, makeFolder(tree));
    return;
  }
  const file = makeFile(tree);
  put(tree, place, file);
  const bytes = typeof content === "string"
    ? new TextEncoder().encode(content)
    : content;
  if (appendTo(tree, file, bytes) < bytes.length) {
    throw new FsError("no-space");
  }
}

function stat(tree: MemoryTree, path: string): Entry {
  const name = path.slice(path.lastIndexOf("/") + 1) || "/";
  return toEntry(name, findNode(tree, path));
}

function toEntry(name: string, node: MemoryNode): Entry {
  const { kind: type, mode, modified, id } = node;
  return {
    name,
    type,
    size: node.kind === "file" ? node.size : 0,
    modified: new Date(modified),
    mode,
    links: node.kind === "file" ? 1 : 2,
    owner: 0,
    group: 0,
    unique: `0g${id.toString(16)}`,
  };
}

function list(
  tree: MemoryTree,
  path: string,
  sorted: boolean,
): AsyncIterable<Entry> {
  const folder = findNode(tree, path);
  if (folder.kind === "file") throw new FsError("not-directory");
  const names = [...folder.children.keys()].filter(isOneLine);
  if (sorted) sortNames(names);
  return entries(folder.children, names);
}

async function* entries(
  children: ReadonlyMap<string, MemoryNode>,
  names: string[],
): AsyncGenerator<Entry, void, void> {
  for (const name of names) {
    // Files may vanish while the list is read, as on a disk.
    const node = await children.get(name);
    if (node) yield toEntry(name, node);
  }
}

function read(tree: MemoryTree, path: string, offset: number): FileSource {
  const file = findFile(tree, path);
  checkOffset(file, offset);
  let at = offset;
  return {
    size: file.size,
    read(buffer) {
      const bytes = file.data.subarray(at, file.size).subarray(
        0,
        buffer.length,
      );
      buffer.set(bytes);
      at += bytes.length;
      return Promise.resolve(bytes.length || null);
    },
    close() {},
  };
}

function findFile(tree: MemoryTree, path: string): MemoryFile {
  const node = findNode(tree, path);
  if (node.kind === "directory") throw new FsError("is-directory");
  return node;
}

function checkOffset(file: MemoryFile, offset: number): void {
  if (!Number.isSafeInteger(offset) || offset < 0 || offset > file.size) {
    throw new FsError("bad-offset");
  }
}

function write(tree: MemoryTree, path: string, how: WriteMode): Sink {
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

function requireFree(place: MemoryPlace): void {
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

function remove(tree: MemoryTree, path: string): void {
  const place = findPlace(tree, path);
  if (!place.node) throw new FsError("not-found");
  if (place.node.kind === "directory") throw new FsError("is-directory");
  take(tree, place);
}

function rename(tree: MemoryTree, from: string, to: string): void {
  const source = findPlace(tree, from);
  const { node } = source;
  if (!node) throw new FsError("not-found");
  const target = findPlace(tree, to);
  if (to.startsWith(from + "/")) throw new FsError("permission");
  if (target.node === node) return;
  if (target.node) requireReplaceable(target.node, node);
  take(tree, source);
  put(tree, target, node);
}

/** A file may replace a file, a folder an empty folder. */
function requireReplaceable(old: MemoryNode, node: MemoryNode): void {
  if (node.kind === "directory" && old.kind === "file") {
    throw new FsError("not-directory");
  }
  if (old.kind === "file") return;
  if (node.kind === "file") throw new FsError("is-directory");
  if (old.children.size > 0) throw new FsError("not-empty");
}

function makeDirectory(tree: MemoryTree, path: string): void {
  const place = findPlace(tree, path);
  requireFree(place);
  put(tree, place, makeFolder(tree));
}

function removeDirectory(tree: MemoryTree, path: string): void {
  const place = findPlace(tree, path);
  if (!place.node) throw new FsError("not-found");
  if (place.node.kind === "file") throw new FsError("not-directory");
  if (place.node.children.size > 0) throw new FsError("not-empty");
  take(tree, place);
}
