/**
 * Several file systems in one tree.
 *
 * @module
 */

import { baseName, joinPath, parentPath } from "../../lib/ftp/path.ts";
import {
  type Entry,
  type FileSystem,
  FsError,
  type FsErrorKind,
  type RenameOptions,
} from "./file_system.ts";
import {
  type MountPoint,
  type MountTable,
  mountTable,
  type Spot,
} from "./mount_table.ts";
import { compareNames } from "./names.ts";
import type { Permission } from "./rights.ts";
import { wrapped } from "./wrapped.ts";

export type { MountPoint } from "./mount_table.ts";

/**
 * `root` with other file systems in it: each at its mount point, in the place
 * of whatever `root` has there. Mount points, and the folders they are in, are
 * always there; nobody renames or removes them.
 *
 * Nothing is renamed from one file system into another (`permission`): that
 * would be a copy. Links stay in the file system they are in.
 *
 * @example
 * ```ts
 * import { memoryFileSystem } from "./memory.ts";
 * import { mounted } from "./mounted.ts";
 * const music = memoryFileSystem({ "/a.ogg": "12345" });
 * const fs = mounted(memoryFileSystem(), [{ at: "/music", fs: music }]);
 * console.assert((await fs.stat("/music/a.ogg")).size === 5);
 * ```
 */
export function mounted(
  root: FileSystem,
  mounts: readonly MountPoint[],
): FileSystem {
  if (mounts.length === 0) return root;
  const table = mountTable(root, mounts);
  const at = <T>(path: string, act: (spot: Spot) => T): T =>
    act(table.find(path));
  /** For what would change the entry itself. */
  const entry = async <T>(path: string, act: (spot: Spot) => Promise<T>) => {
    requireLoose(table, path, "permission", FIXED);
    return await at(path, act);
  };
  return wrapped(root, {
    stat: (path) => stat(table, path),
    list: (path, options) => list(table, path, options?.sorted ?? false),
    async read(path, offset) {
      requireLoose(table, path, "is-directory");
      return await at(path, ({ fs, path }) => fs.read(path, offset));
    },
    async write(path, how) {
      requireLoose(table, path, "is-directory");
      await requireFolder(table, parentPath(path));
      return await at(path, ({ fs, path }) => fs.write(path, how));
    },
    remove: (path) => entry(path, ({ fs, path }) => fs.remove(path)),
    rename: (from, to, options) => rename(table, { from, to }, options),
    async makeDirectory(path) {
      requireLoose(table, path, "exists");
      await requireFolder(table, parentPath(path));
      await at(path, ({ fs, path }) => fs.makeDirectory(path));
    },
    removeDirectory: (path) =>
      entry(path, ({ fs, path }) => fs.removeDirectory(path)),
    setModified: (path, modified) =>
      entry(path, ({ fs, path }) => fs.setModified(path, modified)),
    setMode: (path, mode) =>
      entry(path, ({ fs, path }) => fs.setMode(path, mode)),
    setGroup: (path, group) =>
      entry(path, ({ fs, path }) => fs.setGroup(path, group)),
    setCreated: (path, created) =>
      entry(path, ({ fs, path }) => fs.setCreated(path, created)),
    makeLink: (path, target) =>
      entry(path, async (spot) => {
        const to = table.find(target);
        if (to.at !== spot.at) throw new FsError("permission", LINK_AWAY);
        await spot.fs.makeLink(spot.path, to.path);
      }),
    resolve: (path) =>
      at(
        path,
        async ({ fs, path, at }) => at + tail(await fs.resolve(path)) || "/",
      ),
    async space(path) {
      const isReal = await hasFolder(table, path);
      return await at(path, ({ fs, path }) => fs.space(isReal ? path : "/"));
    },
    rights: (path) => {
      const rights = at(path, ({ fs, path }) => fs.rights(path));
      if (!table.isFixed(path)) return rights;
      return rights.filter((right) => !OF_ENTRIES.has(right));
    },
    fileOf: (path) => at(path, ({ fs, path }) => fs.fileOf(path)),
  });
}

/** What nobody may do with a fixed folder itself. */
const OF_ENTRIES: ReadonlySet<Permission> = new Set([
  "delete",
  "rename",
  "chmod",
]);

