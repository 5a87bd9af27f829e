/**
 * Making local folders that somebody named.
 *
 * @module
 */

import { LocalError } from "../errors.ts";
import type { LocalFiles } from "../local_files.ts";
import { attempt } from "../targets.ts";

/**
 * Makes a local folder and those above it, unless they are there.
 *
 * @param typed How the user named it, with slashes at its end or without.
 * @param path The same as the process sees it.
 * @throws {LocalError} when something else has its name, or it cannot be made.
 */
export async function makeLocalFolder(
  files: LocalFiles,
  typed: string,
  path: string,
): Promise<void> {
  try {
    await files.makeDirectory(path);
  } catch (cause) {
    const there = await whatIsAt(files, path);
    if (there === null || there === "directory") {
      await attempt("make folder", typed, Promise.reject(cause));
    }
    const what = there === "link" ? "a link" : "a file";
    const line = `Cannot make folder ${typed}: ${what} has this name`;
    throw new LocalError(line, { cause });
  }
}

/** With a slash at its end, a file could not be looked at. */
async function whatIsAt(
  files: LocalFiles,
  path: string,
): Promise<string | null> {
  const bare = path.replace(/(?<=.)[/\\]+$/, "");
  const there = await files.stat(bare).catch(() => null);
  return there?.type ?? null;
}
