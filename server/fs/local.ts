/**
 * A folder of the operating system as a file system.
 *
 * @module
 */

import type { Sink } from "../../lib/bytes.ts";
import { attempt, fsError } from "./errors.ts";
import { type Entry, type FileSystem, FsError } from "./file_system.ts";
import { locateEntry, makeLinkAt, resolveLinks } from "./local_link.ts";
import { listFolder, toEntry } from "./local_list.ts";
import { openSource } from "./local_open.ts";
import {
  isPartName,
  join,
  locate,
  locatePlace,
  orNull,
  SEPARATOR,
} from "./local_path.ts";
import { isAt } from "./local_proof.ts";
import { spaceAt } from "./local_space.ts";
import { moveToFree, openSink } from "./local_upload.ts";
import { NO_LOCK, type PathLock } from "./path_lock.ts";
import { PERMISSIONS } from "./rights.ts";

/** A part file this old belongs to no running upload. In milliseconds. */
const STALE_AFTER = 60 * 60 * 1000;

/** How often something is looked at that is being replaced all the time. */
const MOST_LOOKS = 3;

/** Options for {@linkcode localFileSystem}. */
export interface LocalOptions {
  /** What keeps threads that serve the same folder apart. @default {NO_LOCK} */
  readonly lock?: PathLock | undefined;
}

/**
 * The folder `root` as a file system that nothing leads out of.
 *
 * `root` is a path of the operating system. It may be a link, and it may be
 * removed and made again while the file system is in use. Links inside work as
 * long as they stay inside; others do not exist. Needs read permission for
 * `root`, for its real path where that differs, and write permission to write;
 * permission for anything else does not widen it.
 *
 * Uploads arrive under hidden names (`.wharf-….part`) that no path can name.
 *
 * @example
 * ```ts
 * import { localFileSystem } from "./local.ts";
 * const root = Deno.makeTempDirSync();
 * const fs = localFileSystem(root);
 * await fs.makeDirectory("/sub");
 * console.assert((await fs.stat("/sub")).type === "directory");
 * Deno.removeSync(root, { recursive: true });
 * ```
 */
export function localFileSystem(
  root: string,
  { lock = NO_LOCK }: LocalOptions = {},
): FileSystem {
  const judged = <T>(act: () => T) => attempt(() => lock.shared(act));
  return {
    stat: (path) => attempt(() => stat(root, path)),
    list: (path, options) =>
      attempt(() => listFolder(root, path, options?.sorted ?? false)),
    read: (path, offset) => attempt(() => openSource(root, path, offset)),
    write: (path, how) =>
      judged(() => lockedSink(openSink(root, path, how), lock)),
    remove: (path) => judged(() => remove(root, path)),
    rename: (from, to, { replace = true } = {}) =>
      attempt(() => lock.alone(() => rename(root, from, to, replace))),
    makeDirectory: (path) =>
      judged(() => Deno.mkdirSync(locatePlace(root, path).path)),
    removeDirectory: (path) => attempt(() => removeDirectory(root, path, lock)),
    setModified: (path, modified) =>
      judged(() => setModified(root, path, modified)),
    setMode: (path, mode) => judged(() => setMode(root, path, mode)),
    setGroup: (path, group) =>
      judged(() => Deno.chownSync(locate(root, path), null, group)),
    setCreated: () => Promise.reject(new FsError("unsupported", NO_CREATED)),
    makeLink: (path, target) => judged(() => makeLinkAt(root, path, target)),
    resolve: (path) => attempt(() => resolveLinks(root, path)),
    space: (path) => attempt(() => spaceAt(root, path)),
    usage: () => Promise.resolve(null),
    rights: () => PERMISSIONS,
    fileOf: (path) => fileOf(root, path),
  };
}

const NO_CREATED = "The time of creation can't be set on this system.";

function fileOf(root: string, path: string): string {
  const names = path.split("/").filter(Boolean);
  return names.reduce(join, root);
}

/** What arrives whole is renamed at its end, in a folder that must stay there. */
function lockedSink(sink: Sink, lock: PathLock): Sink {
  return { ...sink, close: () => lock.shared(() => sink.close()) };
}

function stat(root: string, path: string): Entry {
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    const real = locate(root, path);
    const info = Deno.lstatSync(real);
    // Seen through a link that came in between, it is none of ours.
    if (info.isSymlink || !isAt(root, real, info)) continue;
    return toEntry(path.slice(path.lastIndexOf("/") + 1) || "/", info);
  }
  throw new FsError("not-found");
}

function remove(root: string, path: string): void {
  const { path: place, info } = locateEntry(root, path);
  if (info.isDirectory) throw new FsError("is-directory");
  Deno.removeSync(place);
}

function rename(
  root: string,
  from: string,
  to: string,
  replaces: boolean,
): void {
  const { path: source, info } = locateEntry(root, from);
  const { path: target } = locatePlace(root, to);
  if (info.isDirectory && target.startsWith(source + SEPARATOR)) {
    throw new FsError("permission");
  }
  if (replaces || source === target) return Deno.renameSync(source, target);
  if (!info.isDirectory) return moveToFree(source, target);
  if (orNull(() => Deno.lstatSync(target))) throw new FsError("exists");
  Deno.renameSync(source, target);
}

async function removeDirectory(
  root: string,
  path: string,
  lock: PathLock,
): Promise<void> {
  const isGone = () => lock.shared(() => removeIfEmpty(root, path));
  if (isGone()) return;
  const folder = locate(root, path);
  const stale: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (!isStale(join(folder, name), name)) throw new FsError("not-empty");
    stale.push(name);
  }
  lock.shared(() => removeParts(root, path, stale));
  if (!isGone()) throw new FsError("not-empty");
}

/** Removes a folder; says `false` when there is something in it. */
function removeIfEmpty(root: string, path: string): boolean {
  const { path: place, info } = locateEntry(root, path);
  if (!info.isDirectory) throw new FsError("not-directory");
  try {
    Deno.removeSync(place);
    return true;
  } catch (error) {
    if (fsError(error).kind === "not-empty") return false;
    throw error;
  }
}

function isStale(path: string, name: string): boolean {
  if (!isPartName(name)) return false;
  const info = orNull(() => Deno.lstatSync(path));
  return (info?.mtime?.getTime() ?? 0) < Date.now() - STALE_AFTER;
}

function removeParts(root: string, path: string, names: string[]): void {
  for (const name of names) {
    orNull(() => Deno.removeSync(join(locate(root, path), name)));
  }
}

function setModified(root: string, path: string, modified: Date): void {
  const real = locate(root, path);
  const accessed = Deno.lstatSync(real).atime ?? modified;
  Deno.utimeSync(real, accessed, modified);
}

function setMode(root: string, path: string, mode: number): void {
  const real = locate(root, path);
  const info = Deno.lstatSync(real);
  // A folder's set-group-id bit belongs to the owner's set-up: it stays.
  const kept = info.isDirectory ? (info.mode ?? 0) & 0o7000 : 0;
  Deno.chmodSync(real, kept | (mode & 0o777));
}
