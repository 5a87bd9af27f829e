/**
 * A file system in which files stay below a size.
 *
 * @module
 */

import type { Sink } from "../../lib/bytes.ts";
import { type FileSystem, FsError, type WriteMode } from "./file_system.ts";
import { wrapped } from "./wrapped.ts";

/**
 * `fs` where no file is stored with more than `max` bytes: the write that would
 * pass them throws `too-large` and writes nothing.
 *
 * Several that append to one file at once can't pass them together, save by
 * what each of them is just writing.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { limitedSize } from "./limited_size.ts";
 * import { memoryFileSystem } from "./memory.ts";
 * const fs = limitedSize(memoryFileSystem(), 10);
 * const sink = await fs.write("/a", { mode: "replace" });
 * await assertRejects(() => sink.write(new Uint8Array(11)), Error, "too large");
 * await sink.abort();
 * ```
 */
export function limitedSize(fs: FileSystem, max: number): FileSystem {
  return wrapped(fs, {
    async write(path, how) {
      const base = await sizeBefore(fs, path, how);
      requireAtMost(base, max);
      const size = how.mode === "append"
        ? (mine: number) => grown(fs, path, mine)
        : (mine: number) => mine;
      return limited(await fs.write(path, how), { base, max, size });
    },
  });
}

function requireAtMost(size: number, max: number): void {
  if (size <= max) return;
  throw new FsError("too-large", `File too large (more than ${max} bytes).`);
}

/** What the file has in front of the first byte that is written. */
async function sizeBefore(
  fs: FileSystem,
  path: string,
  how: WriteMode,
): Promise<number> {
  if (how.mode === "replace" || how.mode === "new") return 0;
  const size = await sizeOf(fs, path);
  // An offset behind the end is another mistake.
  return how.mode === "at" && how.offset <= size ? how.offset : size;
}

async function sizeOf(fs: FileSystem, path: string): Promise<number> {
  try {
    return (await fs.stat(path)).size;
  } catch (error) {
    if (error instanceof FsError) return 0;
    throw error;
  }
}

/** Others may have appended meanwhile. */
async function grown(
  fs: FileSystem,
  path: string,
  mine: number,
): Promise<number> {
  return Math.max(mine, await sizeOf(fs, path));
}

interface Limit {
  base: number;
  max: number;
  size: (mine: number) => number | Promise<number>;
}

function limited(sink: Sink, { base, max, size }: Limit): Sink {
  let mine = base;
  return {
    async write(bytes) {
      const now = size(mine);
      requireAtMost(
        (typeof now === "number" ? now : await now) + bytes.length,
        max,
      );
      const count = await sink.write(bytes);
      mine += count;
      return count;
    },
    close: () => sink.close(),
    abort: () => sink.abort(),
  };
}
