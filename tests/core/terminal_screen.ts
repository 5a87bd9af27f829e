/**
 * A screen in memory: it obeys the escape sequences that lib/terminal writes
 * and fails at every other one, so that nothing unknown reaches a terminal.
 *
 * @module
 */

import { displayWidth, graphemes } from "../../lib/terminal/width.ts";

/** What is on a screen. */
export interface Screen {
  /** Obeys `text`. */
  write(text: string): void;
  /** The rows, without spaces and empty rows at their ends. */
  rows(): string[];
  /** Where the cursor is, from 0. */
  cursor(): { row: number; column: number };
  /** Changes the width; rows that are too long are broken. */
  resize(columns: number): void;
  /** Whether pastes come in brackets. */
  readonly brackets: boolean;
  /** How often the bell sounded. */
  readonly bells: number;
}

/** An empty screen, as high as need be. */
export function createScreen(columns: number): Screen {
  let width = columns;
  let rows: string[][] = [[]]; // A wide character is followed by "".
  let row = 0;
  let column = 0;
  let brackets = false;
  let bells = 0;

  function lineFeed(): void {
    row++;
    while (rows.length <= row) rows.push([]);
  }

  function put(char: string): void {
    const columns = displayWidth(char);
    if (columns === 0) {
      throw new Error(`nothing to see: ${JSON.stringify(char)}`);
    }
    if (column + columns > width) {
      lineFeed();
      column = 0;
    }
    const cells = rows[row]!;
    while (cells.length < column) cells.push(" ");
    if (cells[column] === "") cells[column - 1] = " ";
    if (cells[column + columns] === "") cells[column + columns] = " ";
    cells.splice(column, columns, char, ...(columns === 2 ? [""] : []));
    column += columns;
  }

  const controls: Record<string, (count: number) => void> = {
    A: (count) => row = Math.max(0, row - count),
    C: (count) => column = Math.min(width - 1, column + count),
    K: () => rows[row]!.splice(column),
    J: (mode) => {
      if (mode === 2) return void rows.splice(0, Infinity, []);
      if (row + column === 0 && rows.join("") !== "") {
        throw new Error("tmux would keep what is erased here");
      }
      rows[row]!.splice(column);
      rows.splice(row + 1);
    },
    H: () => [row, column] = [0, 0],
    m: () => {},
  };

  function control(sequence: string): void {
    if (sequence === "?2004h" || sequence === "?2004l") {
      brackets = sequence.endsWith("h");
      return;
    }
    const match = /^(\d*)([ACKJHm])$/.exec(sequence);
    if (match === null) throw new Error(`unknown sequence: ${sequence}`);
    const [, digits = "", name = ""] = match;
    controls[name]!(
      digits === "" ? name === "A" || name === "C" ? 1 : 0 : +digits,
    );
  }

  function char(char: string): void {
    if (char === "\r\n" || char === "\n") {
      lineFeed();
      column = 0;
    } else if (char === "\r") column = 0;
    else if (char === "\x07") bells++;
    else if (/^\p{Cc}/u.test(char)) {
      throw new Error(`raw control: ${JSON.stringify(char)}`);
    } else put(char);
  }

  return {
    write(text) {
      // deno-lint-ignore no-control-regex -- this is a terminal
      for (const part of text.split(/(\x1b\[[\x20-\x3f]*[\x40-\x7e])/)) {
        if (part.startsWith("\x1b[")) control(part.slice(2));
        else graphemes(part).forEach(char);
      }
    },
    rows() {
      const texts = rows.map((cells) => cells.join("").trimEnd());
      while (texts.at(-1) === "") texts.pop();
      return texts;
    },
    cursor: () => ({ row, column }),
    resize(columns) {
      const broken = rows.map((cells) => pieces(cells, columns));
      const above = broken.slice(0, row).reduce(
        (sum, each) => sum + each.length,
        0,
      );
      row = above + Math.floor(column / columns);
      column %= columns;
      rows = broken.flat();
      while (rows.length <= row) rows.push([]);
      width = columns;
    },
    get brackets() {
      return brackets;
    },
    get bells() {
      return bells;
    },
  };
}

/** A row in pieces of `columns` cells. */
function pieces(cells: readonly string[], columns: number): string[][] {
  const count = Math.max(1, Math.ceil(cells.length / columns));
  return Array.from(
    { length: count },
    (_, at) => cells.slice(at * columns, (at + 1) * columns),
  );
}
