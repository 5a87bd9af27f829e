/**
 * A terminal in memory, and somebody who types on it.
 *
 * @module
 */

import { type ManualClock, manualClock } from "../../lib/clock.ts";
import {
  createTerminal,
  type Terminal,
  type TerminalDevice,
} from "../../lib/terminal/terminal.ts";
import { createScreen, type Screen } from "./terminal_screen.ts";

/** A terminal and its two ends. */
export interface Fake {
  /** The terminal to test. */
  terminal: Terminal;
  /** What it shows. */
  screen: Screen;
  /** Its clock. */
  clock: ManualClock;
  /** Everything that was written. */
  readonly written: string;
  /** Whether it is raw now. */
  readonly raw: boolean;
  /** Sends bytes, and waits until they were used and more is asked for. */
  type(bytes: string | Uint8Array): Promise<void>;
  /** Sends bytes. */
  send(bytes: string | Uint8Array | null): void;
  /** Changes the width. */
  resize(columns: number): void;
}

/** Options for {@linkcode fakeTerminal}. */
export interface FakeOptions {
  /** Columns. @default {40} */
  columns?: number;
  /** Rows. @default {10} */
  rows?: number;
  /** What the output is. @default {"screen"} */
  display?: TerminalDevice["display"];
  /** Whether somebody types. @default {true} */
  keyboard?: boolean;
  /** Whether colours are wanted. @default {false} */
  color?: boolean;
}

/** Makes one. */
export function fakeTerminal(options: FakeOptions = {}): Fake {
  const { display = "screen", keyboard = true, color = false } = options;
  const { rows = 10 } = options;
  let { columns = 40 } = options;
  const screen = createScreen(columns);
  const clock = manualClock();
  const input: (Uint8Array | null)[] = [];
  const listeners = new Set<() => void>();
  let reader: PromiseWithResolvers<Uint8Array | null> | undefined;
  let [written, raw] = ["", false];

  function write(text: string): void {
    written += text;
    screen.write(text);
  }

  const device: TerminalDevice = {
    keyboard,
    display,
    color,
    size: () => ({ columns, rows }),
    onResize(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    setRaw(on) {
      raw = on;
      write(on ? "\x1b[?2004h" : "\x1b[?2004l");
    },
    read() {
      if (reader) throw new Error("two reads at a time");
      if (input.length > 0) return Promise.resolve(input.shift()!);
      reader = Promise.withResolvers();
      return reader.promise;
    },
    write,
  };

  function send(bytes: string | Uint8Array | null): void {
    const chunk = typeof bytes === "string"
      ? new TextEncoder().encode(bytes)
      : bytes;
    const waiting = reader;
    reader = undefined;
    if (waiting) waiting.resolve(chunk);
    else input.push(chunk);
  }

  return {
    terminal: createTerminal(device, { clock }),
    screen,
    clock,
    get written() {
      return written;
    },
    get raw() {
      return raw;
    },
    send,
    async type(bytes) {
      send(bytes);
      await clock.advance(0); // Everything runs until it waits.
    },
    resize(width) {
      columns = width;
      screen.resize(width);
      for (const listener of listeners) listener();
    },
  };
}
