/**
 * Names of files: which can be listed, and in which order.
 *
 * @module
 */

/** What `NAME_MAX` is on the usual file systems, in bytes of UTF-8. */
export const MAX_NAME_BYTES = 255;

/**
 * Whether a listing can show the name on one line.
 *
 * @example
 * ```ts
 * import { isOneLine } from "./names.ts";
 * console.assert(!isOneLine("a\nb"));
 * ```
 */
export function isOneLine(name: string): boolean {
  return !/[\r\n\0]/.test(name);
}

/**
 * Whether a virtual path is the folder or below it.
 *
 * @example
 * ```ts
 * import { isIn } from "./names.ts";
 * console.assert(isIn("/a/b", "/a") && isIn("/a", "/") && !isIn("/ab", "/a"));
 * ```
 */
export function isIn(path: string, folder: string): boolean {
  return folder === "/" || path === folder || path.startsWith(`${folder}/`);
}

/**
 * Sorts names in place as their UTF-8 bytes would be sorted.
 *
 * Code units differ from that order only where one of them is a surrogate:
 * characters beyond U+FFFF come after those from U+E000 to U+FFFF.
 *
 * @example
 * ```ts
 * import { sortNames } from "./names.ts";
 * const names = ["\u{1F600}", "\uFF5E"];
 * sortNames(names);
 * console.assert(names[0] === "\uFF5E");
 * ```
 */
export function sortNames(names: string[]): void {
  // The built-in order is three times as fast.
  if (names.some((name) => SURROGATE.test(name))) names.sort(compareNames);
  else names.sort();
}

const SURROGATE = /[\ud800-\udfff]/;

/**
 * Compares names as their UTF-8 bytes compare: below zero when `a` comes first.
 *
 * @example
 * ```ts
 * import { compareNames } from "./names.ts";
 * console.assert(compareNames("\u{1F600}", "\uFF5E") > 0);
 * ```
 */
export function compareNames(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const x = a.charCodeAt(at);
    const y = b.charCodeAt(at);
    if (x !== y) return order(x) - order(y);
  }
  return a.length - b.length;
}

/** Moves surrogates behind all other code units. */
function order(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
