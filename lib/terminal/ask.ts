/**
 * Questions to a person.
 *
 * @module
 */

import { visible } from "../visible.ts";
import { editLine, printable } from "./edit.ts";
import { readPlain } from "./editor.ts";
import type { Key } from "./key_names.ts";
import { LONGEST_LINE } from "./line.ts";
import { type Prompt, showPrompt } from "./prompt.ts";
import type { Terminal } from "./terminal.ts";
import { displayWidth, graphemes } from "./width.ts";

/** Options for {@linkcode askSecret}. */
export interface AskOptions {
  /** Ends it: the question then throws the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** Options for {@linkcode askText}. */
export interface AskTextOptions extends AskOptions {
  /** What the answer is at first, ready to be changed. @default {""} */
  initial?: string;
}

/** Options for {@linkcode askYesNo}. */
export interface AskYesNoOptions extends AskOptions {
  /** What an empty answer means. @default {false} */
  default?: boolean;
}

/**
 * Asks for a line. Resolves to `null` for Ctrl-D on an empty line and at the
 * end of the input. Throws an `AbortError` for Ctrl-C, and the signal's reason
 * when it aborts.
 *
 * @example
 * ```ts
 * import { askText, type Terminal } from "./mod.ts";
 * async function greet(terminal: Terminal) {
 *   const name = await askText(terminal, "Name: ", { initial: "you" });
 *   terminal.write(`Hello ${name}\n`);
 * }
 * ```
 */
export async function askText(
  terminal: Terminal,
  prompt: Prompt,
  { signal, initial = "" }: AskTextOptions = {},
): Promise<string | null> {
  if (!terminal.interactive) return await readPlain(terminal, prompt, signal);
  const { edited } = await editLine(terminal, prompt, {
    history: [],
    completeTimeout: 0,
    initial,
    killed: "",
    signal,
  });
  if (edited.kind === "cancelled") throw cancelled();
  return edited.kind === "line" ? edited.text : null;
}

/**
 * Asks a question until the answer is yes or no. The end of the input is the
 * same as an empty answer. Throws as {@linkcode askText} does.
 *
 * @example
 * ```ts
 * import { askYesNo, type Terminal } from "./mod.ts";
 * async function remove(terminal: Terminal, files: string[]) {
 *   if (!await askYesNo(terminal, `Delete ${files.length} files?`)) return;
 *   for (const file of files) await Deno.remove(file);
 * }
 * ```
 */
export async function askYesNo(
  terminal: Terminal,
  question: string,
  { default: otherwise = false, signal }: AskYesNoOptions = {},
): Promise<boolean> {
  const choice = `[${otherwise ? "Y/n" : "y/N"}] `;
  const prompt = showQuestion(terminal, question) + choice;
  for (;;) {
    const answer = await askText(terminal, prompt, { signal });
    const word = answer?.trim().toLowerCase() ?? "";
    if (word === "") return otherwise;
    if (["y", "yes"].includes(word)) return true;
    if (["n", "no"].includes(word)) return false;
  }
}

/**
 * Asks for a line that is not shown: a password. Backspace, Ctrl-U and pastes
 * work; of a paste the first line counts. Resolves to `null` for Ctrl-D where
 * nothing was typed and at the end of the input. Throws an `AbortError` for
 * Ctrl-C, and the signal's reason when it aborts.
 *
 * Without a keyboard it takes the next line of the input and asks nothing.
 *
 * @example
 * ```ts
 * import { askSecret, type Terminal } from "./mod.ts";
 * async function password(terminal: Terminal): Promise<string> {
 *   return await askSecret(terminal, "Password: ") ?? "";
 * }
 * ```
 */
export async function askSecret(
  terminal: Terminal,
  prompt: Prompt,
  { signal }: AskOptions = {},
): Promise<string | null> {
  if (!terminal.keyboard) return await terminal.line(signal);
  return await terminal.raw(async () => {
    terminal.write(showPrompt(prompt, Infinity).text);
    try {
      return await readSecret(terminal, signal);
    } finally {
      terminal.write("\r\n");
    }
  });
}

async function readSecret(
  terminal: Terminal,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  let secret = "";
  for (;;) {
    const key = await terminal.key(signal);
    if (key === null) return null;
    const name = key.kind === "key" ? key.name : key.kind;
    if (name === "enter") return secret;
    if (name === "ctrl-c") throw cancelled();
    if (name === "ctrl-d" && secret === "") return null;
    secret = changed(secret, key).slice(0, LONGEST_LINE);
  }
}

/** A question that would be shortened is shown before, and not again. */
function showQuestion(terminal: Terminal, question: string): string {
  const text = visible(question);
  const fits = displayWidth(text) <= terminal.size().columns / 2;
  if (fits || !terminal.interactive) return `${text} `;
  terminal.write(`${text}\n`);
  return "";
}

/** What a key makes of what was typed before it. */
function changed(secret: string, key: Key): string {
  if (key.kind === "text") return secret + key.text;
  if (key.kind === "paste") {
    return secret + printable(key.text.split(/[\r\n]/, 1)[0]!);
  }
  if (key.name === "ctrl-u") return "";
  const back = key.name === "backspace" || key.name === "ctrl-h";
  return back ? graphemes(secret).slice(0, -1).join("") : secret;
}

function cancelled(): DOMException {
  return new DOMException("Cancelled with Ctrl-C", "AbortError");
}
