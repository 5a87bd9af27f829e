/**
 * A line of the shell: its commands, one after the other.
 *
 * @module
 */

import { UsageError } from "../../../lib/cli.ts";
import { findVerb, runVerb } from "./dispatch.ts";
import { isTold } from "./failure.ts";
import { localPath, type Shell } from "./shell.ts";
import { tellFailure } from "./tell_failure.ts";
import { type ParsedCommand, parseLine } from "./words.ts";

/** Aliases in aliases that are too many. */
const MOST_ALIASES = 20;

/**
 * Runs a line. A command behind `&&` runs only after a success, one behind
 * `||` only after a failure, and one behind `;` after a success, too, unless
 * the shell is told to keep going.
 *
 * @throws The failure that nothing answered.
 */
export async function runLine(
  shell: Shell,
  line: string,
  signal: AbortSignal,
  depth = 0,
): Promise<void> {
  let failure: { error: unknown } | null = null;
  for (const command of parseLine(line).commands) {
    if (shell.state.ended) break;
    if (command.after === "&&" && failure !== null) continue;
    if (command.after === "||" && failure === null) continue;
    if (command.after === ";" && failure !== null) {
      goOn(shell, failure.error);
    }
    failure = null;
    try {
      await runCommand(shell, command, signal, depth);
    } catch (error) {
      signal.throwIfAborted();
      failure = { error };
    }
  }
  if (failure !== null) throw failure.error;
}

/** Tells the failure and forgets it, or throws it. */
function goOn({ state, output }: Shell, error: unknown): void {
  if (!state.settings["keep-going"]) throw error;
  state.failures.push(error);
  if (!isTold(error)) tellFailure(output, error);
}

async function runCommand(
  shell: Shell,
  command: ParsedCommand,
  signal: AbortSignal,
  depth: number,
): Promise<void> {
  if (!command.background) {
    return await runNow(shell, command, signal, depth);
  }
  const { jobs } = shell.state;
  const job = jobs.start(
    command.text,
    (inJob, signal) => runNow(inJob, command, signal, depth),
    shell,
  );
  shell.output.note(`[${job.number}] ${job.command}`);
}

async function runNow(
  shell: Shell,
  command: ParsedCommand,
  signal: AbortSignal,
  depth: number,
): Promise<void> {
  const [name, ...words] = command.words;
  if (name === undefined) return;
  const alias = shell.state.aliases.get(name.text);
  if (alias !== undefined && depth > MOST_ALIASES) {
    throw new UsageError(`alias ${name.text} leads to itself`);
  }
  if (alias !== undefined) {
    return await runLine(shell, `${alias} ${command.rest}`, signal, depth + 1);
  }
  const verb = findVerb(shell.verbs, name.text);
  const run = (shell: Shell) =>
    runVerb(shell, verb, { words, rest: command.rest }, signal);
  // A command in a command has its own redirection.
  if (verb.raw === "command") await run(shell);
  else await redirected(shell, command, run);
}

/** Answers go to a file when the command says so. */
async function redirected(
  shell: Shell,
  { redirect }: ParsedCommand,
  task: (shell: Shell) => Promise<void>,
): Promise<void> {
  if (redirect === null) return await task(shell);
  const path = localPath(shell, redirect.path);
  const sink = shell.machine.openText(path, redirect.append);
  try {
    await task({ ...shell, output: shell.output.to(sink) });
  } finally {
    sink.close();
  }
}
