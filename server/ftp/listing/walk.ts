/**
 * Trees of folders, looked through with an end: so many entries, so deep, and
 * never through a link.
 *
 * @module
 */

import { joinPath } from "../../../lib/ftp/path.ts";
import { type Entry, FsError } from "../../fs/file_system.ts";

/** Entries that one command looks at. */
const MAX_ENTRIES = 200_000;
/** Folders within folders that one command looks into. */
const MAX_DEPTH = 64;

/** Counts the entries that one command looks at. */
export interface Budget {
  /**
   * Looks at one more.
   *
   * @throws {FsError} `io` when there have been too many.
   */
  take(): void;
}

/**
 * A budget for one command: `most` entries.
 *
 * @param signal Ends the work: the next `take` throws its reason.
 */
export function newBudget(
  signal?: AbortSignal,
  most: number = MAX_ENTRIES,
): Budget {
  let left = most;
  return {
    take() {
      signal?.throwIfAborted();
      if (left-- > 0) return;
      throw new FsError("io", `More than ${most} entries: ask for less.`);
    },
  };
}

/** One step on the way through a tree. */
export interface Step {
  /** The folder. */
  readonly folder: string;
  /** Something in it; `null` where a folder below the first begins. */
  readonly entry: Entry | null;
}

/** Options for {@linkcode walk}. */
export interface WalkOptions {
  /** Counts entries, and may end the walk. @default one for this walk */
  budget?: Budget;
  /** Whether a folder that cannot be opened is an error. @default {false} */
  strict?: boolean;
}

/**
 * Everything below the folder `top`: what is in it, then what is in its
 * folders, one after the other. Links are told and not followed.
 *
 * @param open Opens a folder for listing.
 * @throws {FsError} `io` when there are too many entries, or too deep ones.
 *
 * @example
 * ```ts
 * import { memoryFileSystem } from "../../fs/memory.ts";
 * import { walk } from "./walk.ts";
 * const fs = memoryFileSystem({ "/a/b": "", "/c": "" });
 * const names: string[] = [];
 * const open = (path: string) => fs.list(path, { sorted: true });
 * for await (const { entry } of walk("/", open)) {
 *   if (entry !== null) names.push(entry.name);
 * }
 * console.assert(names.join() === "a,c,b");
 * ```
 */
export async function* walk(
  top: string,
  open: (path: string) => Promise<AsyncIterable<Entry>>,
  { budget = newBudget(), strict = false }: WalkOptions = {},
): AsyncGenerator<Step> {
  const waiting = [{ folder: top, depth: 0 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { folder, depth } = next;
    if (depth > MAX_DEPTH) {
      throw new FsError("io", `More than ${MAX_DEPTH} folders deep.`);
    }
    const mayFail = depth > 0 && !strict;
    const entries = await open(folder).catch(mayFail ? closedToUs : undefined);
    if (entries === null) continue;
    if (depth > 0) yield { folder, entry: null };
    const below: string[] = [];
    for await (const entry of entries) {
      budget.take();
      yield { folder, entry };
      const isFolder = entry.type === "directory" && entry.link === undefined;
      if (isFolder) below.push(joinPath(folder, entry.name));
    }
    for (const path of below.reverse()) {
      waiting.push({ folder: path, depth: depth + 1 });
    }
  }
}

/** What may not be looked into, or has gone meanwhile, is left out. */
function closedToUs(error: unknown): null {
  if (error instanceof FsError && error.kind !== "io") return null;
  throw error;
}
