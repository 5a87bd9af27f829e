/**
 * `deno task compile`: each tool as one file that needs no Deno.
 *
 * A tool is built with exactly the permission set of its name baked in, then
 * started once, because a binary on the wrong base runtime builds well and
 * dies at its first start.
 *
 * @module
 */

import configuration from "../deno.json" with { type: "json" };
import { existsSync } from "node:fs";
import {
  defineTool,
  runTool,
  type Tool,
  ToolError,
  UsageError,
  writeOut,
} from "../lib/cli.ts";
import {
  type BaseRuntime,
  chooseBaseRuntime,
  denoCache,
} from "./base_runtime.ts";
import { mergeSums, sha256OfFile } from "./checksums.ts";
import { isFile, run } from "./run.ts";
import { SBOM, writeSbom } from "./sbom.ts";
import { type Stage, stage } from "./stage.ts";
import { type ToolRow, toolTable } from "./tool_table.ts";

/** How long one step may take, in milliseconds. */
const CHECK_TIME = 120_000;
const COMPILE_TIME = 300_000;
const START_TIME = 30_000;
const MEBIBYTE = 1024 * 1024;

const OPTIONS = {
  target: {
    type: "text",
    placeholder: "TRIPLE",
    default: Deno.build.target,
    help: "the machine to build for",
  },
  output: {
    type: "text",
    placeholder: "DIR",
    default: "dist",
    help: "the folder for the binaries",
  },
} as const;

/** What `--help` says. */
const TOOL: Tool<typeof OPTIONS> = defineTool({
  name: "compile",
  summary: "build tools as single files that need no Deno",
  usage: "deno task compile [options] [TOOL...]",
  examples: [
    ["deno task compile", "every tool, into dist/"],
    ["deno task compile ftpd", "one tool"],
    [
      "deno task compile --target aarch64-unknown-linux-gnu",
      "for another machine",
    ],
  ],
  options: OPTIONS,
  positionals: { max: Infinity },
});

/** What to build. */
export interface Order {
  /** Names of the tools; all of them when it is empty. */
  names: readonly string[];
  /** The target triple. */
  target: string;
  /** The folder for the binaries. */
  output: string;
}

/**
 * Builds what `order` says; `log` gets a line for each step.
 *
 * Throws a `UsageError` for an unknown tool and a `ToolError` when a tool
 * cannot be built or does not start.
 */
export async function compile(
  order: Order,
  log: (line: string) => void,
): Promise<void> {
  const rows = chooseTools(toolTable(configuration, existsSync), order.names);
  const runtime = await chooseBaseRuntime(order.target, log);
  log(`Compiling ${rows.map((row) => row.name).join(", ")} (${runtime.about})`);
  await checkTypes(rows);
  await Deno.mkdir(order.output, { recursive: true });
  const output = await Deno.realPath(order.output);
  await using sources = await stage(await denoCache());
  const sums: Record<string, string> = {};
  for (const row of rows) {
    const name = binaryName(row.name, order.target);
    const build = { row, sources, path: `${output}/${name}` };
    sums[name] = await compileTool(build, order.target, runtime, log);
  }
  sums[SBOM] = await writeSbom(`${output}/${SBOM}`, runtime);
  await writeSums(output, sums);
  log(
    `Done: ${count(rows.length)} in ${order.output}/, ` +
      `what they are made of in ${SBOM}, checksums in SHA256SUMS`,
  );
}

/**
 * The rows named, in the table's order; all when none is.
 *
 * Throws a `UsageError` that lists the tools when a name is unknown.
 *
 * @example
 * ```ts
 * import { chooseTools } from "./compile.ts";
 * const table = [{ name: "ftpd", entry: "server/ftpd.ts", workers: [] }];
 * console.assert(chooseTools(table, []).length === 1);
 * ```
 */
export function chooseTools(
  table: readonly ToolRow[],
  names: readonly string[],
): ToolRow[] {
  const known = table.map((row) => row.name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(
      `no tool is called "${unknown}": there is ${known.join(", ")}`,
    );
  }
  return table.filter((row) => !names.length || names.includes(row.name));
}

