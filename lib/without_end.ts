/**
 * Taking letters from the end of a text, in time that grows with the text.
 *
 * A regular expression such as `/\/+$/` begins anew at each slash, so 4 KiB of
 * them with a letter behind take 8 million steps: a command that costs its
 * sender nothing and everybody else 17 ms.
 *
 * @module
 */

/**
 * `text` without what stands at its end of `letters`; each of these is one UTF-16
 * code unit.
 *
 * @example
 * ```ts
 * import { withoutEnd } from "./without_end.ts";
 * console.assert(withoutEnd("/a/b//", "/") === "/a/b");
 * console.assert(withoutEnd("name. .", ". ") === "name");
 * ```
 */
export function withoutEnd(text: string, letters: string): string {
  let end = text.length;
  while (end > 0 && letters.includes(text[end - 1]!)) end--;
  return text.slice(0, end);
}
