/**
 * Verbs that use the machine: its programs, folders, scripts and time.
 *
 * @module
 */

import { UsageError } from "../../../../lib/cli.ts";
import { optionValue } from "../../../../lib/cli/values.ts";
import { unlessAborted } from "../../unless_aborted.ts";
import { ShellError } from "../failure.ts";
import { makeLocalFolder } from "../make_local_folder.ts";
import { runLines, scriptFile } from "../script.ts";
import { localPath, type ShellState } from "../shell.ts";
import { defineVerb, type Verb } from "../verb.ts";

/** The longest sleep, in seconds: a day. */
const LONGEST_SLEEP = 86_400;
/** Scripts in scripts that are too many. */
const MOST_SCRIPTS = 20;

const bang = defineVerb({
  names: ["!"],
  group: "General",
  summary: "run a program of this machine",
  usage: "COMMAND",
  examples: [["!df -h .", "as the system's own shell runs it"]],
  raw: "text",
  run: async ({ machine }, { args: [command], signal }) => {
    if (command === undefined) {
      throw new UsageError("a command is missing behind !");
    }
    const code = await machine.run(command, signal).catch(notRun);
    signal.throwIfAborted();
    if (code === 0) return;
    throw new ShellError("failed", `the command ended with exit code ${code}`);
  },
});

function notRun(cause: unknown): never {
  if (!(cause instanceof Error) || cause.name !== "NotCapable") throw cause;
  throw new ShellError(
    "permission",
    "this program may not run others: use another terminal, or start it with " +
      "deno run --allow-run (lls, lcd and lmkdir are built in)",
  );
}

const lmkdir = defineVerb({
  names: ["lmkdir"],
  group: "Folders",
  summary: "make a local folder, and those above it",
  usage: "DIR",
  positionals: { min: 1, max: 1 },
  completes: ["local-folder"],
  run: (shell, { args: [folder = ""] }) =>
    makeLocalFolder(shell.files, folder, localPath(shell, folder)),
});

const sleep = defineVerb({
  names: ["sleep"],
  group: "General",
  summary: "wait for some time",
  usage: "SECONDS",
  examples: [["sleep 2m", "two minutes; 24h at most"]],
  positionals: { min: 1, max: 1 },
  run: async ({ clock }, { args: [text = ""], signal }) => {
    const spec = {
      type: "seconds",
      default: 0,
      max: LONGEST_SLEEP,
      help: "",
    } as const;
    await clock.sleep(Number(optionValue("sleep", spec, [text])), signal);
  },
});

/** How many scripts of scripts run. */
const depths: WeakMap<ShellState, number> = new WeakMap();

const source = defineVerb({
  names: ["source", "."],
  group: "General",
  summary: "run the commands of a local file",
  usage: "FILE",
  positionals: { min: 1, max: 1 },
  completes: ["local"],
  run: async (shell, { args: [file = ""], signal }) => {
    const { state } = shell;
    const depth = depths.get(state) ?? 0;
    if (depth >= MOST_SCRIPTS) {
      throw new UsageError(`source ${file}: scripts in more than 20 scripts`);
    }
    const reading = scriptFile(shell, localPath(shell, file));
    const { lines, name } = await unlessAborted(reading, signal);
    depths.set(state, depth + 1);
    try {
      await runLines(shell, lines, name, signal);
    } finally {
      depths.set(state, (depths.get(state) ?? 1) - 1);
    }
  },
});

/** What uses the machine. */
export const MACHINE_VERBS: readonly Verb[] = [bang, lmkdir, source, sleep];
