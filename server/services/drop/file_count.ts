/**
 * Counting the files of a folder that others change, too.
 *
 * @module
 */

import { type Clock, systemClock } from "../../../lib/clock.ts";
import type { FileSystem } from "../../fs/file_system.ts";

/** Counts files, and says whether there is room for one more. */
export interface FileCount {
  /**
   * Takes a place for a file that is about to come; `null` when there is none.
   * Whoever takes one releases it, once: the file is counted from then on if
   * it came.
   */
  takePlace(): Promise<FilePlace | null>;
}

/** A place for one file. */
export interface FilePlace {
  /** The file came, or it did not. */
  release(came: boolean): void;
}

/** Options for {@linkcode fileCount}. */
export interface FileCountOptions {
  /** Whose milliseconds count. @default {systemClock} */
  clock?: Clock;
}

/** A folder is counted anew when the last count is so many ms old. */
const COUNT_LASTS = 1000;

/**
 * A count of everything in the root of `fs`, where `max` entries may be.
 *
 * Other programs come and take files, so the folder is counted again, at most
 * once a second: a big one takes a while.
 *
 * @throws {FsError} from `takePlace`, when the folder cannot be listed.
 *
 * @example
 * ```ts
 * import { memoryFileSystem } from "../../fs/memory.ts";
 * import { fileCount } from "./file_count.ts";
 * const count = fileCount(memoryFileSystem({ "/a": "" }), 2);
 * const place = await count.takePlace();
 * console.assert(place !== null && await count.takePlace() === null);
 * place?.release(false);
 * ```
 */
export function fileCount(
  fs: Pick<FileSystem, "list">,
  max: number,
  { clock = systemClock }: FileCountOptions = {},
): FileCount {
  let coming = 0;
  let last = { count: 0, at: -Infinity };
  let counting: Promise<void> | null = null;

  async function count(): Promise<void> {
    let count = 0;
    for await (const _ of await fs.list("/")) {
      if (++count >= max) break;
    }
    last = { count, at: clock.now() };
  }

  /** One count at a time, for all who wait for it. */
  async function refresh(): Promise<void> {
    if (clock.now() - last.at < COUNT_LASTS) return;
    counting ??= count().finally(() => counting = null);
    await counting;
  }

  function place(): FilePlace {
    coming++;
    let released = false;
    return {
      release(came) {
        if (released) return;
        released = true;
        coming--;
        if (came) last.count++;
      },
    };
  }

  return {
    async takePlace() {
      if (max === Infinity) return place();
      await refresh();
      return last.count + coming < max ? place() : null;
    },
  };
}
