/**
 * A file system in which not everybody may do everything.
 *
 * @module
 */

import type { Sink } from "../../lib/bytes.ts";
import { parentPath } from "../../lib/ftp/path.ts";
import {
  type Entry,
  type FileSystem,
  FsError,
  type RenameOptions,
  type WriteMode,
} from "./file_system.ts";
import { type Guard, guardOf } from "./guard.ts";
import {
  common,
  type FolderRule,
  isBlind,
  type Permission,
  PERMISSIONS,
} from "./rights.ts";
import { makeNew, openAllowed } from "./restricted_write.ts";
import { rulesOf } from "./rules.ts";
import { wrapped } from "./wrapped.ts";

/** What {@linkcode restricted} allows. */
export interface Restrictions {
  /** What may be done where no rule says otherwise. @default everything */
  permissions?: readonly Permission[] | undefined;
  /** Where something else may be done. @default nowhere */
  rules?: readonly FolderRule[] | undefined;
  /** Whether files that are there may be replaced or cut. @default {true} */
  overwrite?: boolean | undefined;
}

/**
 * `fs` with nothing but what is allowed; all else throws `permission`, before
 * anything is looked at that the account may not know of.
 *
 * - A folder's own entry, for which there is a rule, and the folders that it is
 *   in can be neither renamed nor removed: the rule would be left behind.
 * - Between folders with different permissions only those rename who could as
 *   well fetch the file, store it again and remove it.
 * - Where only `write` and `make` hold, a drop box, files are not described,
 *   and with `overwrite: false` a taken name becomes a free one beside it:
 *   nobody learns what others left, save that `make` fails for a taken name.
 * - Folders are described to everybody, or nobody could go there.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { memoryFileSystem } from "./memory.ts";
 * import { restricted } from "./restricted.ts";
 * const box = restricted(memoryFileSystem({ "/a": "" }), { permissions: ["write"] });
 * await (await box.write("/b", { mode: "replace" })).close();
 * await assertRejects(() => box.list("/"), Error, "privileges");
 * await assertRejects(() => box.stat("/b"), Error, "No such file");
 * ```
 */
export function restricted(
  fs: FileSystem,
  { permissions = PERMISSIONS, rules, overwrite = true }: Restrictions,
): FileSystem {
  const table = rulesOf(permissions, rules);
  const guard = guardOf(fs, table);
  const inside = { fs, guard, overwrite };
  return wrapped(fs, {
    stat: (path) => stat(inside, path),
    async list(path, options) {
      await guard.require(path, "list");
      return await fs.list(path, options);
    },
    async read(path, offset) {
      await guard.require(path, "read");
      return await fs.read(path, offset);
    },
    write: (path, how) => write(inside, path, how),
    async remove(path) {
      await guard.requireEntry(path, "delete");
      await fs.remove(path);
    },
    rename: (from, to, options) => rename(inside, from, to, options),
    makeDirectory: (path) => makeDirectory(inside, path),
    async removeDirectory(path) {
      await guard.requireEntry(path, "delete");
      await fs.removeDirectory(path);
    },
    async setModified(path, modified) {
      await guard.require(path, "chmod");
      await fs.setModified(path, modified);
    },
    async setMode(path, mode) {
      await guard.require(path, "chmod");
      await fs.setMode(path, mode);
    },
    async setGroup(path, group) {
      await guard.require(path, "chmod");
      await fs.setGroup(path, group);
    },
    async setCreated(path, created) {
      await guard.require(path, "chmod");
      await fs.setCreated(path, created);
    },
    async makeLink(path, target) {
      await guard.requireEntry(path, "write");
      await guard.require(target, "read");
      await fs.makeLink(path, target);
    },
    async space(path) {
      // A file that nobody may know of has no place either.
      await stat(inside, path);
      // It would show how large a file was that an upload has replaced.
      const tells = !isBlind(await guard.rights(path));
      return tells ? await fs.space(path) : null;
    },
    async usage() {
      if (isBlind(permissions)) throw new FsError("permission");
      return await fs.usage();
    },
    rights: (path) => common(table.at(path), fs.rights(path)),
  });
}

interface Inside {
  fs: FileSystem;
  guard: Guard;
  overwrite: boolean;
}

async function stat({ fs, guard }: Inside, path: string): Promise<Entry> {
  const rights = await guard.rights(path);
  const entry = await discreet(rights, () => fs.stat(path));
  if (entry.type !== "directory" && isBlind(rights)) {
    throw new FsError("not-found");
  }
  return entry;
}

/**
 * A path that goes on behind a file looks like one behind nothing, to those who
 * may not know of the file.
 */
async function discreet<T>(
  rights: readonly Permission[],
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const tells = error instanceof FsError && error.kind === "not-directory";
    throw tells && isBlind(rights) ? new FsError("not-found") : error;
  }
}

async function makeDirectory(
  { fs, guard }: Inside,
  path: string,
): Promise<void> {
  await guard.require(path, "make");
  if (path !== "/") await guard.require(parentPath(path), "make");
  const rights = await guard.rights(path);
  await discreet(rights, () => fs.makeDirectory(path));
}

async function write(
  inside: Inside,
  path: string,
  how: WriteMode,
): Promise<Sink> {
  const rights = await inside.guard.rights(path);
  const { fs, overwrite } = inside;
  return await discreet(
    rights,
    () => openAllowed(fs, path, how, { rights, overwrite }),
  );
}

async function rename(
  { fs, guard, overwrite }: Inside,
  from: string,
  to: string,
  { replace = true }: RenameOptions = {},
): Promise<void> {
  await guard.requireEntry(from, "rename");
  await guard.requireEntry(to);
  const source = await guard.entryRights(from);
  const target = await guard.entryRights(to);
  if (source.join() !== target.join()) {
    await requireCopy(fs, from, source, target);
  }
  const replaces = replace && overwrite && target.includes("write");
  await makeNew(to, target, (to) => fs.rename(from, to, { replace: replaces }));
}

/** Renaming must not do what copying and removing could not. */
async function requireCopy(
  fs: FileSystem,
  from: string,
  source: readonly Permission[],
  target: readonly Permission[],
): Promise<void> {
  const { type } = await fs.stat(from);
  const isCopyable = source.includes("read") && source.includes("delete") &&
    target.includes("write") &&
    (type !== "directory" || target.includes("make"));
  if (!isCopyable) throw new FsError("permission");
}
