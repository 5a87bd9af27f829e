/**
 * The commands that every shell begins with: aliases and settings, mostly.
 *
 * @module
 */

import { userFile } from "../../../lib/user_files.ts";
import { failureOf } from "./failure.ts";
import { runLine } from "./run_line.ts";
import { type Script, scriptFile, scriptLines, tellAt } from "./script.ts";
import type { Shell } from "./shell.ts";

/**
 * Runs the user's start file, when there is one. Lines that fail are told with
 * their number, and the others run.
 *
 * @throws The signal's reason.
 */
export async function runStartFile(
  shell: Shell,
  signal: AbortSignal,
): Promise<void> {
  const script = await startFile(shell);
  if (script === null) return;
  const { lines, name } = script;
  for await (const { number, text } of scriptLines(lines, signal)) {
    try {
      await runLine(shell, text, signal);
    } catch (error) {
      signal.throwIfAborted();
      tellAt(shell, `${name}:${number}`, error);
    }
    if (shell.state.ended) return;
  }
}

async function startFile(shell: Shell): Promise<Script | null> {
  const path = userFile((name) => shell.machine.env(name), "config", "ftprc");
  if (path === null) return null;
  try {
    if (await shell.machine.readText(path) === null) return null;
    return await scriptFile(shell, path);
  } catch (error) {
    // A program that may not read there was told so, and not by this user.
    const { kind, message } = failureOf(error);
    if (kind !== "permission") shell.output.warn(message);
    return null;
  }
}
