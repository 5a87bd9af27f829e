/**
 * Runs `ftp` as people do: the compiled one of the folder that the environment
 * variable `WHARF_DIST` names, else the sources.
 *
 * @module
 */

import { assertEquals, assertFalse } from "@std/assert";
import { ACCOUNT } from "../client/account_servers.ts";
import { type Ended, run, type RunOptions, start } from "./program.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const DIST: string | undefined = Deno.env.get("WHARF_DIST") || undefined;

/** Whether the tool is the compiled one, which has its permissions baked in. */
export const IS_COMPILED: boolean = DIST !== undefined;

/** Program and first arguments; `flags` are permissions, for sources only. */
export function ftpWords(...flags: string[]): string[] {
  if (DIST !== undefined) return [Deno.realPathSync(`${DIST}/ftp`)];
  // With a home of its own the runtime would look for its modules there.
  const cache = Deno.env.get("DENO_DIR") ??
    `${Deno.env.get("HOME")}/.cache/deno`;
  const runtime = ["env", `DENO_DIR=${cache}`, Deno.execPath(), "run"];
  const allowed = flags.length > 0 ? flags : ["-P=ftp"];
  return [
    ...[...runtime, "--quiet", "--no-prompt", `--config=${ROOT}deno.json`],
    ...[...allowed, `${ROOT}client/ftp.ts`],
  ];
}

/** Options for {@linkcode runFtp}. */
export interface FtpOptions extends RunOptions {
  /** The exit code that it has to end with. @default {0} */
  code?: number;
  /** Its permissions. @default those of the tool */
  flags?: readonly string[];
}

/**
 * Runs `ftp` to its end. It must end with the expected exit code, must not
 * show a password, and with `--json` write nothing but JSON.
 */
export async function runFtp(
  args: readonly string[],
  { code = 0, flags = [], ...options }: FtpOptions,
): Promise<Ended> {
  const ended = await run([...ftpWords(...flags), ...args], options);
  assertEquals(ended.code, code, ended.report);
  assertShowsNoPassword(ended.stdout + ended.stderr);
  if (args.includes("--json")) recordsOf(ended);
  return ended;
}

/** Starts `ftp`, to be stopped by a signal. */
export function startFtp(
  args: readonly string[],
  options: RunOptions,
): Deno.ChildProcess {
  return start([...ftpWords(), ...args], options);
}

/** Fails when the password stands in `text`, plain or as in URLs. */
export function assertShowsNoPassword(text: string): void {
  for (const secret of [ACCOUNT.password, URL_PASSWORD]) {
    assertFalse(text.includes(secret), `the password is shown: ${text}`);
  }
}

/** The password as it stands in a URL. */
export const URL_PASSWORD: string = encodeURIComponent(ACCOUNT.password);

/** One line of what `--json` prints. */
// deno-lint-ignore no-explicit-any -- It may hold anything; tests say what.
export type Told = any;

/** The lines of what `--json` printed. */
export function recordsOf({ stdout }: Pick<Ended, "stdout">): Told[] {
  const lines = stdout.split("\n");
  assertEquals(lines.pop(), "", "the last line has an end");
  return lines.map((line) => JSON.parse(line));
}

/**
 * Does `action` for all at once; waits for all, so that no program is left
 * running when one fails.
 */
export async function forAll<T>(
  items: readonly T[],
  action: (item: T) => Promise<void>,
): Promise<void> {
  const results = await Promise.allSettled(items.map(action));
  for (const result of results) {
    if (result.status === "rejected") throw result.reason;
  }
}
