/**
 * Patterns of local names.
 *
 * @module
 */

import { globMatcher } from "../../../lib/glob.ts";
import type { LocalFile } from "../local_files.ts";
import { attempt } from "../targets.ts";
import { nameRulesOf } from "../mirror/local_name.ts";
import { isFolder } from "./local_names.ts";
import { exactPath } from "./remote_glob.ts";
import { localPath, type Shell } from "./shell.ts";

/** A local file that a pattern matches. */
export interface LocalMatch extends LocalFile {
  /** Its path as it could have been typed. */
  readonly path: string;
}

/**
 * What a pattern matches, sorted by path; nothing is an empty array. Folders
 * in front may be patterns, too. Names with a leading dot match only patterns
 * that have one. A link to a folder counts as one.
 *
 * @throws {LocalError} when a folder cannot be read.
 */
export async function expandLocal(
  shell: Shell,
  pattern: string,
): Promise<LocalMatch[]> {
  const isWindows = nameRulesOf(shell.machine.system) === "windows";
  const typed = isWindows ? pattern.replaceAll("\\", "/") : pattern;
  const parts = typed.split("/").filter((part) => part !== "");
  // Two slashes are the start of a share on Windows.
  let folders = [/^\/*/.exec(typed)![0]];
  for (const part of parts.slice(0, -1)) {
    folders = await deeper(shell, folders, part);
  }
  const found: LocalMatch[] = [];
  for (const folder of folders) {
    for (const match of await matches(shell, folder, parts.at(-1) ?? ".")) {
      found.push(match);
    }
  }
  return found;
}

async function deeper(
  shell: Shell,
  folders: readonly string[],
  part: string,
): Promise<string[]> {
  const name = exactPath(part);
  if (name !== null) return folders.map((folder) => `${folder}${name}/`);
  const found: string[] = [];
  for (const folder of folders) {
    for (const { path, type } of await matches(shell, folder, part)) {
      if (type === "directory") found.push(`${path}/`);
    }
  }
  return found;
}

async function matches(
  shell: Shell,
  folder: string,
  part: string,
): Promise<LocalMatch[]> {
  const name = exactPath(part);
  const names = name === null ? await namesIn(shell, folder, part) : [name];
  const found: LocalMatch[] = [];
  for (const name of names) {
    const path = `${folder}${name}`;
    const place = localPath(shell, path);
    const there = await attempt("read", place, shell.files.stat(place));
    if (there !== null) {
      found.push({ ...await resolved(shell, there, place), path });
    }
  }
  return found;
}

async function namesIn(
  shell: Shell,
  folder: string,
  pattern: string,
): Promise<string[]> {
  const fits = globMatcher(pattern);
  const place = localPath(shell, folder === "" ? "." : folder);
  const entries = Array.fromAsync(shell.files.list(place), ({ name }) => name);
  return (await attempt("read", place, entries)).filter(fits).sort();
}

/** Of a link only what it leads to counts. */
async function resolved(
  { files }: Shell,
  there: LocalFile,
  path: string,
): Promise<LocalFile> {
  if (there.type !== "link") return there;
  const type = await isFolder(files, path) ? "directory" : "file";
  return { ...there, type };
}
