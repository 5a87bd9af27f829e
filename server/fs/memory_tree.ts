/**
 * Files and folders in memory, and the ways through them.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { FsError } from "./file_system.ts";
import { MAX_NAME_BYTES } from "./names.ts";

/** What files and folders have in common. */
export interface MemoryCommon {
  /** Its number, never used twice in one tree. */
  id: number;
  /** Permission bits. */
  mode: number;
  /** Number of its group. */
  group: number;
  /** Time of creation. */
  created: Date;
  /** Time of last modification. */
  modified: Date;
}

/** A file. */
export interface MemoryFile extends MemoryCommon {
  /** What it is. */
  kind: "file";
  /** Its bytes, and room for more. */
  data: Bytes;
  /** How many of the bytes are the file's. */
  size: number;
}

/** A folder. */
export interface MemoryFolder extends MemoryCommon {
  /** What it is. */
  kind: "directory";
  /** What is in it, by name. */
  children: Map<string, MemoryNode>;
}

/** A file or a folder. */
export type MemoryNode = MemoryFile | MemoryFolder;

/** A whole file system. */
export interface MemoryTree {
  /** Where it begins. */
  root: MemoryFolder;
  /** Files that are being uploaded. */
  parts: Set<MemoryFile>;
  /** The number of the next file or folder. */
  nextId: number;
  /** How many bytes all files together may hold. */
  capacity: number;
  /** The time. */
  now: () => Date;
}

/**
 * An empty tree.
 *
 * @example
 * ```ts
 * import { makeTree } from "./memory_tree.ts";
 * console.assert(makeTree(() => new Date(0), 100).root.children.size === 0);
 * ```
 */
export function makeTree(now: () => Date, capacity: number): MemoryTree {
  const root = makeFolder({ nextId: 1, now });
  return { root, parts: new Set(), nextId: 2, capacity, now };
}

/**
 * An empty folder that is nowhere yet.
 *
 * @example
 * ```ts
 * import { makeFolder, makeTree } from "./memory_tree.ts";
 * const tree = makeTree(() => new Date(0), 100);
 * console.assert(makeFolder(tree).kind === "directory");
 * ```
 */
export function makeFolder(
  tree: Pick<MemoryTree, "nextId" | "now">,
): MemoryFolder {
  return { kind: "directory", ...commonOf(tree, 0o755), children: new Map() };
}

/**
 * An empty file that is nowhere yet.
 *
 * @example
 * ```ts
 * import { makeFile, makeTree } from "./memory_tree.ts";
 * const tree = makeTree(() => new Date(0), 100);
 * console.assert(makeFile(tree).size === 0);
 * ```
 */
export function makeFile(tree: MemoryTree): MemoryFile {
  const data = new Uint8Array(0);
  return { kind: "file", ...commonOf(tree, 0o644), data, size: 0 };
}

function commonOf(
  tree: Pick<MemoryTree, "nextId" | "now">,
  mode: number,
): MemoryCommon {
  const now = tree.now();
  return { id: tree.nextId++, mode, group: 0, created: now, modified: now };
}

/**
 * What is at `path`. Throws `not-found`, `not-directory` or `bad-name`.
 *
 * @example
 * ```ts
 * import { findNode, makeTree } from "./memory_tree.ts";
 * const tree = makeTree(() => new Date(0), 100);
 * console.assert(findNode(tree, "/") === tree.root);
 * ```
 */
export function findNode(tree: MemoryTree, path: string): MemoryNode {
  return walk(tree, namesOf(path));
}

function walk(tree: MemoryTree, names: string[]): MemoryNode {
  let node: MemoryNode = tree.root;
  for (const name of names) {
    if (node.kind === "file") throw new FsError("not-directory");
    checkLength(name);
    const child = node.children.get(name);
    if (!child) throw new FsError("not-found");
    node = child;
  }
  return node;
}

/** A name that may not exist yet, in a folder that does. */
export interface MemoryPlace {
  /** The folder. */
  folder: MemoryFolder;
  /** Last component of the path. */
  name: string;
  /** What has the name. */
  node: MemoryNode | undefined;
}

