/**
 * Upper-casing of ASCII letters, on bytes.
 *
 * Nothing but `a` to `z` changes, and the length never does: it does not
 * matter where the bytes are cut, nor which charset they are in, as long as it
 * holds ASCII. It is what Python's `bytes.upper()` does.
 *
 * @module
 */

import type { Bytes } from "../bytes.ts";

const WORD = 4;

/**
 * Makes upper case of the ASCII letters in `bytes`, in place, and returns them.
 *
 * @example
 * ```ts
 * import { upperAscii } from "./ascii.ts";
 * const bytes = new TextEncoder().encode("straße");
 * console.assert(new TextDecoder().decode(upperAscii(bytes)) === "STRAßE");
 * ```
 */
export function upperAscii(bytes: Bytes): Bytes {
  const { buffer, byteOffset, length } = bytes;
  const start = -byteOffset & (WORD - 1);
  const count = Math.floor((length - start) / WORD);
  if (count < 1) return upperBytes(bytes);
  upperBytes(bytes.subarray(0, start));
  upperWords(new Uint32Array(buffer, byteOffset + start, count));
  upperBytes(bytes.subarray(start + count * WORD));
  return bytes;
}

function upperBytes(bytes: Bytes): Bytes {
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte >= 0x61 && byte <= 0x7a) bytes[at] = byte - 0x20;
  }
  return bytes;
}

/**
 * Four bytes at a time, which is twice as fast. Without its top bit a byte
 * plus 0x1f has that bit from `a` on, and plus 0x05 from behind `z` on: no sum
 * reaches the byte beside it. Shifted by two, that bit is the case of a letter.
 */
function upperWords(words: Uint32Array): void {
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const low = word & 0x7f7f7f7f;
    const fromA = low + 0x1f1f1f1f;
    const behindZ = low + 0x05050505;
    words[at] = word ^ ((fromA & ~behindZ & ~word & 0x80808080) >>> 2);
  }
}
