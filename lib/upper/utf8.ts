/**
 * Where the characters of UTF-8 begin and end, in bytes that may be something
 * else.
 *
 * @module
 */

import type { Bytes } from "../bytes.ts";

/**
 * What begins at `at`: the length of a well-formed character, 1 to 4; 0 for a
 * byte that is not part of one (RFC 3629 section 4: no overlong forms, no
 * surrogates, nothing above U+10FFFF); `null` when the bytes end within what
 * may become one.
 *
 * @example
 * ```ts
 * import { characterLength } from "./utf8.ts";
 * console.assert(characterLength(new Uint8Array([0xc3, 0x9f]), 0) === 2);
 * console.assert(characterLength(new Uint8Array([0x9f]), 0) === 0);
 * console.assert(characterLength(new Uint8Array([0xc3]), 0) === null);
 * ```
 */
export function characterLength(bytes: Bytes, at: number): number | null {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length = announcedLength(first);
  if (length === 0) return 0;
  const second = bytes[at + 1];
  if (second === undefined) return null;
  if (!canBeSecond(first, second)) return 0;
  for (let more = 2; more < length; more++) {
    const byte = bytes[at + more];
    if (byte === undefined) return null;
    if (!isTail(byte)) return 0;
  }
  return length;
}

/**
 * How many bytes at the end, 0 to 3, may be the beginning of a character.
 *
 * @example
 * ```ts
 * import { unfinished } from "./utf8.ts";
 * console.assert(unfinished(new Uint8Array([0x61, 0xe2, 0x82])) === 2);
 * console.assert(unfinished(new Uint8Array([0xe2, 0x82, 0xac])) === 0);
 * ```
 */
export function unfinished(bytes: Bytes): number {
  const most = Math.min(3, bytes.length);
  for (let count = 1; count <= most; count++) {
    const at = bytes.length - count;
    if (isTail(bytes[at]!)) continue;
    return characterLength(bytes, at) === null ? count : 0;
  }
  return 0;
}

function isTail(byte: number): boolean {
  return byte >= 0x80 && byte < 0xc0;
}

/** The length that a first byte stands for; 0 for one that cannot be first. */
function announcedLength(first: number): number {
  if (first < 0xc2) return 0;
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf5 ? 4 : 0;
}

/** Some first bytes leave less to the second one than others. */
function canBeSecond(first: number, second: number): boolean {
  switch (first) {
    case 0xe0:
      return second >= 0xa0 && second < 0xc0;
    case 0xed:
      return second >= 0x80 && second < 0xa0;
    case 0xf0:
      return second >= 0x90 && second < 0xc0;
    case 0xf4:
      return second >= 0x80 && second < 0x90;
    default:
      return isTail(second);
  }
}
