/**
 * A file system that leaves room on its disk.
 *
 * @module
 */

import type { Sink } from "../../lib/bytes.ts";
import { parentPath } from "../../lib/ftp/path.ts";
import { type FileSystem, FsError } from "./file_system.ts";
import { wrapped } from "./wrapped.ts";

/** Bytes that an upload writes between two looks at the disk. */
const BETWEEN_LOOKS = 8 << 20;

/**
 * `fs` where uploads fail with `no-space` when fewer than `reserve` bytes would
 * be left on the disk.
 *
 * Every upload looks when it begins and after each 8 MiB, so that all of them
 * together take at most so much too much each. Where the space can't be told,
 * nothing can be stored: a promise that can't be kept is not given.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { keepFree } from "./keep_free.ts";
 * import { memoryFileSystem } from "./memory.ts";
 * const fs = keepFree(memoryFileSystem({}, { capacity: 100 }), 100);
 * await assertRejects(() => fs.write("/a", { mode: "new" }), Error, "space");
 * ```
 */
export function keepFree(fs: FileSystem, reserve: number): FileSystem {
  const space = async (path: string) => {
    const left = await fs.space(path);
    return left === null ? null : Math.max(0, left - reserve);
  };
  const look = async (path: string) => {
    const left = await space(path);
    if (left === null) throw new FsError("no-space", UNKNOWN);
    if (left === 0) throw new FsError("no-space");
    return Math.min(left, BETWEEN_LOOKS);
  };
  return wrapped(fs, {
    space,
    async write(path, how) {
      const folder = parentPath(path);
      const first = await look(folder);
      return looking(await fs.write(path, how), first, () => look(folder));
    },
    async makeDirectory(path) {
      await look(parentPath(path));
      await fs.makeDirectory(path);
    },
  });
}

const UNKNOWN = "How much space is left can't be told, so nothing is stored.";

/** A sink that looks again when `left` bytes have been written. */
function looking(
  sink: Sink,
  left: number,
  look: () => Promise<number>,
): Sink {
  return {
    async write(bytes) {
      if (left <= 0) left = await look();
      const count = await sink.write(bytes.subarray(0, left));
      left -= count;
      return count;
    },
    close: () => sink.close(),
    abort: () => sink.abort(),
  };
}
