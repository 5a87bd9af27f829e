/**
 * What is in store for a datagram.
 *
 * @module
 */

import type { Faults } from "../faults.ts";
import { randomAt } from "./random.ts";

/** What may happen to a datagram besides waiting. */
export type Mishap = "drop" | "duplicate" | "reorder" | "corrupt";

/** The order of the shares: the first `drop` percent of all numbers, and so on. */
const MISHAPS = ["drop", "duplicate", "reorder", "corrupt"] as const;

/** Positions of the sequence that belong to one datagram, or block of a stream. */
const DRAWS = 4;

/** What is in store for one datagram. */
export interface Fate {
  /** What happens to it, if anything. */
  readonly mishap: Mishap | null;
  /** How long its answer waits, in milliseconds. */
  readonly wait: number;
}

/**
 * The fate of the n-th datagram of a sender, from 0.
 *
 * @example
 * ```ts
 * import { fateOf } from "./fate.ts";
 * const faults = { delay: 20, jitter: 0, drop: 0, duplicate: 100, reorder: 0, corrupt: 0, seed: 1 };
 * console.assert(fateOf(faults, 0).mishap === "duplicate");
 * console.assert(fateOf(faults, 0).wait === 20);
 * ```
 */
export function fateOf(faults: Required<Faults>, n: number): Fate {
  const { seed, delay, jitter } = faults;
  return {
    mishap: mishapAt(faults, randomAt(seed, n * DRAWS) * 100),
    wait: delay + randomAt(seed, n * DRAWS + 1) * jitter,
  };
}

function mishapAt(faults: Required<Faults>, share: number): Mishap | null {
  let end = 0;
  for (const mishap of MISHAPS) {
    end += faults[mishap];
    if (share < end) return mishap;
  }
  return null;
}

/** One bit of some bytes. */
export interface Bit {
  /** Which byte. */
  readonly at: number;
  /** The byte with only this bit set. */
  readonly mask: number;
}

/**
 * The bit that goes wrong in the n-th datagram of `length` bytes, or `null` when
 * it has none. It is in the second half: where a client has its sequence
 * number in front, it still knows which datagram it was.
 *
 * @example
 * ```ts
 * import { wrongBit } from "./fate.ts";
 * console.assert(wrongBit(1, 0, 100)!.at >= 50);
 * console.assert(wrongBit(1, 0, 0) === null);
 * ```
 */
export function wrongBit(seed: number, n: number, length: number): Bit | null {
  const first = length >> 1;
  return length === 0 ? null : bitWithin(seed, n, first, length - first);
}

/** A stream has at most one wrong bit in each so many bytes. */
export const WRONG_BLOCK = 1024;

/**
 * The bit of a stream that goes wrong in the n-th block of 1,024 bytes, from 0,
 * counted from the stream's first byte; or `null`.
 *
 * @example
 * ```ts
 * import { blockBit } from "./fate.ts";
 * const bit = blockBit({ seed: 1, corrupt: 100 }, 2)!;
 * console.assert(bit.at >= 2048 && bit.at < 3072);
 * ```
 */
export function blockBit(
  { seed, corrupt }: Pick<Required<Faults>, "seed" | "corrupt">,
  n: number,
): Bit | null {
  const isSpared = randomAt(seed, n * DRAWS) * 100 >= corrupt;
  return isSpared ? null : bitWithin(seed, n, n * WRONG_BLOCK, WRONG_BLOCK);
}

function bitWithin(
  seed: number,
  n: number,
  first: number,
  length: number,
): Bit {
  return {
    at: first + Math.floor(randomAt(seed, n * DRAWS + 2) * length),
    mask: 1 << Math.floor(randomAt(seed, n * DRAWS + 3) * 8),
  };
}
