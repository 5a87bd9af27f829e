/**
 * `ftp`: fetches, sends, lists and mirrors files over FTP, from a shell or
 * from the command line.
 *
 * @module
 */

import {
  helpText,
  type OptionTable,
  type Parsed,
  runTool,
  stopSignals,
  type Tool,
  writeOut,
} from "../lib/cli.ts";
import { type OneShot, oneShotVerb } from "./ftp/shell/dispatch.ts";
import { EXIT_CODES } from "./ftp/shell/failure.ts";
import { runInteractive } from "./ftp/shell/interactive.ts";
import { runOneShot } from "./ftp/shell/one_shot.ts";
import {
  checkTogether,
  type CommonValues,
  FTP,
  type ScriptValues,
  verbTool,
} from "./ftp/shell/options.ts";
import { runScript, scriptOf } from "./ftp/shell/script.ts";
import type { Shell } from "./ftp/shell/shell.ts";
import { shellSignals } from "./ftp/shell/signals.ts";
import { createShell, finish, type RunOptions } from "./ftp/shell/start.ts";
import { oneShotList } from "./ftp/shell/verb_help.ts";
import { VERBS } from "./ftp/shell/verbs.ts";
import {
  enter,
  OPEN,
  targetOf,
  withOptions,
} from "./ftp/shell/verbs/connection.ts";
import { modeOf } from "./ftp/tls_options.ts";

/**
 * Runs the tool and returns its exit code. `exit` ends the process at once,
 * when somebody asks a second time to stop.
 */
export async function main(
  args: readonly string[],
  exit: (code: number) => never,
): Promise<number> {
  const onSecond = () => exit(EXIT_CODES.cancelled.code);
  const found = oneShotVerb(VERBS, args);
  // To open a server on the command line is to start a shell there.
  if (found?.verb === OPEN) return await main(found.args, exit);
  if (found !== null) return await runVerbTool(found, onSecond);
  if (asksForHelp(args)) {
    writeOut(`${helpText(FTP)}\n${oneShotList(VERBS)}`);
    return EXIT_CODES.done.code;
  }
  return await runTool({ ...FTP, jobs: verbTools }, args, (parsed) => {
    const run = runOf(parsed);
    checkTogether(run.options);
    return isScripted(run.options)
      ? runCommands(run, onSecond)
      : runShell(run, onSecond);
  });
}

/** The verbs that a command line can begin with, as tools. */
function verbTools(): Promise<readonly Tool[]> {
  const verbs = VERBS.filter(({ urls }) => urls !== undefined);
  return Promise.resolve(verbs.map((verb) => ({
    ...verbTool(verb),
    name: `ftp ${verb.names[0]}`,
    summary: verb.summary,
  })));
}

/** A command line, with the types of its options. */
interface FtpRun extends RunOptions {
  readonly options: CommonValues & ScriptValues;
  readonly positionals: readonly string[];
}

/** The option tables say what these values are. */
function runOf(parsed: Parsed<OptionTable>): FtpRun {
  return parsed as unknown as FtpRun;
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end < 0 ? undefined : end)
    .some((arg) => arg === "--help" || arg === "-h");
}

/** Whether nobody is there to type. */
function isScripted({ command, file }: ScriptValues): boolean {
  return command !== undefined || file !== undefined ||
    !Deno.stdin.isTerminal();
}

/** Does one thing. */
async function runVerbTool(
  { verb, args }: OneShot,
  onSecond: () => void,
): Promise<number> {
  return await runTool(verbTool(verb), args, async (parsed) => {
    const { options, positionals, given } = parsed;
    const shell = createShell(runOf(parsed), true);
    using stop = stopSignals({ onSecond });
    const { signal } = stop;
    const call = { options, args: positionals, given, signal };
    return await finish(
      shell,
      runOf(parsed),
      (shell) => runOneShot(shell, verb, call),
    );
  });
}

/** Runs what nobody types. */
async function runCommands(
  parsed: FtpRun,
  onSecond: () => void,
): Promise<number> {
  const shell = createShell(parsed, true);
  using stop = stopSignals({ onSecond });
  const { signal } = stop;
  return await finish(shell, parsed, async (shell) => {
    const { lines, name } = await scriptOf(shell, parsed.options);
    await begin(shell, parsed, signal);
    await runScript(shell, lines, name, signal);
  });
}

/** Runs what somebody types. */
async function runShell(
  parsed: FtpRun,
  onSecond: () => void,
): Promise<number> {
  const shell = createShell(parsed, false);
  using signals = shellSignals(Deno, { onSecond });
  return await finish(
    shell,
    parsed,
    (shell) =>
      runInteractive(
        shell,
        shell.screen,
        signals,
        (signal) => begin(shell, parsed, signal),
      ),
  );
}

/** Connects to the server of the command line, if it names one. */
async function begin(
  shell: Shell,
  { positionals: [where, port], options, given }: FtpRun,
  signal: AbortSignal,
): Promise<void> {
  const { settings } = shell.state;
  // Whatever the start file says.
  settings.tls = modeOf(options) ?? settings.tls;
  if (where === undefined) return;
  const target = await targetOf(shell, where, port);
  await enter(shell, withOptions(shell, target, options, given), signal);
}

if (import.meta.main) {
  Deno.exit(await main(Deno.args, Deno.exit));
}
