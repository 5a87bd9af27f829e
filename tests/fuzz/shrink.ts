/**
 * Makes an input that fails smaller, as long as it still fails: delta
 * debugging after Zeller and Hildebrandt.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { joined, linesOf } from "./mutate.ts";

/** How long it goes on. */
export interface ShrinkOptions {
  /** Most inputs that are tried. @default {3000} */
  readonly tries?: number;
  /** Whether whole lines are left out first. @default {false} */
  readonly isScript?: boolean;
}

/**
 * The smallest input that is found and of which `fails` is still true.
 *
 * @example
 * ```ts
 * import { shrink } from "./shrink.ts";
 * const small = await shrink(
 *   new TextEncoder().encode("some (text) with brackets"),
 *   (input) => Promise.resolve(input.includes(40) && input.includes(41)),
 * );
 * console.assert(new TextDecoder().decode(small) === "()");
 * ```
 */
export async function shrink(
  input: Bytes,
  fails: (input: Bytes) => Promise<boolean>,
  { tries = 3000, isScript = false }: ShrinkOptions = {},
): Promise<Bytes> {
  let left = tries;
  const test = async (smaller: Bytes) => left-- > 0 && await fails(smaller);
  let least = input;
  if (isScript) {
    least = joined(await fewer(linesOf(least), (some) => test(joined(some))));
  }
  const bytes = Array.from(least, (byte) => Uint8Array.of(byte));
  least = joined(await fewer(bytes, (some) => test(joined(some))));
  return await plainer(least, test);
}

/** Leaves parts out: half of them, a quarter, and so on to each by itself. */
async function fewer(
  all: Bytes[],
  test: (some: Bytes[]) => Promise<boolean>,
): Promise<Bytes[]> {
  let parts = all;
  for (let size = Math.ceil(all.length / 2); size >= 1;) {
    const before = parts.length;
    for (let at = 0; at < parts.length;) {
      const rest = [...parts.slice(0, at), ...parts.slice(at + size)];
      if (await test(rest)) parts = rest;
      else at += size;
    }
    if (size > 1) size = Math.ceil(size / 2);
    else if (parts.length === before) break;
  }
  return parts;
}

const PLAIN = [..."a0 "].map((char) => char.charCodeAt(0));

/** Letters that do not matter become plain ones. */
async function plainer(
  input: Bytes,
  test: (input: Bytes) => Promise<boolean>,
): Promise<Bytes> {
  let least = input;
  for (let at = 0; at < input.length; at++) {
    for (const byte of PLAIN) {
      if (PLAIN.includes(least[at]!)) break;
      const changed = least.slice();
      changed[at] = byte;
      if (await test(changed)) least = changed;
    }
  }
  return least;
}
