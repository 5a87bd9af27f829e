/**
 * Bytes from a stranger as text for a person.
 *
 * @module
 */

import type { Bytes } from "../../../lib/bytes.ts";
import { characterLength } from "../../../lib/upper/utf8.ts";
import { visible } from "../../../lib/visible.ts";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The text of `bytes`, exactly; `null` when they are not UTF-8.
 *
 * @example
 * ```ts
 * import { utf8Text } from "./text.ts";
 * console.assert(utf8Text(new Uint8Array([0xc3, 0x9f])) === "ß");
 * console.assert(utf8Text(new Uint8Array([0xff])) === null);
 * ```
 */
export function utf8Text(bytes: Bytes): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}

/**
 * What `bytes` say, in one line that no terminal obeys: control characters
 * are shown as `\n` or `\x1b`, bytes that are not UTF-8 as `\xff`. Backslashes
 * stay as they are.
 *
 * @example
 * ```ts
 * import { shownText } from "./text.ts";
 * const bytes = new Uint8Array([0x61, 0xff, 0x1b, 0x0a]);
 * console.assert(shownText(bytes) === "a\\xff\\x1b\\n");
 * ```
 */
export function shownText(bytes: Bytes): string {
  const text = utf8Text(bytes);
  return text === null ? mixedText(bytes) : visible(text);
}

/** Text and bytes that are none, in turns. */
function mixedText(bytes: Bytes): string {
  let text = "";
  let start = 0;
  for (let at = 0; at < bytes.length;) {
    const length = characterLength(bytes, at) ?? 0;
    if (length === 0) {
      text += visible(strict.decode(bytes.subarray(start, at)));
      text += escaped(bytes[at]!);
      start = at + 1;
    }
    at += length || 1;
  }
  return text + visible(strict.decode(bytes.subarray(start)));
}

function escaped(byte: number): string {
  return `\\x${byte.toString(16)}`;
}