/**
 * The file name of a tool's binary: its own name on this machine, with the
 * target behind it elsewhere.
 *
 * @example
 * ```ts
 * import { binaryName } from "./compile.ts";
 * console.assert(binaryName("ftpd", Deno.build.target).startsWith("ftpd"));
 * ```
 */
export function binaryName(name: string, target: string): string {
  const suffix = target.includes("windows") ? ".exe" : "";
  const place = target === Deno.build.target ? "" : `-${target}`;
  return `${name}${place}${suffix}`;
}

/** One tool and where it goes. */
interface Build {
  row: ToolRow;
  /** What it is built from. */
  sources: Stage;
  /** The path of the binary. */
  path: string;
}

/** All at once: they share most of their modules. */
async function checkTypes(rows: readonly ToolRow[]): Promise<void> {
  const files = rows.flatMap(({ entry, workers }) => [entry, ...workers]);
  await run(Deno.execPath(), ["check", "--quiet", ...files], {
    timeout: CHECK_TIME,
  });
}

/** Builds one tool, starts it, and gives its checksum. */
async function compileTool(
  { row, sources, path }: Build,
  target: string,
  runtime: BaseRuntime,
  log: (line: string) => void,
): Promise<string> {
  await run(runtime.deno, compileArguments(row, target, path), {
    timeout: COMPILE_TIME,
    env: { ...runtime.env, DENO_DIR: sources.cache },
    cwd: sources.path,
  });
  const said = await firstStart(path, target);
  const { size } = await Deno.stat(path);
  const sum = await sha256OfFile(path);
  log(`${path}: ${said}`);
  log(`${path}: ${(size / MEBIBYTE).toFixed(1)} MiB, SHA-256 ${sum}`);
  return sum;
}

/**
 * The arguments of `deno compile` for one tool.
 *
 * Types were checked before, by the Deno that runs this. Without a code cache,
 * because Deno keeps it under a guessable name in the folder for temporary
 * files, where another user of the machine could put one first.
 *
 * @example
 * ```ts
 * import { compileArguments } from "./compile.ts";
 * const row = { name: "ftpd", entry: "server/ftpd.ts", workers: [] };
 * const args = compileArguments(row, Deno.build.target, "dist/ftpd");
 * console.assert(args.includes("-P=ftpd"));
 * ```
 */
export function compileArguments(
  row: ToolRow,
  target: string,
  path: string,
): string[] {
  return [
    ...["compile", "--quiet", "--no-check", "--no-code-cache", "--frozen"],
    ...["--no-prompt", `-P=${row.name}`],
    ...["--target", target, "--output", path],
    ...row.workers.flatMap((worker) => ["--include", worker]),
    row.entry,
  ];
}

/**
 * Starts what was built, and tells what it said. A binary that does not start
 * is removed, lest somebody take it for a good one.
 */
async function firstStart(path: string, target: string): Promise<string> {
  if (target !== Deno.build.target) {
    return `not started: it is for ${target}, this machine is not`;
  }
  try {
    const { stdout } = await run(await Deno.realPath(path), ["--version"], {
      timeout: START_TIME,
    });
    const [line] = stdout.split("\n");
    if (line) return `starts and says "${line}"`;
    throw new ToolError(`${path} --version printed nothing`);
  } catch (error) {
    await Deno.remove(path);
    throw error;
  }
}

async function writeSums(
  output: string,
  sums: Readonly<Record<string, string>>,
): Promise<void> {
  const path = `${output}/SHA256SUMS`;
  const old = await isFile(path) ? await Deno.readTextFile(path) : "";
  const keep = (name: string) => existsSync(`${output}/${name}`);
  await Deno.writeTextFile(path, mergeSums(old, sums, keep));
}

function count(tools: number): string {
  return tools === 1 ? "1 tool" : `${tools} tools`;
}

/** Builds what the command line says and gives the exit code. */
export function main(args: readonly string[]): Promise<number> {
  return runTool(TOOL, args, async ({ options, positionals }) => {
    const { target, output } = options;
    await compile(
      { names: positionals, target, output },
      (line) => writeOut(`${line}\n`),
    );
    return 0;
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args));
