/**
 * Buffers for transfers, within a budget for the whole server.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";

/** Lends buffers to transfers. */
export interface BufferPool {
  /**
   * A buffer of at most `longest` bytes, 64 KiB to 1 MiB: the more are lent,
   * the shorter.
   */
  lend(longest?: number): Bytes;
  /** Takes one back; `reusable` when nothing can write to it any more. */
  giveBack(buffer: Bytes, reusable: boolean): void;
}

const LONGEST = 1 << 20;
const SHORTEST = 1 << 16;
/** Bytes of returned buffers that are kept for the next ones. */
const KEPT = 4 << 20;

/**
 * A pool that lends about `budget` bytes in all. Few transfers get the long
 * buffers that make them fast; many share, down to 64 KiB each.
 *
 * @example
 * ```ts
 * import { bufferPool } from "./buffers.ts";
 * const pool = bufferPool(64 << 20);
 * console.assert(pool.lend().length === 1 << 20);
 * ```
 */
export function bufferPool(budget: number = 64 << 20): BufferPool {
  let lent = 0;
  const kept: Bytes[] = [];
  let keptBytes = 0;
  return {
    lend(longest = LONGEST) {
      lent += 1;
      const share = budget / lent;
      let length = longest;
      while (length > share && length > SHORTEST) length /= 2;
      const at = kept.findIndex((buffer) => buffer.length === length);
      if (at < 0) return new Uint8Array(length);
      keptBytes -= length;
      return kept.splice(at, 1)[0]!;
    },
    giveBack(buffer, reusable) {
      lent -= 1;
      if (!reusable || keptBytes + buffer.length > KEPT) return;
      keptBytes += buffer.length;
      kept.push(buffer);
    },
  };
}
