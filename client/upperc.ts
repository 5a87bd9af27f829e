/**
 * `upperc`: sends text to an upper-case server and prints what it makes of it.
 *
 * @module
 */

import type { Bytes } from "../lib/bytes.ts";
import {
  defineTool,
  EXIT,
  type Parsed,
  runTool,
  stopSignals,
  type Tool,
  UsageError,
  writeErr,
  writeOut,
} from "../lib/cli.ts";
import { toAscii } from "../lib/ftp/ascii.ts";
import { CASING_OPTIONS, readCasing } from "../lib/upper/casing_options.ts";
import type { Casing } from "../lib/upper/mapping.ts";
import { confineTo } from "./service/confine.ts";
import { CLIENT_OPTIONS } from "./service/options.ts";
import { standardInput, standardOutput } from "./service/standard_streams.ts";
import { readTarget, type Target } from "./service/target.ts";
import { bytesSource } from "./service/bytes_source.ts";
import { answerOutput, keptAnswer } from "./upper/output.ts";
import { checkedLine, reportJson } from "./upper/report.ts";
import { runUpper, type UpperRequest } from "./upper/run.ts";

const UPPER_PORT = 2345;

const { json, timeout, ...WAYS } = CLIENT_OPTIONS;

const OPTIONS = {
  ...WAYS,
  timeout,
  crlf: {
    type: "flag",
    help: "end lines with CRLF, for servers that want it",
    group: "Server",
  },
  check: {
    type: "flag",
    help: "compare every byte of the answer; exit code 1 if one is wrong",
    group: "Check",
  },
  unicode: {
    ...CASING_OPTIONS.unicode,
    help: "with --check: expect what upperd --unicode does",
    group: "Check",
  },
  turkish: {
    ...CASING_OPTIONS.turkish,
    help: "with --check: expect what upperd --turkish does",
    group: "Check",
  },
  json: { ...json, help: "print a JSON object", group: "General" },
} as const;

const TOOL = defineTool({
  name: "upperc",
  summary: "send text to an upper-case server, print what comes back",
  usage: "upperc [options] HOST[:PORT] [TEXT...]",
  examples: [
    ["upperc localhost hello world", `ask this machine, port ${UPPER_PORT}`],
    ["upperc --udp localhost hello", "over UDP"],
    [
      "upperc --check localhost < FILE > OUT",
      "a whole file, every byte checked",
    ],
  ],
  options: OPTIONS,
  positionals: { max: 10_000 },
});

/** What `upperc` says about itself. */
export const UPPERC: Tool = TOOL;

type Command = Parsed<typeof OPTIONS>;

/** Runs the tool and returns its exit code. */
export function main(args: readonly string[]): Promise<number> {
  return runTool(TOOL, args, async (command) => {
    const { options } = command;
    const { target, text } = wordsOf(command);
    const casing = casingOf(command);
    confineTo(target);
    using stop = stopSignals();
    const request: Omit<UpperRequest, "output"> = {
      target,
      source: options.crlf ? withCrlf(text) : text ?? standardInput,
      casing,
      timeout: options.timeout,
      signal: stop.signal,
    };
    const form = { isLine: text !== null, ...options };
    return form.json
      ? await inJson(request, form)
      : await unlessUnread(asText(request, form));
  });
}

/** A reader that has enough (`upperc ... | head -1`) is no error. */
async function unlessUnread(running: Promise<number>): Promise<number> {
  try {
    return await running;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return EXIT.done;
    throw error;
  }
}

/** Whom to ask, and with what; `null` for standard input. */
function wordsOf(
  { options, positionals }: Command,
): { target: Target; text: Bytes | null } {
  const [host, ...words] = options.unix === undefined
    ? positionals
    : [undefined, ...positionals];
  const target = readTarget(host, options, UPPER_PORT);
  if (target.transport === "udp" && options.crlf) {
    throw new UsageError(
      "--crlf: over UDP a line is a datagram without an end",
    );
  }
  // A datagram ends by itself; in a stream a line needs an end.
  const end = target.transport === "udp" ? "" : "\n";
  const text = words.length === 0
    ? null
    : new TextEncoder().encode(words.join(" ") + end);
  return { target, text };
}

/** The lines with CRLF at their ends, those that have it already as well. */
function withCrlf(text: Bytes | null): UpperRequest["source"] {
  const lines = text === null ? standardInput : bytesSource(text);
  return toAscii({ read: (buffer) => lines.read(buffer), close() {} });
}

/** What the answer is checked by. */
function casingOf({ options, given }: Command): Casing | null {
  if (options.check) return readCasing(options);
  const option = ["unicode", "turkish"].find((name) => given.has(name));
  if (option === undefined) return null;
  throw new UsageError(
    `--${option} says what --check expects: add --check ` +
      `(which letters change is up to the server)`,
  );
}

/** How the answer is printed. */
interface Form {
  /** Whether it answers the words of the command line. */
  readonly isLine: boolean;
  readonly quiet: boolean;
}

async function inJson(
  request: Omit<UpperRequest, "output">,
  { isLine }: Form,
): Promise<number> {
  const output = keptAnswer();
  const report = await runUpper({ ...request, output });
  const { text } = output;
  // The words had no line end; in a stream, what ends the line is ours.
  const answer = isLine && request.target.transport !== "udp"
    ? text?.replace(/\r?\n$/, "") ?? null
    : text;
  writeOut(reportJson(report, answer));
  return report.check?.wrong ? EXIT.failed : EXIT.done;
}

async function asText(
  request: Omit<UpperRequest, "output">,
  { isLine, quiet }: Form,
): Promise<number> {
  const output = answerOutput(standardOutput, {
    isTerminal: Deno.stdout.isTerminal(),
    wholeLine: isLine,
  });
  const report = await runUpper({ ...request, output });
  const { wrong } = report.check ?? { wrong: null };
  if (wrong !== null) throw wrong;
  if (report.check !== null && !quiet) {
    writeErr(`upperc: ${checkedLine(report)}\n`);
  }
  return EXIT.done;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
