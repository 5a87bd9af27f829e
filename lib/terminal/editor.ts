/**
 * The line editor of a shell.
 *
 * @module
 */

import type { Completer } from "./completion.ts";
import { editLine } from "./edit.ts";
import type { History } from "./history.ts";
import { type Prompt, showPrompt } from "./prompt.ts";
import type { Terminal } from "./terminal.ts";

/** Options for {@linkcode createLineEditor}. */
export interface LineEditorOptions {
  /** Lines to go back to; every line that is read is added. @default none */
  history?: History;
  /** Finds what Tab may add. @default Tab does nothing */
  complete?: Completer;
  /** Milliseconds that Tab waits for `complete` at most. @default {10000} */
  completeTimeout?: number;
}

/** Options for {@linkcode LineEditor.read}. */
export interface ReadOptions {
  /** Ends it: `read` then throws the signal's reason. */
  signal?: AbortSignal | undefined;
  /** What the line is at first. @default {""} */
  initial?: string;
}

/** Reads lines from a person. */
export interface LineEditor {
  /**
   * Shows `prompt` and reads a line. `null` is the end: Ctrl-D on an empty
   * line, or the end of the input. Ctrl-C gives the line up and resolves to
   * `""`, so that a shell just asks again.
   *
   * The terminal is raw only meanwhile: between two calls Ctrl-C is a signal.
   *
   * A paste runs nothing: its first line waits for the Enter key, and each
   * further one is there for the calls that follow and waits as well. Ctrl-C
   * drops them all. (A terminal that does not mark pastes types them.)
   *
   * Throws the reason of `signal` when it aborts.
   */
  read(prompt: Prompt, options?: ReadOptions): Promise<string | null>;
}

/**
 * A line editor on `terminal` with the keys of Emacs. Where the terminal is
 * not interactive, lines are read as they come, and the prompt is shown only
 * to somebody who types.
 *
 * @example
 * ```ts
 * import { createLineEditor, type Terminal } from "./mod.ts";
 * async function shell(terminal: Terminal, run: (line: string) => void) {
 *   const editor = createLineEditor(terminal);
 *   let line: string | null;
 *   while ((line = await editor.read("> ")) !== null) run(line);
 * }
 * ```
 */
export function createLineEditor(
  terminal: Terminal,
  { history, complete, completeTimeout = 10_000 }: LineEditorOptions = {},
): LineEditor {
  let pasted: readonly string[] = [];
  let killed = "";

  async function edit(
    prompt: Prompt,
    { signal, initial }: ReadOptions,
  ): Promise<string | null> {
    const [next = "", ...others] = pasted;
    const result = await editLine(terminal, prompt, {
      history: history?.lines ?? [],
      complete,
      completeTimeout,
      initial: initial ?? next,
      killed,
      signal,
    });
    const { edited } = result;
    const rest = initial === undefined ? others : pasted;
    pasted = edited.kind === "line" ? [...result.pasted, ...rest] : [];
    killed = result.killed;
    if (edited.kind === "line") return edited.text;
    return edited.kind === "end" ? null : "";
  }

  return {
    async read(prompt, options = {}) {
      const line = terminal.interactive
        ? await edit(prompt, options)
        : await readPlain(terminal, prompt, options.signal);
      if (line) history?.add(line);
      return line;
    },
  };
}

/** Reads a line without editing it. */
export async function readPlain(
  terminal: Terminal,
  prompt: Prompt,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  if (terminal.keyboard && terminal.display !== "none") {
    terminal.write(showPrompt(prompt, Infinity).text);
  }
  return await terminal.line(signal);
}
