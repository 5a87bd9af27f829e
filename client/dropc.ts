/**
 * `dropc`: saves files in a drop box (`dropd`), fetches and lists them.
 *
 * @module
 */

import {
  defineTool,
  EXIT,
  type Parsed,
  runTool,
  stopSignals,
  type Tool,
  UsageError,
  writeErr,
} from "../lib/cli.ts";
import { nearest } from "../lib/cli/nearest.ts";
import { quoted } from "../lib/cli/values.ts";
import { terminalDevice } from "../lib/terminal/device.ts";
import {
  createProgressBoard,
  type ProgressBoard,
} from "../lib/terminal/progress.ts";
import type { DropRun } from "./drop/files.ts";
import { dropOutput } from "./drop/output.ts";
import { getFiles, listFiles, putFiles, STANDARD } from "./drop/verbs.ts";
import { standardStreams } from "./echo/streams.ts";
import { confineTo } from "./service/confine.ts";
import { CLIENT_OPTIONS } from "./service/options.ts";
import { readTarget, type StreamTarget } from "./service/target.ts";

const DROP_PORT = 12345;

const { tcp, unix, json, timeout } = CLIENT_OPTIONS;

const OPTIONS = {
  server: {
    type: "text",
    short: "s",
    placeholder: "HOST[:PORT]",
    help: `the drop box (default 127.0.0.1:${DROP_PORT})`,
    group: "Server",
  },
  tcp,
  unix,
  timeout: {
    ...timeout,
    default: 10,
    help: "how long the server may stand still",
  },
  name: {
    type: "text",
    placeholder: "NAME",
    help: "put: what FILE is called in the box",
    group: "Files",
  },
  output: {
    type: "text",
    short: "o",
    placeholder: "FILE|DIR|-",
    help: "get: where NAME goes; - is standard output",
    group: "Files",
  },
  overwrite: {
    type: "flag",
    help: "get: replace a file that is here",
    group: "Files",
  },
  json: { ...json, group: "Files" },
} as const;

const TOOL = defineTool({
  name: "dropc",
  summary: "save files in a drop box (dropd), fetch and list them",
  usage: "dropc [options] put FILE… | get NAME… | dir",
  examples: [
    ["dropc put a.txt b.txt", "save two files in the box of this machine"],
    ["dropc --server box:12345 get a.txt", "fetch one from another machine"],
    ["dropc dir", "list them"],
    ["tar c . | dropc put - --name x.tar", "save what is piped in"],
    ["dropc get x.tar -o - | tar t", "pipe it out"],
  ],
  options: OPTIONS,
  positionals: { min: 1, max: 10_000 },
});

/** What `dropc` says about itself. */
export const DROPC: Tool = TOOL;

type Command = Parsed<typeof OPTIONS>;

const VERBS = ["put", "get", "dir"];

/** Runs the tool and returns its exit code. */
export function main(args: readonly string[]): Promise<number> {
  return runTool(TOOL, args, async (parsed) => {
    const work = verbOf(parsed);
    const target = targetOf(parsed);
    confine(parsed, target);
    const streams = standardStreams();
    using stop = stopSignals();
    using board = boardOf(parsed);
    const signal = AbortSignal.any([stop.signal, streams.unread]);
    const output = dropOutput(streams);
    try {
      return await work(runOf(parsed, { target, board, signal, output }));
    } catch (error) {
      // A reader that has enough (`dropc dir | head -1`) is no error.
      if (streams.unread.aborted) return EXIT.done;
      throw error;
    }
  });
}

/** Gives up what the verb does not need: only `get` writes files. */
function confine({ positionals: [verb] }: Command, target: StreamTarget): void {
  if (verb === "dir") return confineTo(target);
  const isUnix = target.transport === "unix";
  if (verb === "put" && !isUnix) Deno.permissions.revokeSync({ name: "write" });
}

/** What is to be done, once everything on the command line makes sense. */
function verbOf(
  { options, positionals, given }: Command,
): (run: DropRun) => Promise<number> {
  const [verb = "", ...names] = positionals;
  switch (verb) {
    case "put":
      refuse(verb, given, ["output", "overwrite"]);
      checkPut(names, options.name);
      return (run) => putFiles(run, names, options);
    case "get":
      refuse(verb, given, ["name"]);
      checkGet(names, options);
      return (run) => getFiles(run, names, options);
    case "dir":
      refuse(verb, given, ["name", "output", "overwrite"]);
      if (names.length === 0) return listFiles;
      throw new UsageError(`dir takes no argument, got ${quoted(names[0]!)}`);
    default: {
      const near = nearest(VERBS, verb);
      const hint = near === undefined ? "" : `; did you mean ${near}?`;
      throw new UsageError(
        `expected put, get or dir, got ${quoted(verb)}${hint}`,
      );
    }
  }
}

function refuse(
  verb: string,
  given: ReadonlySet<string>,
  others: readonly string[],
): void {
  const other = others.find((name) => given.has(name));
  if (other !== undefined) {
    throw new UsageError(`--${other} is not for ${verb}`);
  }
}

function checkPut(paths: readonly string[], name: string | undefined): void {
  if (paths.length === 0) {
    throw new UsageError("put which FILE? - is standard input");
  }
  if (name === undefined && paths.includes(STANDARD)) {
    throw new UsageError("put - needs --name: standard input has none");
  }
  if (name !== undefined && paths.length > 1) {
    throw new UsageError("--name is for one FILE only");
  }
}

function checkGet(
  names: readonly string[],
  { output, json }: Command["options"],
): void {
  if (names.length === 0) {
    throw new UsageError("get which NAME? dir lists them");
  }
  if (output === STANDARD && json) {
    throw new UsageError("--json and --output - both want standard output");
  }
}

function targetOf({ options }: Command): StreamTarget {
  const { server, unix, tcp } = options;
  const host = server ?? (unix === undefined ? "127.0.0.1" : undefined);
  const target = readTarget(host, { unix, tcp, udp: false }, DROP_PORT);
  return target as StreamTarget;
}

function boardOf({ options: { quiet } }: Command): ProgressBoard {
  const device = terminalDevice({
    term: env("TERM"),
    noColor: env("NO_COLOR"),
  });
  return createProgressBoard(device, { quiet });
}

function env(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    return undefined; // Not among those it may read.
  }
}

function runOf(
  { options: { timeout, json, quiet } }: Command,
  world: Pick<DropRun, "target" | "board" | "signal" | "output">,
): DropRun {
  return {
    ...world,
    timeout,
    json,
    complain(line) {
      // A quiet board shows nothing, and a note keeps clear of the bars.
      if (quiet) writeErr(`dropc: ${line}\n`);
      else world.board.note(`dropc: ${line}`);
    },
  };
}

if (import.meta.main) {
  Deno.exit(await main(Deno.args));
}
