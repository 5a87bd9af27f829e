/**
 * A file system in memory, for tests and for serving what is no file.
 *
 * It behaves as {@linkcode localFileSystem} does, without links, and without
 * users: the permission bits are only remembered.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { attempt, wasCut } from "./errors.ts";
import {
  type Entry,
  type FileSource,
  type FileSystem,
  FsError,
} from "./file_system.ts";
import {
  appendTo,
  findNode,
  findPlace,
  makeFile,
  makeFolder,
  makeTree,
  type MemoryNode,
  type MemoryTree,
  put,
  spaceLeft,
  take,
} from "./memory_tree.ts";
import { checkOffset, findFile, requireFree, write } from "./memory_write.ts";
import { isOneLine, sortNames } from "./names.ts";
import { PERMISSIONS } from "./rights.ts";

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
    rename: (from, to, options) =>
      attempt(() => rename(tree, from, to, options?.replace ?? true)),
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
    setGroup: (path, group) =>
      attempt(() => {
        findNode(tree, path).group = group;
      }),
    setCreated: (path, created) =>
      attempt(() => {
        findNode(tree, path).created = new Date(created);
      }),
    makeLink: () => Promise.reject(new FsError("unsupported", NO_LINKS)),
    resolve: (path) => Promise.resolve(path),
    space: (path) => attempt(() => space(tree, path)),
    usage: () => Promise.resolve(null),
    rights: () => PERMISSIONS,
    fileOf: () => null,
  };
}

const NO_LINKS = "There are no symbolic links here.";

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
  const { kind: type, mode, group, modified, created, id } = node;
  return {
    name,
    type,
    size: node.kind === "file" ? node.size : 0,
    modified: new Date(modified),
    mode,
    links: node.kind === "file" ? 1 : 2,
    owner: 0,
    group,
    unique: `0g${id.toString(16)}`,
    created: new Date(created),
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

function space(tree: MemoryTree, path: string): number | null {
  findNode(tree, path);
  const left = spaceLeft(tree);
  return left === Infinity ? null : left;
}

function read(tree: MemoryTree, path: string, offset: number): FileSource {
  const file = findFile(tree, path);
  checkOffset(file, offset);
  const { size } = file;
  let at = offset;
  return {
    size,
    read(buffer) {
      if (at < size && at >= file.size) return Promise.reject(wasCut());
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

function remove(tree: MemoryTree, path: string): void {
  const place = findPlace(tree, path);
  if (!place.node) throw new FsError("not-found");
  if (place.node.kind === "directory") throw new FsError("is-directory");
  take(tree, place);
}

function rename(
  tree: MemoryTree,
  from: string,
  to: string,
  replaces: boolean,
): void {
  const source = findPlace(tree, from);
  const { node } = source;
  if (!node) throw new FsError("not-found");
  const target = findPlace(tree, to);
  if (to.startsWith(from + "/")) throw new FsError("permission");
  if (target.node === node) return;
  if (!replaces) requireFree(target);
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
