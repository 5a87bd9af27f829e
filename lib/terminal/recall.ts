/**
 * Going up and down in the history while a line is typed.
 *
 * @module
 */

import { type Line, lineOf } from "./line.ts";

/** Where one is in the history. */
export interface Recall {
  /** The next older line, or the next younger one; nothing at the end. */
  move(line: Line, step: -1 | 1): Line | undefined;
}

/**
 * A walk that starts below the youngest of `lines`. What was typed on the way
 * is there again when one comes back.
 */
export function createRecall(lines: readonly string[]): Recall {
  const edited = new Map<number, string>();
  let index = lines.length;
  return {
    move(line, step) {
      const next = index + step;
      if (next < 0 || next > lines.length) return undefined;
      edited.set(index, line.text);
      index = next;
      return lineOf(edited.get(index) ?? lines[index] ?? "");
    },
  };
}
