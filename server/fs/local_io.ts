/**
 * Reading and writing files without waiting for another thread where that is
 * the faster way.
 *
 * As long as the operating system has the bytes in its memory, or takes them
 * there, moving a piece takes less time than asking another thread to. When a
 * piece takes long the disk is the limit: then a thread of its own waits for
 * it, so that no other session has to.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";

/** Reads into a buffer, or writes from it; see `Deno.FsFile`. */
export interface FileIo {
  /** Bytes moved, at least one; `null` at the end of the file. */
  read(buffer: Bytes): Promise<number | null>;
  /** Bytes moved, at least one. */
  write(bytes: Bytes): Promise<number>;
}

/** What a file must be able to do. */
export type IoFile = Pick<
  Deno.FsFile,
  "read" | "readSync" | "write" | "writeSync"
>;

/**
 * Longest piece that is moved at once, in bytes. Who reads into a longer buffer
 * reads ahead, and wants another processor to do it.
 */
const PIECE = 1 << 19;
/**
 * A piece that takes longer, in milliseconds, shows a disk that is busy, or slow.
 * Every read of a disk waits for it; a write does only when there are too many.
 */
const SLOW = { read: 2, write: 5 };
/** Pieces that another thread moves before this one tries again. */
const PATIENCE = 16;

/**
 * Moves the bytes of `file`.
 *
 * @param now Milliseconds, to tell which pieces took long.
 *
 * @example
 * ```ts
 * import { fileIo } from "./local_io.ts";
 * const path = Deno.makeTempFileSync();
 * using file = Deno.openSync(path, { write: true });
 * console.assert(await fileIo(file).write(new Uint8Array(4)) === 4);
 * Deno.removeSync(path);
 * ```
 */
export function fileIo(
  file: IoFile,
  now: () => number = () => performance.now(),
): FileIo {
  let elsewhere = 0;
  const here = <T>(move: () => T, slow: number): Promise<T> => {
    const began = now();
    const moved = move();
    if (now() - began > slow) elsewhere = PATIENCE;
    return Promise.resolve(moved);
  };
  return {
    read(buffer) {
      if (buffer.length > PIECE) return file.read(buffer);
      if (elsewhere === 0) {
        return here(() => file.readSync(buffer), SLOW.read);
      }
      elsewhere -= 1;
      return file.read(buffer);
    },
    write(bytes) {
      if (elsewhere === 0) {
        return here(() => file.writeSync(bytes.subarray(0, PIECE)), SLOW.write);
      }
      elsewhere -= 1;
      return file.write(bytes);
    },
  };
}
