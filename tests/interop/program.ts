/**
 * Foreign programs: which there are, and how to run one so that nothing of
 * this machine's settings (proxies, start-up files, languages) reaches it.
 *
 * @module
 */

import { assertEquals, fail } from "@std/assert";
import { within } from "../../lib/net/wait.ts";

/** Debian's programs come first: another Python may stand before them. */
const PATH = `/usr/bin:/bin:${Deno.env.get("PATH") ?? ""}`;

/** How a program ended and what it said. */
export interface Ended {
  /** Its exit code. */
  code: number;
  /** What it wrote on its standard output. */
  stdout: string;
  /** What it wrote on its standard error. */
  stderr: string;
  /** Everything: command line, output and errors, for messages of tests. */
  report: string;
}

/** Options for {@linkcode run} and {@linkcode start}. */
export interface RunOptions {
  /** The folder it runs in; also its home folder, unless `home` is given. */
  cwd: string;
  /** Its home folder. @default {options.cwd} */
  home?: string;
  /** What it reads. @default nothing */
  stdin?: string;
  /** Milliseconds after which it is killed. @default {60000} */
  timeout?: number;
}

/** Whether `program` is installed. */
export function isInstalled(program: string): boolean {
  const { success } = new Deno.Command("sh", {
    args: ["-c", 'command -v "$1"', "sh", program],
    env: { PATH },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).outputSync();
  return success;
}

/** Starts a program with pipes for its input, output and errors. */
export function start(
  words: readonly string[],
  options: RunOptions,
): Deno.ChildProcess {
  const { cwd, home = cwd, timeout = 60_000 } = options;
  const [program = "", ...args] = words;
  return new Deno.Command("/usr/bin/env", {
    args: ["--", program, ...args],
    cwd,
    clearEnv: true,
    env: { PATH, HOME: home, LC_ALL: "C.UTF-8", TZ: "UTC" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(timeout),
  }).spawn();
}

/** Runs a program to its end. */
export async function run(
  words: readonly string[],
  options: RunOptions,
): Promise<Ended> {
  const child = start(words, options);
  const output = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(options.stdin ?? ""))
    .catch(() => {}); // It may end without reading everything.
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await output;
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  const report = `${words.join(" ")}\n${options.stdin ?? ""}\n${
    said.join("\n")
  }`;
  return {
    code,
    stdout: said[0]!,
    stderr: said[1]!,
    report: `${report}\nexit code ${code}`,
  };
}

/** Runs a program that has to succeed; returns its standard output. */
export async function runWell(
  words: readonly string[],
  options: RunOptions,
): Promise<string> {
  const { code, stdout, report } = await run(words, options);
  assertEquals(code, 0, report);
  return stdout;
}

/**
 * Asks a program to stop until it has ended, as somebody does who will not
 * wait; returns how it ended.
 */
export async function insist(program: {
  kill(signal: Deno.Signal): void;
  readonly status: Promise<Deno.CommandStatus>;
}): Promise<Deno.CommandStatus> {
  for (let times = 0; times < 400; times++) {
    try {
      program.kill("SIGINT");
    } catch (error) {
      // It has ended a moment ago: then its status comes at once.
      if (!(error instanceof TypeError)) throw error;
    }
    const status = await within(program.status, 25, null);
    if (status !== null) return status;
  }
  return fail("it was asked 400 times to stop");
}
