/**
 * A program in a terminal of its own, by means of tmux: keys are sent to it
 * and its screen is read.
 *
 * @module
 */

import { join } from "node:path";
import { isInstalled, run, runWell } from "./program.ts";

/** A terminal with a program in it. */
export interface Pane {
  /** Sends keys as tmux names them: `"ls"`, `"Enter"`, `"C-c"`, `"Left"`. */
  keys(...keys: readonly string[]): Promise<void>;
  /** Sends text as it is. */
  text(text: string): Promise<void>;
  /** Pastes text in brackets, if the program asked for these. */
  paste(text: string): Promise<void>;
  /** The rows that were scrolled out and those of the screen. */
  rows(): Promise<string[]>;
  /** The row and the column of the cursor. */
  cursor(): Promise<[number, number]>;
  /** Waits until what {@linkcode Pane.rows} gives matches `pattern`. */
  shows(pattern: RegExp): Promise<string>;
  /** Changes the size of the terminal. */
  resize(columns: number, rows: number): Promise<void>;
}

/** Options for {@linkcode tmuxTest}. */
export interface TmuxOptions {
  /** Environment variables of the program. @default none */
  env?: Readonly<Record<string, string>>;
}

/** How long a screen is waited for. */
const PATIENCE_MS = 30_000;
const LOOK_MS = 20;

/**
 * A test of `words` in a terminal of 80 × 24. The terminal stays when the
 * program has ended: then it shows the exit code and the terminal's modes, as
 * in `ended 0 icanon echo`. Without tmux the test is skipped, and its name
 * says so.
 */
export function tmuxTest(
  name: string,
  words: readonly string[],
  action: (pane: Pane) => Promise<void>,
  options: TmuxOptions = {},
): void {
  const missing = !isInstalled("tmux");
  Deno.test({
    name: missing ? `${name} (skipped: tmux is not installed)` : name,
    ignore: missing,
    fn: () => play(words, action, options),
  });
}

/** Tells how the program ended and what it left the terminal like. */
const SCRIPT = `trap : INT; "$@"; code=$?
modes=$(stty -a | tr -s ' ;' '\\n\\n' | grep -x -e '-*icanon' -e '-*echo')
echo ended $code $modes; exec cat`;

async function play(
  words: readonly string[],
  action: (pane: Pane) => Promise<void>,
  { env = {} }: TmuxOptions,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "wharf-tmux-" });
  const command = ["tmux", "-S", join(folder, "socket"), "-f", "/dev/null"];
  const tmux = (...args: readonly string[]) =>
    runWell([...command, ...args], { cwd: folder });
  const settings = Object.entries(env).map(([key, value]) => `${key}=${value}`);
  try {
    await tmux(
      ...["new-session", "-d", "-x", "80", "-y", "24"],
      ...["/usr/bin/env", ...settings, "sh", "-c", SCRIPT, "sh", ...words],
    );
    await action(paneOf(tmux));
  } finally {
    // It may be gone before it has said goodbye: the code tells nothing.
    await run([...command, "kill-server"], { cwd: folder });
    await Deno.remove(folder, { recursive: true });
  }
}

function paneOf(tmux: (...args: readonly string[]) => Promise<string>): Pane {
  async function rows(): Promise<string[]> {
    const screen = await tmux("capture-pane", "-p", "-S", "-");
    return screen.trimEnd().split("\n").map((row) => row.trimEnd());
  }

  return {
    async keys(...keys) {
      await tmux("send-keys", ...keys);
    },
    async text(text) {
      await tmux("send-keys", "-l", text);
    },
    async paste(text) {
      await tmux("set-buffer", text);
      await tmux("paste-buffer", "-p", "-r");
    },
    rows,
    async cursor() {
      const format = "#{cursor_y} #{cursor_x}";
      const text = await tmux("display-message", "-p", format);
      const [row = 0, column = 0] = text.trim().split(" ").map(Number);
      return [row, column];
    },
    async shows(pattern) {
      const deadline = Date.now() + PATIENCE_MS;
      for (;;) {
        const screen = (await rows()).join("\n");
        if (pattern.test(screen)) return screen;
        if (Date.now() > deadline) {
          throw new Error(`${pattern} is not on the screen:\n${screen}`);
        }
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    },
    async resize(columns, rows) {
      await tmux("resize-window", "-x", `${columns}`, "-y", `${rows}`);
    },
  };
}
