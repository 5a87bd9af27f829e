/**
 * Lines at the bottom of the screen that are drawn over and over.
 *
 * @module
 */

import { rowsOf } from "./progress_line.ts";
import type { Terminal } from "./terminal.ts";

/** Lines that change while others are printed above them. */
export interface LiveBlock {
  /** Prints `above` for good, then draws `lines` below where they differ. */
  draw(lines: readonly string[], above: readonly string[]): void;
}

/**
 * Erases this row and all below. Some terminals take an erasure that begins in
 * the corner for the end of a page and keep what was there; hence the step.
 */
const ERASE = "\x1b[K\x1b[C\x1b[J\r";

/**
 * A block with no lines. The cursor waits at the end of its last line. When
 * the screen gets narrower it breaks the lines; that is reckoned with.
 */
export function createLiveBlock(
  output: Pick<Terminal, "write" | "size">,
): LiveBlock {
  let drawn: readonly string[] = [];
  let shown = ""; // The columns and lines that were drawn.

  return {
    draw(lines, above) {
      if (lines.length + above.length + drawn.length === 0) return;
      const { columns } = output.size();
      const state = JSON.stringify([columns, lines]);
      if (state === shown && above.length === 0) return;
      const rows = drawn.reduce((sum, line) => sum + rowsOf(line, columns), 0);
      const home = rows > 1 ? `\r\x1b[${rows - 1}A` : "\r";
      const printed = above.map((line) => `${line}\x1b[K\r\n`).join("");
      const block = lines.map((line) => `${line}\x1b[K`).join("\r\n");
      const rest = lines.length > 0 ? "\x1b[J" : ERASE;
      output.write(home + printed + block + rest);
      [drawn, shown] = [lines, state];
    },
  };
}
