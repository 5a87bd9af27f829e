/**
 * Patterns of names on the server.
 *
 * @module
 */

import { globMatcher, isGlob } from "../../../lib/glob.ts";
import { visible } from "../../../lib/visible.ts";
import { FtpError } from "../errors.ts";
import { isPlainName, type ListEntry, pathIn } from "../listing.ts";
import { ShellError } from "./failure.ts";
import { onPath, onServer } from "./on_server.ts";
import type { Shell } from "./shell.ts";
import { createRefused } from "./unreadable.ts";

/** Options for {@linkcode expandRemote}. */
export interface ExpandOptions {
  /** Cancels it. */
  signal: AbortSignal;
  /** Matches that are too many. @default {1000000} */
  most?: number;
}

/**
 * The path that a pattern means when it is none: all that is special in it was
 * quoted. `null` for a real pattern.
 *
 * @example
 * ```ts
 * import { exactPath } from "./remote_glob.ts";
 * console.assert(exactPath("a[*]b") === "a*b");
 * console.assert(exactPath("a*") === null);
 * ```
 */
export function exactPath(pattern: string): string | null {
  const quoted = /\[([*?[])\]/g;
  return isGlob(pattern.replace(quoted, ""))
    ? null
    : pattern.replace(quoted, "$1");
}

/**
 * What a pattern matches, sorted by path; nothing is an empty array. Folders
 * in front may be patterns, too. Names that no folder can hold never match and
 * are told, and those with a leading dot match only patterns that have one.
 *
 * @throws {ShellError} when the server does not list the folder, or too much
 * matches.
 */
export async function expandRemote(
  shell: Shell,
  pattern: string,
  options: ExpandOptions,
): Promise<ListEntry[]> {
  const foldersOnly = /[^/]\/+$/.test(pattern);
  const parts = pattern.split("/").filter((part) => part !== "");
  let found: ListEntry[] = [folder(pattern.startsWith("/") ? "/" : "")];
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    found = await step(shell, found, part, { ...options, last });
  }
  const fitting = foldersOnly ? found.filter(mayBeFolder) : found;
  return fitting.sort((a, b) => a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
}

function folder(path: string): ListEntry {
  return { name: "", path, type: "directory", size: null, modified: null };
}

function mayBeFolder({ type }: ListEntry): boolean {
  return type === "directory" || type === "link";
}

interface StepOptions extends ExpandOptions {
  /** Whether it is the last part of the pattern. */
  readonly last: boolean;
}

async function step(
  shell: Shell,
  folders: readonly ListEntry[],
  part: string,
  options: StepOptions,
): Promise<ListEntry[]> {
  const { last, most = 1_000_000 } = options;
  const name = exactPath(part);
  if (name !== null && !last) {
    return folders.map(({ path }) => folder(pathIn(path, name)));
  }
  const found: ListEntry[] = [];
  for (const { path } of folders) {
    const matches = name === null
      ? await matchesIn(shell, path, part, most - found.length, options)
      : await named(shell, pathIn(path, name), options);
    for (const match of matches) found.push(match);
  }
  return last ? found : found.filter(mayBeFolder);
}

async function named(
  shell: Shell,
  path: string,
  { signal }: ExpandOptions,
): Promise<ListEntry[]> {
  const entry = await onServer(
    shell,
    (client, signal) => client.stat(path, { signal }),
    signal,
  );
  return entry === null ? [] : [entry];
}

async function matchesIn(
  shell: Shell,
  path: string,
  pattern: string,
  most: number,
  { signal }: ExpandOptions,
): Promise<ListEntry[]> {
  const fits = globMatcher(pattern);
  const hidden = pattern.startsWith(".");
  const found: ListEntry[] = [];
  const refused = createRefused(shell);
  try {
    await onPath(shell, path, async (client, signal) => {
      for await (const entry of client.list(path, { hidden, signal })) {
        const { name } = entry;
        if (!isPlainName(name)) {
          if (name === "" || name.includes("/") || fits(name)) {
            refused.add(entry);
          }
        } else if (!fits(name)) continue;
        else if (found.push(entry) > most) throw tooMany(pattern, most);
      }
    }, signal);
  } catch (error) {
    // It may be a link to a file, or a folder that nobody may see.
    if (path !== "" && isRefusal(error)) return [];
    throw error;
  }
  refused.end();
  return found;
}

function isRefusal(error: unknown): boolean {
  const { cause } = error instanceof ShellError ? error : { cause: error };
  return cause instanceof FtpError && !cause.transient;
}

function tooMany(pattern: string, most: number): ShellError {
  return new ShellError(
    "failed",
    `more than ${most} names match ${visible(pattern)}; narrow it down`,
  );
}
