/**
 * Bytes in memory as a source.
 *
 * @module
 */

import type { Bytes, Source } from "../../lib/bytes.ts";

/**
 * A source of `bytes`, then its end.
 *
 * @example
 * ```ts
 * import { bytesSource } from "./bytes_source.ts";
 * const source = bytesSource(new Uint8Array([1, 2, 3]));
 * const buffer = new Uint8Array(2);
 * console.assert(await source.read(buffer) === 2);
 * console.assert(await source.read(buffer) === 1);
 * console.assert(await source.read(buffer) === null);
 * ```
 */
export function bytesSource(bytes: Bytes): Pick<Source, "read"> {
  let at = 0;
  return {
    read(buffer) {
      if (at === bytes.length) return Promise.resolve(null);
      const piece = bytes.subarray(at, at + buffer.length);
      buffer.set(piece);
      at += piece.length;
      return Promise.resolve(piece.length);
    },
  };
}
