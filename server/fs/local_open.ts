/**
 * Opening files of the served folder, and only those.
 *
 * @module
 */

import { attempt, wasCut } from "./errors.ts";
import { type FileSource, FsError } from "./file_system.ts";
import { fileIo } from "./local_io.ts";
import { locate } from "./local_path.ts";
import { isAt } from "./local_proof.ts";

/** A file that can be replaced this often while it is opened is not served. */
const ATTEMPTS = 8;

/** An open file, proven to lie in the root. */
export interface OpenFile {
  /** The open file. */
  file: Deno.FsFile;
  /** What it was when it was opened. */
  info: Deno.FileInfo;
}

/**
 * Opens the regular file at the virtual `path`, links followed.
 *
 * Throws `is-directory` for a folder and `unsupported` for a device, a pipe or
 * a socket, which opening might block on. Options must not change the file:
 * only afterwards it is known to be the right one.
 *
 * @example
 * ```ts
 * import { openInside } from "./local_open.ts";
 * const root = Deno.makeTempDirSync();
 * Deno.writeTextFileSync(root + "/a", "text");
 * const { file, info } = openInside(root, "/a", { read: true });
 * file.close();
 * console.assert(info.size === 4);
 * Deno.removeSync(root, { recursive: true });
 * ```
 */
export function openInside(
  root: string,
  path: string,
  options: { read?: boolean; write?: boolean; append?: boolean },
): OpenFile {
  // An upload that is completed between two steps is no attack: look again.
  for (let tries = 0; tries < ATTEMPTS; tries++) {
    const real = locate(root, path);
    requireFile(Deno.lstatSync(real));
    const opened = openIfAt(root, real, options);
    if (opened) return opened;
  }
  throw new FsError("not-found");
}

/**
 * Opens the file at a real path; `null` when something else was opened.
 *
 * @example
 * ```ts
 * import { openIfAt } from "./local_open.ts";
 * const root = Deno.realPathSync(Deno.makeTempDirSync());
 * Deno.writeTextFileSync(root + "/a", "text");
 * Deno.symlinkSync(root + "/a", root + "/link");
 * console.assert(openIfAt(root, root + "/link", { read: true }) === null);
 * Deno.removeSync(root, { recursive: true });
 * ```
 */
export function openIfAt(
  root: string,
  real: string,
  options: Deno.OpenOptions,
): OpenFile | null {
  const file = Deno.openSync(real, options);
  try {
    const info = file.statSync();
    if (isAt(root, real, info)) return { file, info };
    // A file that was made behind a link is known by its inode. Where the link
    // is gone again, an empty file with a hidden name stays behind it.
    if (options.createNew && isSame(real, info)) Deno.removeSync(real);
  } catch (error) {
    if (options.createNew) removeSame(file, real);
    file.close();
    throw error;
  }
  file.close();
  return null;
}

/** Removes an open file by its path; one that can't be told apart stays. */
function removeSame(file: Deno.FsFile, path: string): void {
  try {
    if (isSame(path, file.statSync())) Deno.removeSync(path);
  } catch { /* Why it is not wanted is told instead. */ }
}

/** Whether the file that `info` describes is found at `path`. */
function isSame(path: string, info: Deno.FileInfo): boolean {
  const there = Deno.lstatSync(path);
  return there.ino === info.ino && there.dev === info.dev;
}

/**
 * Throws unless `info` describes a regular file.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { requireFile } from "./local_open.ts";
 * const root = Deno.makeTempDirSync();
 * assertThrows(() => requireFile(Deno.lstatSync(root)), Error, "directory");
 * Deno.removeSync(root);
 * ```
 */
export function requireFile(info: Deno.FileInfo): void {
  if (info.isDirectory) throw new FsError("is-directory");
  if (info.isSymlink) throw new FsError("not-found");
  if (!info.isFile) {
    throw new FsError("unsupported", "Not a regular file.");
  }
}

/**
 * Opens a file for reading from `offset`; see `FileSystem.read`.
 *
 * @example
 * ```ts
 * import { openSource } from "./local_open.ts";
 * const root = Deno.makeTempDirSync();
 * Deno.writeTextFileSync(root + "/a", "text");
 * const source = openSource(root, "/a", 1);
 * console.assert(await source.read(new Uint8Array(9)) === 3);
 * await source.close();
 * Deno.removeSync(root, { recursive: true });
 * ```
 */
export function openSource(
  root: string,
  path: string,
  offset: number,
): FileSource {
  const { file, info: { size } } = openInside(root, path, { read: true });
  try {
    seekWithin(file, offset, size);
  } catch (error) {
    file.close();
    throw error;
  }
  const io = fileIo(file);
  let at = offset;
  let open = true;
  return {
    size,
    read: (buffer) =>
      attempt(async () => {
        const count = await io.read(buffer);
        if (count === null && at < size) requireUncut(file, size);
        at += count ?? 0;
        return count;
      }),
    close() {
      if (open) file.close();
      open = false;
    },
  };
}

/** What is over too early is not the file that was asked for. */
function requireUncut(file: Deno.FsFile, size: number): void {
  if (file.statSync().size < size) throw wasCut();
}

/**
 * Moves to `offset`, which must be at most `size`.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { seekWithin } from "./local_open.ts";
 * const path = Deno.makeTempFileSync();
 * {
 *   using file = Deno.openSync(path);
 *   assertThrows(() => seekWithin(file, 1, 0), Error, "beyond the end");
 * }
 * Deno.removeSync(path);
 * ```
 */
export function seekWithin(
  file: Deno.FsFile,
  offset: number,
  size: number,
): void {
  if (!Number.isSafeInteger(offset) || offset < 0 || offset > size) {
    throw new FsError("bad-offset");
  }
  if (offset > 0) file.seekSync(offset, Deno.SeekMode.Start);
}
