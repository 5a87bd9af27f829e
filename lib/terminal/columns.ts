/**
 * Names side by side, as `ls` shows them.
 *
 * @module
 */

import { visible } from "../visible.ts";
import { displayWidth, padEnd, truncateMiddle } from "./width.ts";

/** Options for {@linkcode columns}. */
export interface ColumnsOptions {
  /** Styles a name after it was measured. @default names stay as they are */
  style?: (name: string, index: number) => string;
}

/** Spaces between columns. */
const GAP = 2;

/**
 * Lines that show `names` in as many columns as fit into `width`, each column
 * from top to bottom. Control characters are made visible, and a name that is
 * wider than a line is shortened in its middle.
 *
 * @example
 * ```ts
 * import { columns } from "./columns.ts";
 * const lines = columns(["a", "b", "c", "d"], 6);
 * console.assert(lines.join("\n") === "a  c\nb  d");
 * ```
 */
export function columns(
  names: readonly string[],
  width: number,
  { style = (name) => name }: ColumnsOptions = {},
): string[] {
  const cells = names.map((name) => truncateMiddle(visible(name), width));
  const widths = cells.map(displayWidth);
  const rows = fewestRows(widths, width);
  const wide = columnWidths(widths, rows);
  return Array.from({ length: rows }, (_, row) => {
    const line: string[] = [];
    for (let at = row; at < cells.length; at += rows) {
      const cell = cells[at]!;
      const last = at + rows >= cells.length;
      const pad = last ? "" : padEnd(cell, wide[(at - row) / rows]! + GAP);
      line.push(style(cell, at) + pad.slice(cell.length));
    }
    return line.join("");
  });
}

/** The fewest rows with which everything fits: the most columns. */
function fewestRows(widths: readonly number[], width: number): number {
  let count = Math.min(widths.length, Math.floor((width + GAP) / (1 + GAP)));
  for (; count > 1; count--) {
    const rows = Math.ceil(widths.length / count);
    const wide = columnWidths(widths, rows);
    const total = wide.reduce((sum, each) => sum + each + GAP, -GAP);
    if (total <= width) return rows;
  }
  return widths.length;
}

/** The widest of each column of `rows` rows. */
function columnWidths(widths: readonly number[], rows: number): number[] {
  const wide: number[] = [];
  widths.forEach((each, at) => {
    const column = Math.floor(at / rows);
    wide[column] = Math.max(wide[column] ?? 0, each);
  });
  return wide;
}