const FIXED = "Virtual folders can't be changed.";
const LINK_AWAY = "A link must lead to the same virtual folder.";
const MOVE_AWAY =
  "Cannot rename between virtual folders; copy and delete instead.";
const NO_FOLDER = "Nothing can be stored in this virtual folder.";

/** A path behind a mount point: nothing for the root. */
function tail(path: string): string {
  return path === "/" ? "" : path;
}

function requireLoose(
  table: MountTable,
  path: string,
  kind: FsErrorKind,
  message?: string,
): void {
  if (table.isFixed(path)) throw new FsError(kind, message);
}

/** A folder on the way to a mount point may be there by name only. */
async function hasFolder(table: MountTable, path: string): Promise<boolean> {
  const { fs, path: inner, at } = table.find(path);
  if (at === path || !table.isFixed(path)) return true;
  return (await statOrNull(fs, inner))?.type === "directory";
}

async function requireFolder(table: MountTable, path: string): Promise<void> {
  if (!await hasFolder(table, path)) throw new FsError("permission", NO_FOLDER);
}

async function statOrNull(
  fs: FileSystem,
  path: string,
): Promise<Entry | null> {
  try {
    return await fs.stat(path);
  } catch (error) {
    if (error instanceof FsError) return null;
    throw error;
  }
}

async function stat(table: MountTable, path: string): Promise<Entry> {
  const { fs, path: inner, at } = table.find(path);
  if (!table.isFixed(path)) return await fs.stat(inner);
  const name = baseName(path);
  if (at === path) return { ...await fs.stat("/"), name };
  const entry = await statOrNull(fs, inner);
  return entry?.type === "directory" ? entry : nameOnly(table, path);
}

/** A folder that is nowhere but in the table. */
function nameOnly(table: MountTable, path: string): Entry {
  return {
    name: baseName(path),
    type: "directory",
    size: 0,
    modified: new Date(0),
    mode: 0o555,
    links: 2,
    owner: 0,
    group: 0,
    unique: `v${table.number(path)}`,
  };
}

async function list(
  table: MountTable,
  path: string,
  sorted: boolean,
): Promise<AsyncIterable<Entry>> {
  const { fs, path: inner } = table.find(path);
  const names = table.names(path);
  const isReal = await hasFolder(table, path);
  const own = isReal ? await fs.list(inner, { sorted }) : nothing();
  if (names.length === 0) return own;
  // A mount point whose folder is gone is not shown.
  const fixed = await Promise.all(
    names.map((name) =>
      stat(table, joinPath(path, name)).catch((error) => {
        if (error instanceof FsError) return null;
        throw error;
      })
    ),
  );
  const shown = fixed.filter((entry) => entry !== null);
  const loose = without(own, new Set(names));
  return sorted ? merged(loose, shown) : joined(loose, shown);
}

async function* nothing(): AsyncGenerator<Entry, void, void> {}

async function* without(
  entries: AsyncIterable<Entry>,
  names: ReadonlySet<string>,
): AsyncGenerator<Entry, void, void> {
  for await (const entry of entries) if (!names.has(entry.name)) yield entry;
}

async function* joined(
  entries: AsyncIterable<Entry>,
  more: readonly Entry[],
): AsyncGenerator<Entry, void, void> {
  yield* entries;
  yield* more;
}

/** Puts a few entries in their places among sorted ones. */
async function* merged(
  entries: AsyncIterable<Entry>,
  more: readonly Entry[],
): AsyncGenerator<Entry, void, void> {
  const left = more.toSorted((a, b) => compareNames(a.name, b.name));
  for await (const entry of entries) {
    while (left[0] && compareNames(left[0].name, entry.name) < 0) {
      yield left.shift()!;
    }
    yield entry;
  }
  yield* left;
}

async function rename(
  table: MountTable,
  { from, to }: { from: string; to: string },
  options?: RenameOptions,
): Promise<void> {
  requireLoose(table, from, "permission", FIXED);
  requireLoose(table, to, "permission", FIXED);
  const source = table.find(from);
  const target = table.find(to);
  if (source.at !== target.at) throw new FsError("permission", MOVE_AWAY);
  await requireFolder(table, parentPath(to));
  await source.fs.rename(source.path, target.path, options);
}
