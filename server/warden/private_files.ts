/**
 * The small files that only the warden reads: certificates and their keys.
 *
 * @module
 */

import { ToolError } from "../../lib/cli.ts";
import { formatSize } from "../../lib/cli/size.ts";
import { refuseRuntimePaths } from "./ground.ts";

/** Most bytes that are read: a chain of certificates has a few thousand. */
const LARGEST = 1 << 20;
/** For its owner, and for nobody else. */
const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** What can be seen of a file without reading it. */
export interface FileSight {
  /** Differs when the file is another one, or was written. */
  readonly state: string;
  /** Permission bits; `null` where the system has none. */
  readonly mode: number | null;
}

/**
 * What a file looks like, links followed; `null` when it is not there.
 *
 * @throws {ToolError} when that can't be found out: one line that says why.
 */
export async function lookAtFile(path: string): Promise<FileSight | null> {
  try {
    const { size, mtime, ino, dev, mode } = await Deno.stat(path);
    const state = [size, mtime?.getTime(), ino, dev, mode].join(" ");
    return { state, mode };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw trouble("look at", path, error);
  }
}

/**
 * The text of a file of at most `limit` bytes, 1 MiB where nothing is said.
 *
 * @throws {ToolError} when it can't be read: one line that says why.
 */
export async function readSmallFile(
  path: string,
  limit: number = LARGEST,
): Promise<string> {
  try {
    refuseRuntimePaths(path);
    const { isFile, size } = await Deno.stat(path);
    // Whatever else there is may have no end.
    if (!isFile) throw new Error("it is not a file");
    if (size > limit) {
      throw new Error(`it has more than ${formatSize(limit)}`);
    }
    // Not `open`: it wants a permission for where a link leads (certbot's do).
    return await Deno.readTextFile(path);
  } catch (error) {
    throw trouble("read", path, error);
  }
}

/**
 * A file's path without links.
 *
 * @throws {ToolError} when it is not there: one line that says why.
 */
export async function realPathOf(path: string): Promise<string> {
  try {
    refuseRuntimePaths(path);
    return await Deno.realPath(path);
  } catch (error) {
    throw trouble("read", path, error);
  }
}

/**
 * The folder that a file is in, or will be, without links: the first above it
 * that is there. `null` when the runtime does not let us see it.
 *
 * @throws {ToolError} when that can't be found out: one line that says why.
 */
export async function realFolderOf(path: string): Promise<string | null> {
  try {
    refuseRuntimePaths(path);
    return await firstThatIsThere(folderOf(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return null;
    throw trouble("read", path, error);
  }
}

async function firstThatIsThere(folder: string): Promise<string> {
  try {
    return await Deno.realPath(folder);
  } catch (error) {
    const above = folderOf(folder);
    const isAbsent = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (!isAbsent || above === folder) throw error;
    return await firstThatIsThere(above);
  }
}

/** What stands before the last separator. */
function folderOf(path: string): string {
  const [, folder = "."] = /^(.*?)[/\\]+[^/\\]*$/s.exec(path) ?? [];
  return folder || "/";
}

/**
 * Writes a file that only its owner may read, whole or not at all, and makes
 * its folder. Returns `false` when `how` is `new` and it is there already.
 *
 * @throws {ToolError} when it can't be written: one line that says why.
 */
export async function writePrivateFile(
  path: string,
  text: string,
  how: "new" | "replace",
): Promise<boolean> {
  const part = `${path}.${crypto.randomUUID()}.part`;
  try {
    await Deno.mkdir(folderOf(path), { recursive: true, mode: PRIVATE_FOLDER });
    await Deno.writeTextFile(part, text, {
      createNew: true,
      mode: PRIVATE_FILE,
    });
    try {
      return await settle(part, path, how);
    } finally {
      await Deno.remove(part).catch(() => {});
    }
  } catch (error) {
    throw trouble("write", path, error);
  }
}

/** A link is made only where nothing is; a file may be renamed onto another. */
async function settle(
  part: string,
  path: string,
  how: "new" | "replace",
): Promise<boolean> {
  if (how === "new") {
    try {
      await Deno.link(part, path);
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) return false;
      // Not every file system has links.
    }
  }
  await Deno.rename(part, path);
  return true;
}

/** One line that says what could not be done with a file, and why. */
export function trouble(
  what: string,
  path: string,
  error: unknown,
): ToolError {
  // What is written is made: what is missing then is its folder.
  const isFolderAbsent = what === "write" &&
    error instanceof Deno.errors.NotFound;
  const reason = isFolderAbsent
    ? "there is no such folder"
    : reasonOf(error, path);
  return new ToolError(`cannot ${what} ${path}: ${reason}`);
}

function reasonOf(error: unknown, path: string): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.NotCapable) {
    return /write access/.test(error.message)
      ? `the runtime needs --allow-write=${folderOf(path)}`
      : `the runtime needs --allow-read=${path}`;
  }
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  const said = error instanceof Error ? error.message : String(error);
  return said.replace(/ \(os error \d+\).*/s, "");
}
