/**
 * The frame around a tool's main function: help, version, and errors turned
 * into one line and an exit code.
 *
 * @module
 */

import { versionLine } from "../version.ts";
import { visible } from "../visible.ts";
import { EXIT, ToolError, UsageError } from "./errors.ts";
import { helpText } from "./help.ts";
import { writeErr, writeOut } from "./output.ts";
import { type Parsed, parseOptions } from "./parse.ts";
import type { OptionTable, Tool } from "./tool.ts";

/** Where a tool's words go. */
export interface ToolStreams {
  /** Takes text for the standard output. Default: {@linkcode writeOut}. */
  readonly out?: (text: string) => void;
  /** Takes text for the standard error. Default: {@linkcode writeErr}. */
  readonly err?: (text: string) => void;
}

/**
 * Runs a tool on `args` and returns its exit code; never throws.
 *
 * `--help` and `--version` are answered here, even beside a mistake, and so are
 * `--completions SHELL` and `--man`, which are for packagers. A
 * {@linkcode UsageError} ends in its line and code 2, a {@linkcode ToolError}
 * in its line and its code, any other error in one line and code 1.
 *
 * @example
 * ```ts
 * import { runTool } from "./run.ts";
 * const code = await runTool(
 *   {
 *     name: "hello",
 *     summary: "greet",
 *     usage: "hello [options]",
 *     examples: [],
 *     options: { name: { type: "text", default: "you", help: "whom" } },
 *   },
 *   ["--name", "Ada"],
 *   ({ options }) => options.name === "Ada" ? 0 : 1,
 * );
 * console.assert(code === 0);
 * ```
 */
export async function runTool<const O extends OptionTable>(
  tool: Tool<O>,
  args: readonly string[],
  main: (parsed: Parsed<O>) => Promise<number> | number,
  { out = writeOut, err = writeErr }: ToolStreams = {},
): Promise<number> {
  try {
    const answer = answerFor(tool, args) ?? await writtenFor(tool, args);
    if (answer === undefined) return await main(parseOptions(tool, args));
    out(answer);
    return EXIT.done;
  } catch (error) {
    for (const line of errorLines(error)) err(`${tool.name}: ${line}\n`);
    return exitCodeOf(error);
  }
}

/** The exit code that `error` ends a tool with. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  return error instanceof ToolError ? error.exitCode : EXIT.failed;
}

/** What the language throws; every other error was thrown to be read. */
const BUGS = new Set([
  "TypeError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
]);

/**
 * The one line a person sees of `error`. A mistake in the code itself is
 * called unexpected and says where it happened, for the report.
 *
 * @example
 * ```ts
 * import { ToolError } from "./errors.ts";
 * import { errorLine } from "./run.ts";
 * console.assert(errorLine(new ToolError("disk full")) === "disk full");
 * ```
 */
export function errorLine(error: unknown): string {
  if (!(error instanceof Error)) return visible(`unexpected: ${error}`);
  if (!BUGS.has(error.name)) return visible(error.message);
  const place = /\(?(\S+:\d+:\d+)\)?$/m.exec(error.stack ?? "")?.[1];
  const where = place === undefined ? "" : ` at ${place}`;
  return visible(`unexpected ${error.name}: ${error.message}${where}`);
}

/** Every line of `error`: one, or as many as there are mistakes. */
export function errorLines(error: unknown): string[] {
  const more = error instanceof UsageError ? error.more : [];
  return [errorLine(error), ...more.map((line) => visible(line))];
}

function answerFor(tool: Tool, args: readonly string[]): string | undefined {
  const end = args.indexOf("--");
  const options = end < 0 ? args : args.slice(0, end);
  if (options.includes("--help") || options.includes(shortHelp(tool))) {
    return helpText(tool);
  }
  if (options.includes("--help=all")) return helpText(tool, { all: true });
  return options.includes("--version")
    ? `${versionLine(tool.name)}\n`
    : undefined;
}

/** Completions and manuals, which nobody loads who does not ask for them. */
async function writtenFor(
  tool: Tool,
  [option = "", shell, ...more]: readonly string[],
): Promise<string | undefined> {
  if (option === "--man" && shell === undefined) {
    const { manual } = await import("./manual.ts");
    return manual(tool, await tool.jobs?.() ?? []);
  }
  if (option !== "--completions" || more.length > 0) return undefined;
  const { completions } = await import("./completions.ts");
  return completions(tool, await tool.jobs?.() ?? [], shell);
}

/** `-h`, unless the tool means something else by it. */
function shortHelp({ options }: Tool): string {
  const isTaken = Object.values(options).some(({ short }) => short === "h");
  return isTaken ? "--help" : "-h";
}
