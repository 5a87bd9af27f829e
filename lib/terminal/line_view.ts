/**
 * A line as it is shown: in one row, scrolled sideways where it is too long.
 *
 * One row, because it can be drawn anew without knowing where on the screen
 * it is, and because terminals do not agree on how rows are broken.
 *
 * @module
 */

import { visible } from "../visible.ts";
import type { Line } from "./line.ts";
import type { ShownPrompt } from "./prompt.ts";
import { clusterWidth, displayWidth, graphemes } from "./width.ts";

/** What to write, and where the cursor is then. */
export interface LineView {
  /** Draws the row, erases what is below, puts the cursor in its place. */
  readonly text: string;
  /** The column of the cursor, from 0. */
  readonly column: number;
  /** The columns that are in use. */
  readonly width: number;
  /** Columns of the line that are left out at its beginning. */
  readonly scroll: number;
}

/** A character as it is shown. */
interface Cell {
  /** Its position in the text. */
  readonly at: number;
  readonly shown: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Shows `line` after `prompt` in a row of `columns`. The last column stays
 * free: a character there would leave the cursor between two rows. `scroll` is
 * that of the view before, so that the line does not jump with every key.
 */
export function viewLine(
  prompt: ShownPrompt,
  line: Line,
  columns: number,
  scroll: number,
): LineView {
  const room = Math.max(4, columns - prompt.width - 1);
  const cells = cellsOf(line.text);
  const whole = cells.at(-1)?.to ?? 0;
  const cursor = cells.find((cell) => cell.at >= line.cursor)?.from ?? whole;
  const from = scrollTo(cursor, whole, room, scroll);
  const shown = cut(cells, from, room, whole);
  const column = prompt.width + cursor - from;
  const move = column > 0 ? `\r\x1b[${column}C` : "\r";
  return {
    text: `\r${prompt.text}${shown}\x1b[J${move}`,
    column,
    width: prompt.width + displayWidth(shown),
    scroll: from,
  };
}

/** The characters of `text` with their columns. */
function cellsOf(text: string): Cell[] {
  let [at, from] = [0, 0];
  return graphemes(text).map((char) => {
    const shown = visible(char);
    const to = from + graphemeWidth(char, shown);
    const cell = { at, shown, from, to };
    [at, from] = [at + char.length, to];
    return cell;
  });
}

/** Most characters show as what they are, and need not be looked at twice. */
function graphemeWidth(char: string, shown: string): number {
  return shown === char ? clusterWidth(char) : displayWidth(shown);
}

/** How many columns to leave out so that the cursor and its neighbours show. */
function scrollTo(
  cursor: number,
  whole: number,
  room: number,
  scroll: number,
): number {
  if (whole <= room - 1) return 0;
  const most = Math.max(0, whole - room + 2);
  const seen = cursor >= scroll + 2 && cursor <= scroll + room - 3;
  const wanted = seen ? scroll : cursor - Math.floor(room / 2);
  return Math.max(0, Math.min(wanted, most));
}

/** The part of a line that shows, with `<` and `>` where it goes on. */
function cut(
  cells: readonly Cell[],
  from: number,
  room: number,
  whole: number,
): string {
  if (from === 0 && whole <= room - 1) {
    return cells.map((cell) => cell.shown).join("");
  }
  const more = whole - from > room - 1;
  const first = from > 0 ? from + 1 : 0;
  const last = from + room - (more ? 1 : 0);
  const inside = cells.filter((cell) => cell.from >= first && cell.to <= last);
  const pad = " ".repeat(Math.max(0, (inside[0]?.from ?? first) - first));
  const text = pad + inside.map((cell) => cell.shown).join("");
  return (from > 0 ? "<" : "") + text +
    (more
      ? " ".repeat(Math.max(0, last - first - displayWidth(text))) + ">"
      : "");
}
