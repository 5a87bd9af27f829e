/**
 * Chance that can be repeated.
 *
 * @module
 */

/**
 * The number at a position of the sequence that belongs to `seed`: at least 0,
 * below 1, with 32 bits.
 *
 * It is SplitMix32: the seed plus `position` times the golden ratio, mixed. Any
 * position is found at once, so that what happens to the seventh datagram does
 * not depend on what was asked about the six before it. Not for secrets.
 *
 * @example
 * ```ts
 * import { randomAt } from "./random.ts";
 * console.assert(randomAt(1, 7) === randomAt(1, 7));
 * console.assert(randomAt(1, 7) !== randomAt(2, 7));
 * ```
 */
export function randomAt(seed: number, position: number): number {
  let mixed = seed + Math.imul(position, 0x9e3779b9) | 0;
  mixed = Math.imul(mixed ^ mixed >>> 16, 0x21f0aaad);
  mixed = Math.imul(mixed ^ mixed >>> 15, 0x735a2d97);
  return ((mixed ^ mixed >>> 15) >>> 0) / 2 ** 32;
}
