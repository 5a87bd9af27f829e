/**
 * Shows text a screenful at a time, while it comes.
 *
 * @module
 */

import type { Bytes } from "../../../lib/bytes.ts";
import { displayWidth, type Terminal } from "../../../lib/terminal/mod.ts";
import { visible } from "../../../lib/visible.ts";

/** Options for {@linkcode createPager}. */
export interface PagerOptions {
  /** Takes a line, without its end. */
  readonly line: (text: string) => void;
  /** Where a person reads; `null` shows everything at once. */
  readonly terminal: Terminal | null;
  /** How bytes are read as text. */
  readonly charset: "utf-8" | "latin1";
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Takes bytes and shows them as lines. */
export interface Pager {
  /** Resolves when they are shown; waits for the person who reads. */
  write(bytes: Bytes): Promise<number>;
  /** Shows what has no line end. */
  end(): Promise<void>;
}

/** What a pager throws when the person wants no more. */
export const QUIT: Error = new Error("no more is wanted");

const PROMPT = "--More-- (space, enter, q)";
const ERASE = `\r${" ".repeat(PROMPT.length)}\r`;
/** A line without end is cut. */
const LONGEST = 4096;
const TAB = 8;

/**
 * Makes a pager.
 *
 * @example
 * ```ts
 * import { createPager } from "./pager.ts";
 * const lines: string[] = [];
 * const { signal } = new AbortController();
 * const line = (text: string) => void lines.push(text);
 * const pager = createPager({ line, terminal: null, charset: "utf-8", signal });
 * await pager.write(new TextEncoder().encode("a\x1b[2J\nb"));
 * await pager.end();
 * console.assert(lines.join("|") === "a\\x1b[2J|b");
 * ```
 */
export function createPager(options: PagerOptions): Pager {
  const { line, terminal, charset, signal } = options;
  const decoder = new TextDecoder(charset);
  let rest = "";
  let room = roomOf(terminal);

  async function show(text: string): Promise<void> {
    const shown = visible(expandTabs(text.replace(/\r$/, "")));
    if (room <= 0) room = await ask(terminal!, signal);
    room -= rowsOf(shown, terminal);
    line(shown);
  }

  async function take(text: string): Promise<void> {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) await show(line);
    while (rest.length > LONGEST) {
      const cut = rest.slice(0, LONGEST);
      rest = rest.slice(LONGEST);
      await show(cut);
    }
  }

  return {
    async write(bytes) {
      await take(decoder.decode(bytes, { stream: true }));
      return bytes.length;
    },
    async end() {
      await take(decoder.decode());
      if (rest !== "") await show(rest);
    },
  };
}

/** Rows until the next question, which has a row of its own. */
function roomOf(terminal: Terminal | null): number {
  return terminal === null ? Infinity : Math.max(1, terminal.size().rows - 1);
}

function rowsOf(text: string, terminal: Terminal | null): number {
  if (terminal === null) return 0;
  const { columns } = terminal.size();
  return Math.max(1, Math.ceil(displayWidth(text) / Math.max(1, columns)));
}

function expandTabs(text: string): string {
  const [first = "", ...others] = text.split("\t");
  return others.reduce(
    (line, part) => line + " ".repeat(TAB - displayWidth(line) % TAB) + part,
    first,
  );
}

/**
 * Asks how far to go on.
 *
 * @throws {Error} {@linkcode QUIT}.
 */
async function ask(terminal: Terminal, signal: AbortSignal): Promise<number> {
  terminal.write(PROMPT);
  try {
    for (;;) {
      const key = await terminal.raw(() => terminal.key(signal));
      const name = key === null
        ? "q"
        : key.kind === "key"
        ? key.name
        : key.text.toLowerCase();
      if (["q", "escape", "ctrl-c", "ctrl-d"].includes(name)) throw QUIT;
      if ([" ", "f", "page-down"].includes(name)) return roomOf(terminal);
      if (["enter", "down", "j"].includes(name)) return 1;
    }
  } finally {
    terminal.write(ERASE);
  }
}
