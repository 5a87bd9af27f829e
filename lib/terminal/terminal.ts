/**
 * A terminal as the rest of this folder sees it: keys or lines come in, text
 * goes out, and after every conversation in raw mode it is as it was before.
 *
 * @module
 */

import { type Clock, systemClock } from "../clock.ts";
import { createInput } from "./input.ts";
import type { Key } from "./key_names.ts";
import { createKeyDecoder } from "./keys.ts";

/** Columns and rows of characters. */
export interface TerminalSize {
  /** Characters in a row. */
  readonly columns: number;
  /** Rows. */
  readonly rows: number;
}

/**
 * What the output shows: `screen` obeys escape sequences, `plain` is a
 * terminal that does not (`TERM=dumb`), `none` is no terminal at all.
 */
export type Display = "screen" | "plain" | "none";

/** What a terminal is made of: the runtime's, or a test's. */
export interface TerminalDevice {
  /** Whether the input is a terminal, so that somebody types. */
  readonly keyboard: boolean;
  /** What the output is. */
  readonly display: Display;
  /** Whether colours are wanted and possible. */
  readonly color: boolean;
  /** The size now; 80 × 24 where it is unknown. */
  size(): TerminalSize;
  /** Calls `listener` after each change of size; returns how to stop that. */
  onResize(listener: () => void): () => void;
  /**
   * Raw: each key comes at once, none is echoed and Ctrl-C is a key; pastes
   * come in brackets. Cooked: lines come, echoed, and Ctrl-C is a signal.
   */
  setRaw(raw: boolean): void;
  /** The next bytes of the input, or `null` at its end. One call at a time. */
  read(): Promise<Uint8Array | null>;
  /** Writes all of `text`. */
  write(text: string): void;
}

/** A terminal: what it is made of, and its input as keys or as lines. */
export interface Terminal extends Omit<TerminalDevice, "setRaw" | "read"> {
  /** Whether lines can be edited: somebody types and sees a screen. */
  readonly interactive: boolean;
  /** Whether input that came already waits to be taken. */
  readonly hasInput: boolean;
  /** The clock that everything on this terminal goes by. */
  readonly clock: Clock;
  /**
   * Runs `task` in raw mode, if there is a keyboard, and makes the terminal
   * cooked again however the task ends. Tasks may be nested.
   */
  raw<T>(task: () => Promise<T>): Promise<T>;
  /**
   * The next key, or `null` at the end of the input. For use in raw mode.
   * Throws the reason of `signal` when it aborts; no key is lost by that.
   */
  key(signal?: AbortSignal): Promise<Key | null>;
  /**
   * The next line without its end, or `null` at the end of the input. Throws a
   * `RangeError` for a line above 1 MiB, and the reason of `signal` when it
   * aborts; nothing that was typed is lost by that.
   */
  line(signal?: AbortSignal): Promise<string | null>;
}

/** Options for {@linkcode createTerminal}. */
export interface TerminalOptions {
  /** Time for lone escapes and progress. @default {systemClock} */
  clock?: Clock;
}

/** An escape that nothing follows for so long is the Escape key. */
const LONE_ESCAPE_MS = 50;

/**
 * Makes a terminal of a device. What was typed while nobody asked for it (a
 * command ran) waits and is not lost, whether it is taken as keys or lines.
 *
 * @example
 * ```ts
 * import { createTerminal } from "./terminal.ts";
 * let input = ["get a\nq", "uit\n"].map((text) => new TextEncoder().encode(text));
 * const terminal = createTerminal({
 *   keyboard: false,
 *   display: "none",
 *   color: false,
 *   size: () => ({ columns: 80, rows: 24 }),
 *   onResize: () => () => {},
 *   setRaw: () => {},
 *   read: () => Promise.resolve(input.shift() ?? null),
 *   write: () => {},
 * });
 * console.assert(await terminal.line() === "get a");
 * console.assert(await terminal.line() === "quit");
 * console.assert(await terminal.line() === null);
 * ```
 */
export function createTerminal(
  device: TerminalDevice,
  { clock = systemClock }: TerminalOptions = {},
): Terminal {
  const input = createInput(device, clock);
  const decoder = createKeyDecoder();
  const decoded: Key[] = [];
  let depth = 0;

  async function raw<T>(task: () => Promise<T>): Promise<T> {
    if (depth++ === 0 && device.keyboard) device.setRaw(true);
    try {
      return await task();
    } finally {
      if (--depth === 0 && device.keyboard) device.setRaw(false);
    }
  }

  async function key(signal?: AbortSignal): Promise<Key | null> {
    for (;;) {
      while (decoded.length === 0 && input.length > 0) {
        decoded.push(...decoder.push(input.shift()));
      }
      const next = decoded.shift();
      if (next !== undefined) return next;
      const ms = decoder.undecided ? LONE_ESCAPE_MS : undefined;
      const came = await input.more(signal, ms);
      if (came === "end") return null;
      if (came === "nothing") decoded.push(...decoder.flush());
    }
  }

  return {
    keyboard: device.keyboard,
    display: device.display,
    color: device.color,
    interactive: device.keyboard && device.display === "screen",
    get hasInput() {
      return decoded.length > 0 || input.length > 0;
    },
    clock,
    size: () => device.size(),
    onResize: (listener) => device.onResize(listener),
    write: (text) => device.write(text),
    raw,
    key,
    line: (signal) => input.line(signal),
  };
}
