/**
 * Running other programs, and looking for files.
 *
 * @module
 */

import { ToolError, writeErr } from "../lib/cli.ts";

/** How a program is run. */
export interface RunOptions {
  /** How long it may take, in milliseconds; then it is killed. */
  timeout: number;
  /** What its environment has besides ours. */
  env?: Readonly<Record<string, string>>;
  /** The folder it runs in. @default the current one */
  cwd?: string;
}

/** What a program printed. */
export interface Printed {
  /** On standard output. */
  stdout: string;
  /** On standard error. */
  stderr: string;
}

/**
 * Runs `program` to its end, without input.
 *
 * Throws a `ToolError` when it cannot be started, fails or takes longer than
 * `timeout`; what it said on standard error is passed on before.
 *
 * @example
 * ```ts
 * import { run } from "./run.ts";
 * const { stdout } = await run(Deno.execPath(), ["--version"], {
 *   timeout: 10_000,
 * });
 * console.assert(stdout.startsWith("deno"));
 * ```
 */
export async function run(
  program: string,
  args: readonly string[],
  { timeout, env = {}, cwd = "." }: RunOptions,
): Promise<Printed> {
  const signal = AbortSignal.timeout(timeout);
  const command = new Deno.Command(program, {
    args: [...args],
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    cwd,
    signal,
  });
  const { success, stdout, stderr } = await start(program, command);
  const printed = { stdout: decode(stdout), stderr: decode(stderr) };
  if (success) return printed;
  writeErr(printed.stderr);
  const why = signal.aborted ? `took over ${timeout / 1000} seconds` : "failed";
  throw new ToolError(`${[program, ...args].join(" ")} ${why}`);
}

async function start(
  program: string,
  command: Deno.Command,
): Promise<Deno.CommandOutput> {
  try {
    return await command.output();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new ToolError(`cannot find ${program}: install it first`, 1, {
      cause,
    });
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Whether `path` is a file. */
export async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}
