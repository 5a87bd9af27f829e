/**
 * Contents that tell by themselves whether they are whole and whose they are.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";

/** Bytes `from` to `to` of an endless text that is another for each seed. */
export function contentOf(seed: number, to: number, from = 0): Bytes {
  const first = from >> 2;
  const words = new Uint32Array((to + 3 >> 2) - first);
  for (let at = 0; at < words.length; at++) {
    words[at] = Math.imul(at + first + 1, 2654435761) ^ Math.imul(seed, 40503);
  }
  const start = from - (first << 2);
  return new Uint8Array(words.buffer).subarray(start, start + to - from);
}

/** Whether two contents are the same. */
export function equal(one: Bytes, other: Bytes): boolean {
  return one.length === other.length &&
    one.every((byte, at) => byte === other[at]);
}
