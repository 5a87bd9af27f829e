/**
 * Upper-casing of Unicode text, on bytes that may not all be UTF-8.
 *
 * The mapping is the runtime's full one (Unicode section 3.13, without
 * languages): `ß` becomes `SS`. It looks at one character at a time, so that
 * text may be cut between any two of them.
 *
 * @module
 */

import type { Bytes } from "../bytes.ts";
import { lazy } from "../lazy.ts";
import { upperAscii } from "./ascii.ts";
import { characterLength } from "./utf8.ts";

const encoder = new TextEncoder();
const strict = lazy(() =>
  new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
);

/** Whose letters: everybody's, or those of Turkish and Azeri. */
export type Letters = "unicode" | "turkish";

/** Maps the text of some whole characters. */
type TextMapping = (text: string) => string;

const MAPPINGS: Readonly<Record<Letters, TextMapping>> = {
  unicode: (text) => text.toUpperCase(),
  // The dot of an i stays there, because there is an i without a dot, too.
  turkish: (text) => text.replaceAll("i", "İ").toUpperCase(),
};

/**
 * Makes upper case of `bytes`, which hold whole characters; may be done in
 * place. Bytes that are not UTF-8 stay as they are.
 *
 * @example
 * ```ts
 * import { upperUnicode } from "./unicode.ts";
 * const bytes = new TextEncoder().encode("Gruß");
 * console.assert(new TextDecoder().decode(upperUnicode(bytes)) === "GRUSS");
 * const odd = upperUnicode(new Uint8Array([0x61, 0xff, 0x62]));
 * console.assert(odd.join() === "65,255,66");
 * ```
 */
export function upperUnicode(
  bytes: Bytes,
  letters: Letters = "unicode",
): Bytes {
  const mapping = MAPPINGS[letters];
  if (letters === "unicode" && isAscii(bytes)) return upperAscii(bytes);
  const text = decode(bytes);
  if (text !== null) return encoder.encode(mapping(text));
  return upperAround(bytes, mapping);
}

function isAscii(bytes: Bytes): boolean {
  let seen = 0;
  for (let at = 0; at < bytes.length; at++) seen |= bytes[at]!;
  return seen < 0x80;
}

function decode(bytes: Bytes): string | null {
  try {
    return strict().decode(bytes);
  } catch {
    return null;
  }
}

/**
 * Upper-cases what is between the bytes that are not UTF-8. These go through
 * it as NUL, which no character maps to and which maps to itself, and come
 * back in order.
 */
function upperAround(bytes: Bytes, mapping: TextMapping): Bytes {
  const masked = bytes.slice();
  const nuls: number[] = [];
  for (let at = 0; at < masked.length;) {
    const length = characterLength(masked, at) ?? 0;
    if (length === 0 || masked[at] === 0) {
      nuls.push(masked[at]!);
      masked[at] = 0;
    }
    at += length || 1;
  }
  const mapped = encoder.encode(mapping(strict().decode(masked)));
  let next = 0;
  for (let at = 0; next < nuls.length; at++) {
    if (mapped[at] === 0) mapped[at] = nuls[next++]!;
  }
  return mapped;
}
