/**
 * The row of the screen in which a line is edited.
 *
 * @module
 */

import type { Line } from "./line.ts";
import { type LineView, viewLine } from "./line_view.ts";
import { type Prompt, showPrompt } from "./prompt.ts";
import type { Terminal } from "./terminal.ts";

/** Draws a line, and what comes below it. */
export interface LineScreen extends Disposable {
  /** Draws `line` in place of what is there. */
  draw(prompt: Prompt, line: Line): void;
  /** Leaves the row as it is, writes `ending` behind it and goes below it. */
  leave(ending?: string): void;
  /** Empties the whole screen. */
  clear(): void;
  /** Sounds the bell. */
  bell(): void;
}

/** Columns that are left for the line, whatever the prompt is. */
const LEAST_ROOM = 20;

const NOTHING: LineView = { text: "", column: 0, width: 0, scroll: 0 };

/** A row on `terminal`. It is drawn anew when the size changes. */
export function createLineScreen(
  terminal: Pick<Terminal, "write" | "size" | "onResize">,
): LineScreen {
  let view = NOTHING;
  let last: { prompt: Prompt; line: Line } | undefined;

  function render(prompt: Prompt, line: Line): string {
    const { columns } = terminal.size();
    const room = Math.max(Math.floor(columns / 2), columns - LEAST_ROOM);
    view = viewLine(showPrompt(prompt, room), line, columns, view.scroll);
    return view.text;
  }

  /** Terminals break a row that got too long: what it was begins above. */
  function resized(): void {
    if (last === undefined) return;
    const up = Math.floor(view.column / terminal.size().columns);
    const home = up > 0 ? `\x1b[${up}A` : "";
    terminal.write(home + render(last.prompt, last.line));
  }

  const stop = terminal.onResize(resized);
  return {
    draw(prompt, line) {
      last = { prompt, line };
      terminal.write(render(prompt, line));
    },
    leave(ending = "") {
      const move = view.width > 0 ? `\r\x1b[${view.width}C` : "\r";
      terminal.write(`${move}${ending}\r\n`);
      [view, last] = [NOTHING, undefined];
    },
    clear: () => terminal.write("\x1b[H\x1b[2J"),
    bell: () => terminal.write("\x07"),
    [Symbol.dispose]: stop,
  };
}
