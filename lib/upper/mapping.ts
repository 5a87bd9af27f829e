/**
 * Upper-casing as a server and its clients do it: of a stream that comes in
 * pieces, or of a whole text.
 *
 * @module
 */

import type { Bytes } from "../bytes.ts";
import { upperAscii } from "./ascii.ts";
import { upperUnicode } from "./unicode.ts";
import { unfinished } from "./utf8.ts";

/**
 * Which letters change.
 *
 * - `ascii`: `a` to `z`, in bytes of any charset; the length stays
 * - `unicode`: every letter of UTF-8 text; the length may change, up to
 *   threefold
 * - `turkish`: the same, with `İ` for `i`, as in Turkish and Azeri
 */
export type Casing = "ascii" | "unicode" | "turkish";

/** Upper-cases a stream, however it is cut. */
export interface Upper {
  /**
   * Takes the next piece, which may be changed, and returns what is ready:
   * that piece itself, or new bytes. Up to three bytes of a character that is
   * not complete are kept for later.
   */
  push(piece: Bytes): Bytes;
  /** What was kept, as it came: the stream has ended. */
  end(): Bytes;
}

const NOTHING: Bytes = new Uint8Array(0);

/**
 * Begins to upper-case a stream.
 *
 * @example
 * ```ts
 * import { upperStream } from "./mapping.ts";
 * const upper = upperStream("unicode");
 * const [first, rest] = [[0x61, 0xc3], [0xa4]].map((piece) =>
 *   upper.push(new Uint8Array(piece)).join()
 * );
 * console.assert(first === "65" && rest === "195,132"); // A, Ä
 * ```
 */
export function upperStream(casing: Casing): Upper {
  if (casing === "ascii") return { push: upperAscii, end: () => NOTHING };
  let kept = NOTHING;
  return {
    push(piece) {
      const all = kept.length === 0 ? piece : joined(kept, piece);
      const ready = all.length - unfinished(all);
      kept = all.slice(ready);
      return upperUnicode(all.subarray(0, ready), casing);
    },
    end() {
      const rest = kept;
      kept = NOTHING;
      return rest;
    },
  };
}

/**
 * The upper case of a whole text; `bytes` stay as they are.
 *
 * @example
 * ```ts
 * import { upperCase } from "./mapping.ts";
 * const bytes = new TextEncoder().encode("ﬁ ß");
 * console.assert(
 *   new TextDecoder().decode(upperCase(bytes, "unicode")) === "FI SS",
 * );
 * ```
 */
export function upperCase(bytes: Bytes, casing: Casing): Bytes {
  return casing === "ascii"
    ? upperAscii(bytes.slice())
    : upperUnicode(bytes.slice(), casing);
}

function joined(first: Bytes, second: Bytes): Bytes {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
