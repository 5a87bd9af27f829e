/**
 * The shell with somebody who types: it asks for a line, does what it says,
 * and asks again.
 *
 * @module
 */

import {
  createLineEditor,
  type History,
  type LineEditor,
  type Terminal,
} from "../../../lib/terminal/mod.ts";
import { shellCompleter } from "./completion.ts";
import { endShell } from "./ending.ts";
import { isTold } from "./failure.ts";
import { openHistory } from "./history_file.ts";
import { runLine } from "./run_line.ts";
import { goesOn } from "./script.ts";
import type { Shell } from "./shell.ts";
import { shellPrompt } from "./shell_prompt.ts";
import type { ShellSignals } from "./signals.ts";
import { runStartFile } from "./start_file.ts";
import { tellFailure } from "./tell_failure.ts";
import { hangUp } from "./verbs/connection.ts";

/** Milliseconds that Tab waits; a listing takes no longer. */
const COMPLETE_MS = 4_000;

/**
 * Asks for lines and runs them, until somebody ends the shell. No failure of a
 * command ends it. Ctrl-C ends the command that runs and leaves the connection;
 * a second one, while the first has no effect yet, ends the connection, too.
 *
 * What runs in the background and the connections are the caller's to close.
 *
 * @param first What is done before anything is asked, such as connecting.
 * @throws The reason of `signals.stop`.
 */
export async function runInteractive(
  shell: Shell,
  terminal: Terminal,
  signals: ShellSignals,
  first: (signal: AbortSignal) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const history = await openHistory(shell);
  shell.state.typed = () => history.lines;
  await guarded(shell, signals, (signal) => runStartFile(shell, signal));
  await guarded(shell, signals, first);
  const editor = createLineEditor(terminal, {
    history: unchanged(history),
    complete: shellCompleter(shell),
    completeTimeout: COMPLETE_MS,
  });
  try {
    while (!shell.state.ended) await turn(shell, editor, signals, history);
  } finally {
    await history.save().catch(() => {}); // The shell works without.
  }
}

/**
 * Lines that can be gone back to. What is added is decided here, when a line
 * is whole: behind a backslash may stand a password.
 */
function unchanged(history: History): History {
  return {
    ...history,
    get lines() {
      return history.lines;
    },
    add: () => {},
  };
}

/** One line, from the prompt to its end. */
async function turn(
  shell: Shell,
  editor: LineEditor,
  signals: ShellSignals,
  history: History,
): Promise<void> {
  shell.state.jobs.tellNews();
  const line = await readLine(shell, editor, signals.stop);
  if (line === null) return endShell(shell);
  if (line.trim() === "") return;
  history.add(line);
  // From here on Ctrl-C is a signal, and none may be lost.
  await guarded(shell, signals, async (signal) => {
    await history.save().catch(() => {});
    await runLine(shell, line, signal);
  });
}

/** A line; one that ends with a backslash goes on in the next one. */
async function readLine(
  { state }: Shell,
  editor: LineEditor,
  signal: AbortSignal,
): Promise<string | null> {
  const line = await editor.read(shellPrompt(state.site), { signal });
  let whole = line;
  while (whole !== null && goesOn(whole)) {
    const next = await editor.read("> ", { signal });
    if (next === null || next === "") return "";
    whole = whole.slice(0, -1) + next;
  }
  return whole;
}

/**
 * Runs something that Ctrl-C ends, and tells what went wrong.
 *
 * @throws The reason of `signals.stop`.
 */
async function guarded(
  shell: Shell,
  signals: ShellSignals,
  task: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const interrupted = new AbortController();
  const ignore = signals.onInterrupt(() => {
    if (interrupted.signal.aborted) return void hangUp(shell).catch(() => {});
    interrupted.abort(new DOMException("Cancelled with Ctrl-C", "AbortError"));
  });
  try {
    await task(AbortSignal.any([interrupted.signal, signals.stop]));
  } catch (error) {
    signals.stop.throwIfAborted();
    // The terminal has shown ^C.
    if (interrupted.signal.aborted) newLine(shell);
    if (!isTold(error)) tellFailure(shell.output, error);
  } finally {
    ignore();
  }
}

function newLine({ screen }: Shell): void {
  if (screen.display !== "none") screen.write("\n");
}
