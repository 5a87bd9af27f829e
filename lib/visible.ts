/**
 * Text from the network, made safe to show.
 *
 * @module
 */

/**
 * What a terminal obeys or hides instead of showing: C0, DEL and C1 controls,
 * lone surrogates, line and paragraph separators, and the marks that reorder
 * text from right to left.
 */
const UNSEEN = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

const SHORT: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Replaces every character that a terminal would obey or hide by its escape:
 * `\n`, `\x1b`, `\u202e`. The result is one line and cannot move a cursor,
 * change a title or reorder its neighbours. Backslashes stay as they are: the
 * text is for reading, not for turning back.
 *
 * @example
 * ```ts
 * import { visible } from "./visible.ts";
 * console.assert(visible("a\x1b[2Jb\n") === "a\\x1b[2Jb\\n");
 * ```
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, (char) => SHORT[char] ?? escape(char));
}

/** The same as {@linkcode visible}, with escapes that JSON strings know. */
export function visibleJson(json: string): string {
  return json.replace(UNSEEN, (char) => `\\u${hex(char, 4)}`);
}

function escape(char: string): string {
  return char < "\u0100" ? `\\x${hex(char, 2)}` : `\\u${hex(char, 4)}`;
}

function hex(char: string, digits: number): string {
  return char.charCodeAt(0).toString(16).padStart(digits, "0");
}
