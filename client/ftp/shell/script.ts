/**
 * Commands that nobody types: of the command line, of a file, of the standard
 * input.
 *
 * @module
 */

import { UsageError } from "../../../lib/cli.ts";
import { LocalError } from "../errors.ts";
import { unlessAborted } from "../unless_aborted.ts";
import { failureOf, ShellError } from "./failure.ts";
import { runLine } from "./run_line.ts";
import type { Shell } from "./shell.ts";
import { tellFailure } from "./tell_failure.ts";
import { tokensOf } from "./tokens.ts";

/** Lines, as they come. */
export type Lines = AsyncIterable<string> | Iterable<string>;

/** A script, and what it is called in messages. */
export interface Script {
  /** Its lines, without their ends. */
  readonly lines: Lines;
  /** What stands in front of the number of a line. */
  readonly name: string;
}

/** A command line of a script, put together. */
export interface ScriptLine {
  /** The number of its first line. */
  readonly number: number;
  /** What it says. */
  readonly text: string;
}

/** The longest line with all its continuations, in UTF-16 units. */
const LONGEST_LINE = 65_536;

/**
 * The script that the command line asks for: a text, a file, or what comes on
 * the standard input when there is neither.
 *
 * @throws {LocalError} when the file cannot be read.
 */
export async function scriptOf(
  shell: Shell,
  { command, file }: {
    readonly command?: string | undefined;
    readonly file?: string | undefined;
  },
): Promise<Script> {
  if (command !== undefined) {
    return { lines: command.split("\n"), name: "command" };
  }
  if (file !== undefined && file !== "-") return await scriptFile(shell, file);
  return { lines: shell.machine.scriptLines(), name: "standard input" };
}

/**
 * A script in a file of at most 1 MiB.
 *
 * @throws {LocalError} when it cannot be read.
 */
export async function scriptFile(
  { machine }: Shell,
  path: string,
): Promise<Script> {
  const text = await machine.readText(path).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LocalError(`Cannot read ${path}: ${why}`, { cause });
  });
  if (text !== null) return { lines: text.split("\n"), name: path };
  throw new LocalError(`Cannot read ${path}: there is no such file`);
}

/**
 * Runs a script, and waits for what it left in the background. It stops at the
 * first failure, which is told with its line, unless `keep-going` is set; then
 * failures are told and remembered.
 *
 * @throws {ShellError} for the first failure, which is told already.
 */
export async function runScript(
  shell: Shell,
  lines: Lines,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  await runLines(shell, lines, name, signal);
  const { jobs, failures } = shell.state;
  for (let job; (job = jobs.open[0]) !== undefined;) {
    await unlessAborted(job.ended, signal);
  }
  shell.state.jobs.tellNews();
  const error = failures[0] ?? jobs.failure?.error;
  if (error !== undefined) throw asTold(error);
}

/**
 * The same, without waiting for the background: a script in a shell.
 *
 * @throws {ShellError} for the first failure, which is told already.
 */
export async function runLines(
  shell: Shell,
  lines: Lines,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  for await (const { number, text } of scriptLines(lines, signal)) {
    try {
      await runLine(shell, text, signal);
    } catch (error) {
      signal.throwIfAborted();
      const told = tellAt(shell, `${name}:${number}`, error);
      if (!shell.state.settings["keep-going"]) throw told;
      shell.state.failures.push(told);
    }
    shell.state.jobs.tellNews();
    if (shell.state.ended) return;
  }
}

/** Tells a failure with its place. */
export function tellAt(
  { output }: Shell,
  place: string,
  error: unknown,
): ShellError {
  tellFailure(output, error, place);
  return asTold(error);
}

function asTold(error: unknown): ShellError {
  if (error instanceof ShellError && error.told) return error;
  const { kind, message } = failureOf(error);
  return new ShellError(kind, message, { told: true, cause: error });
}

/**
 * The lines of a script; a backslash outside quotes at the end of one joins
 * the next one to it.
 *
 * @throws {UsageError} when one gets longer than 64 Ki characters.
 */
export async function* scriptLines(
  lines: Lines,
  signal: AbortSignal,
): AsyncGenerator<ScriptLine> {
  let number = 0;
  let begun: ScriptLine | null = null;
  for await (const line of untilAborted(lines, signal)) {
    number++;
    const part = number === 1 ? line.replace(/^\ufeff/, "") : line;
    const joined: ScriptLine = {
      number: begun?.number ?? number,
      text: `${begun?.text ?? ""}${part.replace(/\r$/, "")}`,
    };
    if (joined.text.length > LONGEST_LINE) throw tooLong(joined);
    begun = goesOn(joined.text)
      ? { ...joined, text: joined.text.slice(0, -1) }
      : null;
    if (begun === null) yield joined;
  }
  if (begun !== null) yield begun;
}

/** Whether a line ends with a backslash that is not quoted. */
export function goesOn(text: string): boolean {
  const last = tokensOf(text).at(-1);
  return last?.kind === "word" && last.open === "\\";
}

function tooLong({ number }: ScriptLine): UsageError {
  return new UsageError(
    `The line that begins at ${number} is longer than ${LONGEST_LINE} characters`,
  );
}

/** Items, until the signal: the source may be one that never says more. */
async function* untilAborted(
  items: Lines,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const iterator = Symbol.asyncIterator in items
    ? items[Symbol.asyncIterator]()
    : items[Symbol.iterator]();
  for (;;) {
    const next = Promise.resolve(iterator.next());
    const { done, value } = await unlessAborted(next, signal);
    if (done) return;
    yield value;
  }
}
