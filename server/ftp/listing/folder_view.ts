/**
 * Folders as a listing command shows them: with or without dot files, in the
 * order that was asked for, and not without end.
 *
 * @module
 */

import type { ListOptions } from "../../../lib/ftp/list_options.ts";
import { type Entry, type FileSystem, FsError } from "../../fs/file_system.ts";
import type { Budget } from "./walk.ts";

/** Entries that are sorted by time or size, or turned round. */
const MAX_SORTED = 50_000;

/** What it takes to look around. */
export interface View {
  /** Where the folders are. */
  readonly fs: FileSystem;
  /** The working directory. */
  readonly directory: string;
  /** How the folders are shown. */
  readonly options: ListOptions;
  /** Counts the entries that patterns and `-R` look at. */
  readonly budget: Budget;
  /** Whether names that begin with a dot are shown. */
  readonly showsDots: boolean;
}

/** Something to be listed. */
export interface Item {
  /** What it is; `null` for the heading of a folder (`-R`). */
  readonly entry: Entry | null;
  /** Its name as it can be used (RFC 1123 section 4.1.2.7), or the heading. */
  readonly name: string;
  /** Its name as LIST shows it. */
  readonly shown: string;
}

/** Opens a folder for listing. */
export async function openFolder(
  { fs, options, showsDots }: View,
  path: string,
): Promise<AsyncIterable<Entry>> {
  const all = await fs.list(path, { sorted: true });
  const shown = showsDots ? all : withoutDots(all);
  return arranged(shown, options, (entry) => entry);
}

/**
 * Whether what has this path may be described, and what it leads to through
 * links, too.
 */
export async function mayDescribe(
  fs: FileSystem,
  path: string,
): Promise<boolean> {
  return fs.rights(path).includes("list") &&
    fs.rights(await fs.resolve(path)).includes("list");
}

/** Entries whose names do not begin with a dot. */
export async function* withoutDots(
  entries: AsyncIterable<Entry>,
): AsyncGenerator<Entry> {
  for await (const entry of entries) {
    if (!entry.name.startsWith(".")) yield entry;
  }
}

/**
 * Puts things that come by name into the order that was asked for.
 *
 * @throws {FsError} `io` when there are too many to sort (50 000).
 */
export function arranged<T>(
  things: AsyncIterable<T>,
  options: ListOptions,
  entryOf: (thing: T) => Entry,
): AsyncIterable<T> {
  const { order, reversed } = options;
  return order === "name" && !reversed
    ? things
    : sorted(things, options, entryOf);
}

async function* sorted<T>(
  things: AsyncIterable<T>,
  { order, reversed }: ListOptions,
  entryOf: (thing: T) => Entry,
): AsyncGenerator<T> {
  const all: T[] = [];
  for await (const thing of things) {
    if (all.length === MAX_SORTED) {
      throw new FsError("io", `More than ${MAX_SORTED} entries to sort.`);
    }
    all.push(thing);
  }
  const weight = order === "time"
    ? (thing: T) => entryOf(thing).modified.getTime()
    : (thing: T) => entryOf(thing).size;
  if (order !== "name") all.sort((a, b) => weight(b) - weight(a));
  yield* reversed ? all.reverse() : all;
}
