/**
 * Letters that only one side knows: Unicode gets new ones, and server and
 * client may have different versions of it.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { lazy } from "../../lib/lazy.ts";
import { characterLength } from "../../lib/upper/utf8.ts";

/** Where two texts differ. */
export interface Place {
  /** What is expected. */
  readonly bytes: Bytes;
  /** Its first byte that is different. */
  readonly at: number;
}

/** How many bytes the two characters have from there on. */
export interface Lengths {
  /** Of the one that is expected. */
  readonly expected: number;
  /** Of the one that came. */
  readonly got: number;
}

const decoder = new TextDecoder();

/** Code points that this runtime's Unicode has no character for. */
const UNKNOWN: () => RegExp = lazy(() => /^\p{Cn}$/u);

/**
 * Whether two different characters differ because this runtime does not know
 * one of them: then how long they are, else `null`. `answer` is what came in
 * the place of `place`; `"cut"` when it ends within the character.
 *
 * @example
 * ```ts
 * import { unknownOnOneSide } from "./unknown.ts";
 * // ä is expected; what came is a code point that never gets a character.
 * const place = { bytes: new Uint8Array([0xc3, 0xa4]), at: 0 };
 * const answer = new Uint8Array([0xef, 0xbf, 0xbf]);
 * const lengths = unknownOnOneSide(place, answer);
 * console.assert(lengths !== null && lengths !== "cut" && lengths.got === 3);
 * ```
 */
export function unknownOnOneSide(
  { bytes, at }: Place,
  answer: Bytes,
): Lengths | "cut" | null {
  const start = startOf(bytes, at);
  const length = characterLength(bytes, start) ?? 0;
  // The bytes before the different one are the same on both sides.
  const got = Uint8Array.of(
    ...bytes.subarray(start, at),
    ...answer.subarray(0, 4),
  );
  const gotLength = characterLength(got, 0);
  if (length < 2 || gotLength === 0 || gotLength === 1) return null;
  if (gotLength === null) return "cut";
  const characters = [
    bytes.subarray(start, start + length),
    got.subarray(0, gotLength),
  ].map((character) => decoder.decode(character));
  if (!characters.some((character) => UNKNOWN().test(character))) return null;
  return { expected: start + length - at, got: start + gotLength - at };
}

/** Where the character begins that the byte at `at` is part of. */
function startOf(bytes: Bytes, at: number): number {
  let start = at;
  while (start > 0 && at - start < 3 && (bytes[start]! & 0xc0) === 0x80) {
    start--;
  }
  return start;
}
