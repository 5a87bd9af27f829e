/**
 * What a text must contain.
 *
 * @module
 */

/** Options for {@linkcode containing}. */
export interface PatternOptions {
  /** Whether `A` is as good as `a`. @default {false} */
  ignoreCase?: boolean;
}

/**
 * A function that tells which texts contain `pattern`, where `*` stands for
 * anything, also for nothing; `\*` is a star, `\\` a backslash.
 *
 * It is no regular expression on purpose: the runtime's own take a time that
 * grows without bound with some patterns, and strangers write the texts. This
 * looks at each text once, from left to right.
 *
 * @example
 * ```ts
 * import { containing } from "./pattern.ts";
 * const isFull = containing("disk*full");
 * console.assert(isFull("the disk sda1 is full"));
 * console.assert(!isFull("full of disks"));
 * ```
 */
export function containing(
  pattern: string,
  { ignoreCase = false }: PatternOptions = {},
): (text: string) => boolean {
  const folded = (text: string) => ignoreCase ? text.toLowerCase() : text;
  const pieces = piecesOf(folded(pattern));
  return (text) => {
    const searched = folded(text);
    let at = 0;
    for (const piece of pieces) {
      const found = searched.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return true;
  };
}

/** What stands between the stars. */
function piecesOf(pattern: string): string[] {
  const pieces = [""];
  const parts = pattern.match(/\\[\\*]|\*|[^*\\]+|\\/g) ?? [];
  for (const part of parts) {
    if (part === "*") pieces.push("");
    else pieces[pieces.length - 1] += /^\\./.test(part) ? part[1]! : part;
  }
  return pieces.filter((piece) => piece !== "");
}