/**
 * The place of `path`. Throws `permission` for the root, which has none.
 *
 * @example
 * ```ts
 * import { findPlace, makeTree } from "./memory_tree.ts";
 * const tree = makeTree(() => new Date(0), 100);
 * console.assert(findPlace(tree, "/new").name === "new");
 * ```
 */
export function findPlace(tree: MemoryTree, path: string): MemoryPlace {
  const names = namesOf(path);
  const name = names.pop();
  if (name === undefined) throw new FsError("permission");
  const folder = walk(tree, names);
  if (folder.kind === "file") throw new FsError("not-directory");
  checkLength(name);
  return { folder, name, node: folder.children.get(name) };
}

function namesOf(path: string): string[] {
  if (!path.startsWith("/") || path.includes("\0")) {
    throw new FsError("bad-name");
  }
  const names = path === "/" ? [] : path.slice(1).split("/");
  if (names.some((name) => name === "" || name === "." || name === "..")) {
    throw new FsError("bad-name");
  }
  return names;
}

function checkLength(name: string): void {
  const { length } = new TextEncoder().encode(name);
  if (length > MAX_NAME_BYTES) throw new FsError("bad-name");
}

/**
 * Puts a node at a place, instead of what is there.
 *
 * @example
 * ```ts
 * import { findPlace, makeFile, makeTree, put } from "./memory_tree.ts";
 * const tree = makeTree(() => new Date(0), 100);
 * put(tree, findPlace(tree, "/a"), makeFile(tree));
 * console.assert(tree.root.children.has("a"));
 * ```
 */
export function put(
  tree: MemoryTree,
  place: MemoryPlace,
  node: MemoryNode,
): void {
  place.folder.children.set(place.name, node);
  place.folder.modified = tree.now();
}

/**
 * Takes away what is at a place.
 *
 * @example
 * ```ts
 * import { findPlace, makeFile, makeTree, put, take } from "./memory_tree.ts";
 * const tree = makeTree(() => new Date(0), 100);
 * put(tree, findPlace(tree, "/a"), makeFile(tree));
 * take(tree, findPlace(tree, "/a"));
 * console.assert(!tree.root.children.has("a"));
 * ```
 */
export function take(tree: MemoryTree, place: MemoryPlace): void {
  place.folder.children.delete(place.name);
  place.folder.modified = tree.now();
}

/**
 * Writes behind the last byte, as much as there is space for; says how much.
 *
 * Throws `no-space` when that is nothing.
 *
 * @example
 * ```ts
 * import { appendTo, makeFile, makeTree } from "./memory_tree.ts";
 * const tree = makeTree(() => new Date(0), 3);
 * const file = makeFile(tree);
 * tree.parts.add(file);
 * console.assert(appendTo(tree, file, new Uint8Array(9)) === 3);
 * ```
 */
export function appendTo(
  tree: MemoryTree,
  file: MemoryFile,
  bytes: Bytes,
): number {
  const count = Math.min(bytes.length, spaceLeft(tree));
  if (count === 0 && bytes.length > 0) throw new FsError("no-space");
  const size = file.size + count;
  if (size > file.data.length) {
    const data = new Uint8Array(Math.max(size, 2 * file.data.length));
    data.set(file.data.subarray(0, file.size));
    file.data = data;
  }
  file.data.set(bytes.subarray(0, count), file.size);
  file.size = size;
  file.modified = tree.now();
  return count;
}

/**
 * How many bytes more the files may hold.
 *
 * @example
 * ```ts
 * import { makeTree, spaceLeft } from "./memory_tree.ts";
 * console.assert(spaceLeft(makeTree(() => new Date(0), 100)) === 100);
 * ```
 */
export function spaceLeft(tree: MemoryTree): number {
  // Counting is left out where it could not matter.
  if (tree.capacity === Infinity) return Infinity;
  let used = sizeOf(tree.root);
  for (const part of tree.parts) used += part.size;
  return Math.max(0, tree.capacity - used);
}

function sizeOf(node: MemoryNode): number {
  if (node.kind === "file") return node.size;
  return [...node.children.values()].reduce((sum, x) => sum + sizeOf(x), 0);
}
