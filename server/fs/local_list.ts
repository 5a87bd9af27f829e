/**
 * Entries of the served folder, and listings that hold nobody up.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import { attempt, fsError } from "./errors.ts";
import { type Entry, type EntryType, FsError } from "./file_system.ts";
import { leadsInside, linkText } from "./local_link.ts";
import {
  isAt,
  isLinkAt,
  isPartName,
  isServed,
  join,
  locate,
  orNull,
  WINDOWS,
} from "./local_path.ts";
import { isOneLine, sortNames } from "./names.ts";

/**
 * How long a batch of entries may take, in milliseconds.
 *
 * A synchronous `lstat` takes about 3 µs, an asynchronous one 12 µs in batches
 * of 64; a slow disk ends a batch after one entry.
 */
const BATCH_TIME = 0.5;
const BATCH_SIZE = 64;

/**
 * Lists the folder at the virtual `path`; see `FileSystem.list`.
 *
 * Names are read and looked up as the entries are asked for, so that a large
 * folder takes no more memory than a small one; runtimes before 2.9 read all
 * names at once, and so does sorting. Parts of uploads are left out.
 *
 * @example
 * ```ts
 * import { listFolder } from "./local_list.ts";
 * const root = Deno.makeTempDirSync();
 * Deno.writeTextFileSync(root + "/a", "text");
 * for await (const entry of await listFolder(root, "/", false)) {
 *   console.assert(entry.name === "a" && entry.size === 4);
 * }
 * Deno.removeSync(root, { recursive: true });
 * ```
 */
export function listFolder(
  root: string,
  path: string,
  sorted: boolean,
): AsyncIterable<Entry> {
  const folder = locate(root, path);
  requireReadable(folder);
  const names = sorted ? sortedBatches(folder) : batches(folder);
  return entries(root, path, folder, names);
}

/** Refuses early what could not be listed: nothing is open afterwards. */
function requireReadable(folder: string): void {
  if (!Deno.lstatSync(folder).isDirectory) throw new FsError("not-directory");
  // Windows opens no folders; there, reading names says no a little later.
  if (!WINDOWS) Deno.openSync(folder).close();
}

/** The names to be listed, some at a time. */
async function* batches(folder: string): AsyncGenerator<string[], void, void> {
  let batch: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (isOneLine(name) && !isPartName(name)) batch.push(name);
    if (batch.length < BATCH_SIZE) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

async function* sortedBatches(
  folder: string,
): AsyncGenerator<string[], void, void> {
  const names: string[] = [];
  for await (const batch of batches(folder)) names.push(...batch);
  sortNames(names);
  yield names;
}

/** An entry, and how to find it again. */
interface Found {
  entry: Entry;
  path: string;
  info: Deno.FileInfo;
}

/** Gives the entries batch by batch, letting others run in between. */
async function* entries(
  root: string,
  path: string,
  folder: string,
  batches: AsyncIterable<string[]>,
): AsyncGenerator<Entry, void, void> {
  for await (const names of readable(batches)) {
    for (let done = 0; done < names.length;) {
      const { found, end } = await attempt(() => {
        const batch = lookUp(root, folder, names, done);
        // What is left of a folder that was moved must not pass for all of it.
        if (locate(root, path) !== folder) throw new FsError("not-found");
        return { ...batch, found: prove(root, batch.found) };
      });
      for (const { entry } of found) yield entry;
      done = end;
      await setImmediate();
    }
  }
}

/** Reading names may fail in the middle. */
async function* readable(
  batches: AsyncIterable<string[]>,
): AsyncGenerator<string[], void, void> {
  try {
    yield* batches;
  } catch (error) {
    throw fsError(error);
  }
}

/** Looks up the names from `start` on, as many as the time allows. */
function lookUp(
  root: string,
  folder: string,
  names: string[],
  start: number,
): { found: Found[]; end: number } {
  const limit = Math.min(start + BATCH_SIZE, names.length);
  const until = performance.now() + BATCH_TIME;
  const found: Found[] = [];
  let end = start;
  do {
    const one = find(root, folder, names[end++] ?? "");
    if (one) found.push(one);
  } while (end < limit && performance.now() < until);
  return { found, end };
}

/**
 * Leaves out what was seen through a link that took the folder's place.
 *
 * Looking closely at one entry, any one, is enough: names from outside are not
 * found inside. Only where it is gone, all are looked at.
 */
function prove(root: string, found: Found[]): Found[] {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  const one = found[random % found.length];
  if (!one || isProven(root, one)) return found;
  return found.filter((each) => isProven(root, each));
}

function isProven(root: string, { path, info }: Found): boolean {
  return (info.isSymlink ? isLinkAt : isAt)(root, path, info);
}

/** What has this name; `null` for nothing, or for what leads out. */
function find(root: string, folder: string, name: string): Found | null {
  const path = join(folder, name);
  try {
    const info = Deno.lstatSync(path);
    const entry = info.isSymlink
      ? linkEntry(root, path, name, info)
      : toEntry(name, info);
    return entry && { entry, path, info };
  } catch (error) {
    // It vanished, its name is not UTF-8, or the folder may not be entered.
    if (SKIPPED.has(fsError(error).kind)) return null;
    throw error;
  }
}

const SKIPPED: ReadonlySet<string> = new Set([
  "not-found",
  "not-directory",
  "permission",
]);

/** The entry of a link: its name, and what it leads to. */
function linkEntry(
  root: string,
  path: string,
  name: string,
  info: Deno.FileInfo,
): Entry | null {
  const real = orNull(() => Deno.realPathSync(path));
  const stays = real === null ? leadsInside(root, path) : isServed(root, real);
  if (!stays) return null;
  const target = real === null ? info : Deno.lstatSync(real);
  return { ...toEntry(name, target), link: linkText(root, path, real) };
}

/**
 * What a client may know of a file.
 *
 * @example
 * ```ts
 * import { toEntry } from "./local_list.ts";
 * const root = Deno.makeTempDirSync();
 * console.assert(toEntry("/", Deno.lstatSync(root)).type === "directory");
 * Deno.removeSync(root);
 * ```
 */
export function toEntry(name: string, info: Deno.FileInfo): Entry {
  return {
    name,
    type: typeOf(info),
    size: info.size,
    modified: info.mtime ?? new Date(0),
    mode: (info.mode ?? 0) & 0o7777,
    links: info.nlink ?? 1,
    owner: info.uid ?? 0,
    group: info.gid ?? 0,
    unique: `${info.dev.toString(16)}g${(info.ino ?? 0).toString(16)}`,
    created: info.birthtime ?? undefined,
  };
}

function typeOf(info: Deno.FileInfo): EntryType {
  return info.isFile ? "file" : info.isDirectory ? "directory" : "other";
}
