/**
 * The user's bookmarks: names for servers and folders, without passwords.
 *
 * @module
 */

import { userFile } from "../../../lib/user_files.ts";
import { LocalError } from "../errors.ts";
import { formatBookmarks, parseBookmarks } from "./bookmarks.ts";
import { ShellError } from "./failure.ts";
import type { Machine } from "./machine.ts";
import type { Shell } from "./shell.ts";
import { parseTarget, type Target } from "./target.ts";

const NAME = "ftp_bookmarks";

/** The user's bookmarks as they are. */
export interface BookmarksFile {
  /** URLs by name, with the options in front. */
  readonly urls: Map<string, string>;
  /** What the file says, for comments and order. */
  readonly text: string;
  /** What is wrong with it, with its name. */
  readonly problems: readonly string[];
}

/**
 * The URLs of the user's bookmarks, by name; none where there is no file.
 *
 * @throws {LocalError} when the file cannot be read.
 *
 * @example
 * ```ts
 * import { readBookmarks } from "./bookmarks_file.ts";
 * const urls = await readBookmarks({
 *   env: (name) => name === "HOME" ? "/home/ann" : undefined,
 *   readText: () => Promise.resolve("nas ftp://ann@nas/photos\n"),
 * });
 * console.assert(urls.get("nas") === "ftp://ann@nas/photos");
 * ```
 */
export async function readBookmarks(
  machine: Pick<Machine, "env" | "readText">,
): Promise<ReadonlyMap<string, string>> {
  return (await readBookmarksFile(machine)).urls;
}

/**
 * The same, with what else is in the file.
 *
 * @throws {LocalError} when the file cannot be read.
 */
export async function readBookmarksFile(
  machine: Pick<Machine, "env" | "readText">,
): Promise<BookmarksFile> {
  const path = userFile((name) => machine.env(name), "config", NAME);
  if (path === null) return { urls: new Map(), text: "", problems: [] };
  try {
    const text = await machine.readText(path) ?? "";
    const { urls, problems } = parseBookmarks(text);
    return { urls, text, problems: problems.map((line) => `${path}: ${line}`) };
  } catch (error) {
    throw failed("read", path, error);
  }
}

/**
 * Changes the user's bookmarks; what else is in the file stays.
 *
 * @throws {UsageError} when a name or a URL cannot be one.
 * @throws {ShellError} when nobody knows where home is.
 * @throws {LocalError} when the file cannot be read or written.
 */
export async function changeBookmarks(
  machine: Machine,
  change: (urls: Map<string, string>) => void,
): Promise<void> {
  const path = userFile((name) => machine.env(name), "config", NAME);
  if (path === null) {
    throw new ShellError(
      "local",
      "There is no place for bookmarks: neither HOME nor XDG_CONFIG_HOME is set",
    );
  }
  const { urls, text } = await readBookmarksFile(machine);
  change(urls);
  const changed = formatBookmarks(urls, text);
  try {
    await machine.writeText(path, changed);
  } catch (error) {
    throw failed("write", path, error);
  }
}

/** The bookmark of this name; `undefined` when there is none. */
export async function bookmarkOf(
  { machine }: Shell,
  name: string,
): Promise<Target | undefined> {
  const url = (await readBookmarks(machine)).get(name);
  return url === undefined ? undefined : parseTarget(url);
}

function failed(what: string, path: string, cause: unknown): LocalError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new LocalError(`Cannot ${what} ${path}: ${why}`, { cause });
}
