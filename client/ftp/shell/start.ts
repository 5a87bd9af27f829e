/**
 * A shell for one run of the program.
 *
 * @module
 */

import { writeErr, writeOut } from "../../../lib/cli.ts";
import { systemClock } from "../../../lib/clock.ts";
import { socketNetwork } from "../../../lib/net/client_network.ts";
import { openTerminal, type Terminal } from "../../../lib/terminal/mod.ts";
import { localFiles } from "../local_files.ts";
import { createRateLimit } from "../rate_limit.ts";
import { EXIT_CODES, failureOf, isTold } from "./failure.ts";
import type { Machine } from "./machine.ts";
import { commandLineTls, RUNTIME_TLS } from "./command_line_tls.ts";
import { accessOf, type CommonValues, settingsOf } from "./options.ts";
import { Output } from "./output.ts";
import { parseRate } from "./settings.ts";
import { newShellState, type Shell } from "./shell.ts";
import { systemMachine } from "./system_machine.ts";
import { tellFailure } from "./tell_failure.ts";
import { VERBS } from "./verbs.ts";
import { leave } from "./verbs/connection.ts";

/** What the command line says. */
export interface RunOptions {
  /** Values of the options that all verbs share. */
  readonly options: CommonValues;
  /** Names of the options that were given. */
  readonly given: ReadonlySet<string>;
}

/**
 * Makes a shell of this machine, which has read no file yet.
 *
 * @param unasked Whether to log in without asking who it is.
 */
export function createShell(
  { options, given }: RunOptions,
  unasked: boolean,
): Shell {
  const machine = systemMachine();
  const settings = settingsOf(options, given);
  const rate = parseRate(settings["limit-rate"] ?? "off");
  const terminal = openTerminal({
    term: machine.env("TERM"),
    noColor: machine.env("NO_COLOR"),
  });
  return {
    state: newShellState(settings, {
      rateLimit: rate === null ? null : createRateLimit(rate),
    }),
    output: outputFor(options, machine, terminal),
    verbs: VERBS,
    machine,
    files: localFiles(),
    network: socketNetwork(),
    clock: systemClock,
    screen: terminal,
    terminal: terminal.keyboard ? terminal : null,
    access: accessOf(options, unasked),
    tls: RUNTIME_TLS,
  };
}

function outputFor(
  { json, quiet, log }: CommonValues,
  machine: Machine,
  terminal: Terminal,
): Output {
  const isScreen = Deno.stdout.isTerminal();
  return new Output({
    out: writeOut,
    bytes: machine.output,
    err: writeErr,
    json,
    quiet,
    log,
    columns: () => isScreen ? terminal.size().columns : 0,
    color: terminal.color && isScreen,
  });
}

/**
 * Does something with a shell, closes what it opened, and gives the exit code.
 * What went wrong is told in one line, unless it was told already.
 *
 * @param task Gets the shell with the files of TLS that the command line names.
 */
export async function finish(
  shell: Shell,
  { options, given }: RunOptions,
  task: (shell: Shell) => Promise<void>,
): Promise<number> {
  const { state } = shell;
  try {
    const tls = await commandLineTls(options, given, shell);
    await task({ ...shell, tls });
    const [first] = state.failures;
    if (first === undefined) return EXIT_CODES.done.code;
    return failureOf(first).exitCode;
  } catch (error) {
    if (!isTold(error)) tellFailure(shell.output, error);
    return failureOf(error).exitCode;
  } finally {
    await state.jobs.close();
    await leave(shell);
  }
}
