/**
 * Local names of files: where a download goes, and what an upload is called.
 *
 * @module
 */

import { UsageError } from "../../../lib/cli.ts";
import { visible } from "../../../lib/visible.ts";
import { withoutEnd } from "../../../lib/without_end.ts";
import type { LocalFiles } from "../local_files.ts";
import {
  nameProblem,
  type NameRules,
  nameRulesOf,
} from "../mirror/local_name.ts";
import { ShellError } from "./failure.ts";
import { makeLocalFolder } from "./make_local_folder.ts";
import { localPath, type Shell } from "./shell.ts";

/**
 * The last name of a path, without the slashes at its end. On Windows a
 * backslash is a slash in local paths; in paths of a server it never is.
 *
 * @example
 * ```ts
 * import { lastName } from "./local_names.ts";
 * console.assert(lastName("a/b/") === "b");
 * console.assert(lastName("a\\b", "windows") === "b");
 * ```
 */
export function lastName(path: string, rules: NameRules = "posix"): string {
  const slashed = rules === "windows" ? path.replaceAll("\\", "/") : path;
  const trimmed = withoutEnd(slashed, "/");
  return trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

/**
 * The local path of a file that has a name from a server: in `folder`, never
 * elsewhere, and never special. The name `-` is a file's like any other.
 *
 * @param folder A local path; empty for `lcd`'s folder.
 * @throws {ShellError} when the name cannot be used here.
 */
export function pathForName(
  shell: Shell,
  folder: string,
  name: string,
): string {
  const problem = nameProblem(name, nameRulesOf(shell.machine.system));
  if (problem !== null) {
    throw new ShellError(
      "local",
      `cannot save "${visible(name)}" under its own name: ${problem}; ` +
        "get FILE LOCAL gives it another",
    );
  }
  return localPath(shell, joined(folder, name));
}

function joined(folder: string, name: string): string {
  if (folder === "") return name;
  return /[/\\]$/.test(folder) ? `${folder}${name}` : `${folder}/${name}`;
}

/** Where downloads go. */
export type Destination =
  | { readonly kind: "output" }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "folder"; readonly path: string };

/**
 * What was typed as the place of downloads: `-` is the standard output, a path
 * with a slash at its end is a folder, which is made, and so is a path where
 * one is; anything else is a file's name.
 *
 * @throws {UsageError} when several files are to get one name.
 * @throws {LocalError} when a folder cannot be made.
 */
export async function destinationOf(
  shell: Shell,
  typed: string | undefined,
  several: boolean,
): Promise<Destination> {
  if (typed === undefined) return { kind: "folder", path: "" };
  if (typed === "-") return { kind: "output" };
  const path = localPath(shell, typed);
  if (isFolderName(typed, nameRulesOf(shell.machine.system))) {
    await makeLocalFolder(shell.files, typed, path);
    return { kind: "folder", path: typed };
  }
  if (await isFolder(shell.files, path)) return { kind: "folder", path: typed };
  if (!several) return { kind: "file", path };
  throw new UsageError(
    `several files need a folder: ${visible(typed)}/ makes one`,
  );
}

function isFolderName(typed: string, rules: NameRules): boolean {
  return typed.endsWith("/") || rules === "windows" && typed.endsWith("\\");
}

/** Whether a local path is a folder, or a link to one. */
export async function isFolder(
  files: LocalFiles,
  path: string,
): Promise<boolean> {
  const there = await files.stat(path);
  if (there?.type !== "link") return there?.type === "directory";
  try {
    return (await files.stat(`${path}/.`))?.type === "directory";
  } catch {
    return false; // It leads to a file, or nowhere.
  }
}
