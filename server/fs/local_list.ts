/**
 * Entries of the served folder, and listings that hold nobody up.
 *
 * @module
 */

import { oneByOne } from "../../lib/one_by_one.ts";
import { attempt, fsError } from "./errors.ts";
import { type Entry, type EntryType, FsError } from "./file_system.ts";
import { giveWay } from "./give_way.ts";
import { leadsInside, linkText } from "./local_link.ts";
import { namesIn } from "./local_names.ts";
import { isServed, join, locate, orNull, WINDOWS } from "./local_path.ts";
import { areAt, type Seen } from "./local_proof.ts";

/**
 * How long a batch of entries takes, in milliseconds, but for the last one.
 *
 * A synchronous `lstat` takes 2 to 5 µs, an asynchronous one 9 to 14 µs in
 * batches of 64; a slow disk ends a batch after one entry. To prove a batch
 * takes 0.1 ms, however many entries it has.
 */
const BATCH_TIME = 2;
/** A batch that took longer, in milliseconds, shows a disk that is slow. */
const SLOW = 5;
/** Names that other threads look up when the disk is slow. */
const AHEAD = 32;
/** How often they do before this thread tries again without them. */
const PATIENCE = 16;
/** How often something is looked at that is being replaced all the time. */
const MOST_LOOKS = 3;

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
  return oneByOne(entries(root, path, folder, namesIn(folder, sorted)));
}

/** Refuses early what could not be listed: nothing is open afterwards. */
function requireReadable(folder: string): void {
  if (!Deno.lstatSync(folder).isDirectory) throw new FsError("not-directory");
  // Windows opens no folders; there, reading names says no a little later.
  if (!WINDOWS) Deno.openSync(folder).close();
}

/** An entry, and how to find it again. */
interface Found extends Seen {
  entry: Entry;
}

/** Gives the entries batch by batch, letting others run in between. */
async function* entries(
  root: string,
  path: string,
  folder: string,
  batches: AsyncIterable<string[]>,
): AsyncGenerator<Entry[], void, void> {
  let patience = 0;
  let isFirst = true;
  for await (const names of readable(batches)) {
    for (let done = 0; done < names.length;) {
      if (!isFirst) await giveWay(folder);
      isFirst = false;
      if (patience > 0) await lookUpElsewhere(folder, names, done);
      const { found, end, took } = await attempt(() => {
        const batch = lookUp(root, folder, names, done);
        // What is left of a folder that was moved must not pass for all of it.
        if (locate(root, path) !== folder) throw new FsError("not-found");
        return { ...batch, found: proven(root, folder, batch.found) };
      });
      yield found.map(({ entry }) => entry);
      patience = took > SLOW ? PATIENCE : Math.max(0, patience - 1);
      done = end;
    }
  }
}

/**
 * Has other threads wait for a slow disk: what they find is forgotten, but then
 * the system knows it, and looking it up here takes no time.
 */
async function lookUpElsewhere(
  folder: string,
  names: string[],
  start: number,
): Promise<void> {
  const next = names.slice(start, start + AHEAD);
  await Promise.allSettled(next.map((name) => Deno.lstat(join(folder, name))));
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
): { found: Found[]; end: number; took: number } {
  const began = Date.now(); // Asked for each entry; a finer clock costs more.
  const found: Found[] = [];
  let end = start;
  let took = 0;
  do {
    const one = find(root, folder, names[end++] ?? "");
    if (one) found.push(one);
    took = Math.abs(Date.now() - began);
  } while (end < names.length && took < BATCH_TIME);
  return { found, end, took };
}

/**
 * Leaves out what was seen through a link that took the folder's place. Where
 * looking closely at a batch shows that something is wrong, its halves are
 * looked at, and at last the one that another file took the place of.
 */
function proven(root: string, folder: string, found: Found[]): Found[] {
  if (found.length === 0 || areAt(root, folder, found)) return found;
  if (found.length === 1) return seenAgain(root, folder, found[0]!);
  const half = found.length >> 1;
  return [
    ...proven(root, folder, found.slice(0, half)),
    ...proven(root, folder, found.slice(half)),
  ];
}

/** Not missing in a listing is what somebody replaces just now. */
function seenAgain(root: string, folder: string, { entry }: Found): Found[] {
  for (let times = 0; times < MOST_LOOKS; times++) {
    const one = find(root, folder, entry.name);
    if (one === null) return [];
    if (areAt(root, folder, [one])) return [one];
  }
  return [];
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
