/**
 * What a mistyped name meant.
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";

/**
 * The name that was probably meant: it begins so, or is spelled like it.
 *
 * @example
 * ```ts
 * import { nearest } from "./nearest.ts";
 * console.assert(nearest(["retries", "timeout"], "tiemout") === "timeout");
 * console.assert(nearest(["retries", "timeout"], "x") === undefined);
 * ```
 */
export function nearest(
  names: readonly string[],
  word: string,
): string | undefined {
  const longer = names.find((name) => word && name.startsWith(word));
  if (longer !== undefined) return longer;
  const swapped = names.find((name) => letters(name) === letters(word));
  if (swapped !== undefined) return swapped;
  // Half of the word stands for "nothing like it": what is further away than
  // that is no typing mistake.
  const half = word.slice(0, Math.ceil(word.length / 2));
  const near = closestString(word.slice(0, 60), [...names, half]);
  return names.includes(near) ? near : undefined;
}

/** The same for words that differ by the order of their letters only. */
function letters(word: string): string {
  return [...word.slice(0, 60)].sort().join("");
}
