/**
 * Bars that show how far transfers are.
 *
 * @module
 */

import { type Clock, systemClock } from "../clock.ts";
import { visible } from "../visible.ts";
import { createLiveBlock } from "./live_block.ts";
import { endText, namedLine } from "./progress_line.ts";
import {
  type Active,
  activeText,
  addActive,
  advance,
  boardLines,
  emptyBoard,
  remove,
} from "./progress_state.ts";
import { styles } from "./styles.ts";
import type { Terminal } from "./terminal.ts";

/** Where a board is shown: a {@linkcode Terminal}, or the part of it needed. */
export type ProgressOutput = Pick<
  Terminal,
  "display" | "color" | "size" | "write"
>;

/** Options for {@linkcode createProgressBoard}. */
export interface ProgressBoardOptions {
  /** Time. @default {systemClock} */
  clock?: Clock;
  /** Columns to use. @default those the output has */
  columns?: number;
  /** Whether to use colours. @default what the output says */
  color?: boolean;
  /** Shows nothing at all, notes included. @default {false} */
  quiet?: boolean;
}

/** What is known when a transfer starts. */
export interface ProgressStart {
  /** The name to show; control characters are made visible. */
  name: string;
  /** Bytes the file will have. @default unknown */
  size?: number | null | undefined;
  /** Bytes that are there already and will not be transferred. @default {0} */
  position?: number;
}

/** One transfer on a board. After `done` or `failed` it shows no more. */
export interface ProgressBar {
  /** `position` bytes of the file are there, of `size` if that is known now. */
  update(position: number, size?: number | null): void;
  /**
   * The transfer goes on at `position`, forward or back. Unlike with `update`,
   * the way there was not transferred and is not part of the rate.
   */
  resume(position: number): void;
  /**
   * It is complete. Prints a line with `text`, nothing when that is `""`, and
   * size, time and rate when there is none.
   */
  done(text?: string): void;
  /** It failed. Prints a line with `text`, unless that is `""`. */
  failed(text: string): void;
}

/** Bars of transfers that go on at the same time. */
export interface ProgressBoard extends Disposable {
  /** Adds a transfer. */
  start(options: ProgressStart): ProgressBar;
  /** How many files and bytes there will be in all, as far as that is known. */
  total(files: number, bytes?: number | null): void;
  /** Prints lines above the bars; control characters are made visible. */
  note(text: string): void;
  /** Takes the bars away. Safe to call more than once. */
  close(): void;
}

/** The least time between two drawings. */
const FRAME_MS = 100;
/** How often it looks whether something stands still. */
const SCREEN_TICK_MS = 250;
const PLAIN_TICK_MS = 1_000;
/** How often a long transfer is spoken of where there are no bars. */
const REPORT_MS = 10_000;

/**
 * A board on `output`. A screen shows a bar for each transfer, as many as it
 * has room for, and a line for all of them when there are several; it is drawn
 * at most ten times a second. Anything else gets a line when a transfer ends,
 * and one every ten seconds while it goes on.
 *
 * Has a timer as long as a transfer is under way; `close` ends it.
 *
 * @example
 * ```ts
 * import { createProgressBoard } from "./progress.ts";
 * let text = "";
 * const board = createProgressBoard({
 *   display: "none",
 *   color: false,
 *   size: () => ({ columns: 80, rows: 24 }),
 *   write: (more) => text += more,
 * });
 * const bar = board.start({ name: "a.txt", size: 5 });
 * bar.update(5);
 * bar.done();
 * board.close();
 * console.assert(text.startsWith("a.txt: 5 B in 0:00"));
 * ```
 */
export function createProgressBoard(
  output: ProgressOutput,
  options: ProgressBoardOptions = {},
): ProgressBoard {
  const { clock = systemClock, quiet = false } = options;
  const style = styles(options.color ?? output.color);
  const screen = output.display === "screen";
  const block = createLiveBlock(output);
  const state = emptyBoard(clock.now());
  const above: string[] = []; // Lines that the next drawing prints.
  let drawn = -Infinity;
  let ticking: AbortController | undefined;

  function print(line: string): void {
    if (quiet) return;
    if (screen) above.push(line);
    else output.write(`${line}\n`);
  }

  function draw(): void {
    if (!screen || quiet) return;
    drawn = clock.now();
    const size = output.size();
    const { columns = size.columns } = options;
    const lines = boardLines(state, { ...size, columns }, style, drawn);
    block.draw(lines, above.splice(0));
  }

  /** Draws, unless it was done just now; then the next tick does. */
  function show(): void {
    if (clock.now() - drawn >= FRAME_MS) draw();
  }

  /** Speaks of long transfers where there are no bars. */
  function report(): void {
    const now = clock.now();
    for (const each of state.active) {
      if (screen || now - each.reported < REPORT_MS) continue;
      each.reported = now;
      print(namedLine(each.name, activeText(each, now)));
    }
  }

  async function tick(signal: AbortSignal): Promise<void> {
    while (state.active.size > 0 || above.length > 0) {
      await clock.sleep(screen ? SCREEN_TICK_MS : PLAIN_TICK_MS, signal);
      report();
      show();
    }
    ticking = undefined;
  }

  function keepTicking(): void {
    if (quiet || ticking) return;
    ticking = new AbortController();
    tick(ticking.signal).catch(() => {}); // Called off.
  }

  function stopTicking(): void {
    ticking?.abort();
    ticking = undefined;
  }

  function finish(active: Active, complete: boolean, line: string): void {
    if (!state.active.has(active)) return;
    remove(state, active, complete);
    if (line !== "") print(line);
    show();
    if (state.active.size === 0 && above.length === 0) stopTicking();
  }

  function barOf(active: Active): ProgressBar {
    const { name, meter, started } = active;
    return {
      update(position, size) {
        if (!state.active.has(active)) return;
        advance(state, active, position, clock.now());
        if (size !== undefined) active.size = size;
        show();
      },
      resume(position) {
        active.position = position;
        show();
      },
      done(text) {
        const { position } = active;
        const end = { position, came: meter.bytes, ms: clock.now() - started };
        const said = text ?? endText(end);
        finish(active, true, said && namedLine(name, said));
      },
      failed(text) {
        finish(active, false, text && style.red(namedLine(name, text)));
      },
    };
  }

  function close(): void {
    stopTicking();
    state.active.clear();
    state.files = state.started = 0;
    draw();
  }

  return {
    start({ name, size = null, position = 0 }) {
      const active = addActive(state, { name, size, position }, clock.now());
      keepTicking();
      show();
      return barOf(active);
    },
    total(files, bytes = null) {
      state.files = files;
      state.planned = bytes;
      show();
    },
    note(text) {
      for (const line of text.split("\n")) print(visible(line));
      draw();
    },
    close,
    [Symbol.dispose]: close,
  };
}
