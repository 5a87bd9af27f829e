/**
 * The local side of a mirror.
 *
 * @module
 */

import { LocalError } from "../errors.ts";
import { pathIn } from "../listing.ts";
import type { LocalEntry, LocalFiles } from "../local_files.ts";
import { attempt } from "../targets.ts";
import type { MirrorEntry } from "./step.ts";
import {
  EntryCount,
  type Listing,
  ListingBuilder,
  type ListingRules,
  type Tree,
} from "./tree.ts";

/** Options for {@linkcode localTree}. */
export interface LocalTreeOptions {
  /** Rules for names. */
  readonly rules: ListingRules;
  /** Entries that are too many. */
  readonly maxEntries: number;
  /** Cancels it. */
  readonly signal: AbortSignal;
}

/** A local folder. A link to it may be named, as the user chose it. */
export function localTree(
  files: LocalFiles,
  root: string,
  options: LocalTreeOptions,
): Tree {
  const { rules, maxEntries, signal } = options;
  const count = new EntryCount(root, maxEntries);
  const at = (path: string) => path === "" ? root : pathIn(root, path);

  async function read(path: string): Promise<Listing> {
    const builder = new ListingBuilder(rules);
    for await (const entry of entriesOf(files, path)) {
      signal.throwIfAborted();
      count.take();
      const { name, type, size, modified } = entry;
      builder.add({ name, type, size, modified });
    }
    return builder.finish();
  }

  async function exists(): Promise<boolean> {
    return await attempt("read", root, files.stat(root)) !== null;
  }

  return {
    at,
    list: (path) => read(at(path)),
    async check() {
      if (await exists()) return;
      throw new LocalError(`Cannot mirror ${root}: there is no such folder`);
    },
    exists,
    isEmpty: () => Promise.resolve(true),
    follow: (entry, path) => follow(files, entry, at(path)),
  };
}

async function* entriesOf(
  files: LocalFiles,
  path: string,
): AsyncGenerator<LocalEntry> {
  try {
    yield* files.list(path); // Ends with this one, also early.
  } catch (error) {
    await attempt("list", path, Promise.reject(error));
  }
}

/** Only trying tells what a link leads to, since nothing looks through it. */
async function follow(
  files: LocalFiles,
  entry: MirrorEntry,
  path: string,
): Promise<MirrorEntry | null> {
  try {
    const source = await files.read(path, 0);
    await source.close();
    return { ...entry, type: "file", size: source.size, modified: null };
  } catch { /* No file: a folder, or nothing. */ }
  try {
    for await (const _ of files.list(path)) break;
    return { ...entry, type: "directory", size: null };
  } catch {
    return null;
  }
}
