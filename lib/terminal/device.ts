/**
 * The terminal this program was started in: the one file of the folder that
 * knows the runtime.
 *
 * @module
 */

import { writeErr, writeOut } from "../cli/output.ts";
import type { Clock } from "../clock.ts";
import {
  createTerminal,
  type Display,
  type Terminal,
  type TerminalDevice,
  type TerminalSize,
} from "./terminal.ts";

/** Options for {@linkcode openTerminal}. */
export interface OpenTerminalOptions {
  /**
   * Where prompts and progress go. `stderr` keeps data on the standard output
   * apart from talk.
   *
   * @default {"stderr"}
   */
  output?: "stdout" | "stderr";
  /**
   * The value of `TERM`. Unset or `dumb` is a terminal without a movable
   * cursor; Windows sets none and needs none.
   */
  term?: string | undefined;
  /** The value of `NO_COLOR`. Anything but nothing means no colours. */
  noColor?: string | undefined;
  /** Time for lone escapes and progress. @default {systemClock} */
  clock?: Clock;
}

/** Bytes that are read at once. */
const CHUNK = 4096;

/** What a terminal is taken for that does not tell its size. */
const UNKNOWN_SIZE: TerminalSize = { columns: 80, rows: 24 };

/** Asks the terminal to put pastes in brackets, or no longer. */
const PASTE_ON = "\x1b[?2004h";
const PASTE_OFF = "\x1b[?2004l";

/**
 * The terminal on the standard input and output. Environment variables are
 * handed in, because reading one needs a permission.
 *
 * The runtime makes the terminal cooked again when the program exits. A
 * signal that kills the program does not: whoever reads keys also listens to
 * signals (`stopSignals`) and passes its signal on.
 *
 * @example
 * ```ts
 * import { openTerminal } from "./device.ts";
 * const terminal = openTerminal({ term: "dumb" });
 * console.assert(!terminal.interactive);
 * ```
 */
export function openTerminal(options: OpenTerminalOptions = {}): Terminal {
  const { clock } = options;
  return createTerminal(terminalDevice(options), clock ? { clock } : {});
}

/**
 * The device under {@linkcode openTerminal}.
 *
 * @example
 * ```ts
 * import { terminalDevice } from "./device.ts";
 * console.assert(terminalDevice({ term: "xterm", noColor: "1" }).color === false);
 * ```
 */
export function terminalDevice(
  { output = "stderr", term, noColor }: OpenTerminalOptions = {},
): TerminalDevice {
  const display = displayOf(Deno[output], term);
  const write = output === "stderr" ? writeErr : writeOut;
  return {
    keyboard: Deno.stdin.isTerminal(),
    display,
    color: display === "screen" && !noColor,
    size: sizeNow,
    onResize,
    setRaw(raw) {
      if (raw) Deno.stdin.setRaw(true);
      if (display === "screen") write(raw ? PASTE_ON : PASTE_OFF);
      if (!raw) setCooked();
    },
    read,
    write,
  };
}

function displayOf(
  stream: { isTerminal(): boolean },
  term: string | undefined,
): Display {
  if (!stream.isTerminal()) return "none";
  const named = term !== undefined && term !== "" && term !== "dumb";
  return named || Deno.build.os === "windows" ? "screen" : "plain";
}

/** A terminal that has gone cannot be made cooked, and need not be. */
function setCooked(): void {
  try {
    Deno.stdin.setRaw(false);
  } catch {
    // Gone.
  }
}

async function read(): Promise<Uint8Array | null> {
  const buffer = new Uint8Array(CHUNK);
  const count = await Deno.stdin.read(buffer);
  return count === null ? null : buffer.subarray(0, count);
}

function sizeNow(): TerminalSize {
  try {
    const { columns, rows } = Deno.consoleSize();
    return columns > 0 && rows > 0 ? { columns, rows } : UNKNOWN_SIZE;
  } catch {
    return UNKNOWN_SIZE;
  }
}

/** Windows tells no changes of size; the next drawing sees them. */
function onResize(listener: () => void): () => void {
  if (Deno.build.os === "windows") return () => {};
  Deno.addSignalListener("SIGWINCH", listener);
  return () => Deno.removeSignalListener("SIGWINCH", listener);
}
