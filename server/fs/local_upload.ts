/**
 * Writing files of the served folder.
 *
 * A whole file arrives under a hidden name beside its own and takes its place
 * when it is complete, so nobody ever sees half of it. What a killed server
 * leaves is a file `.wharf-….part`, which no client can see.
 *
 * A continued file is written in place: copying it first would cost as much as
 * sending it again. Aborted, it keeps what has arrived, which is the right
 * beginning of the file, to be continued once more.
 *
 * @module
 */

import type { Bytes, Sink } from "../../lib/bytes.ts";
import { attempt, errorCode, fsError } from "./errors.ts";
import { FsError, type WriteMode } from "./file_system.ts";
import { fileIo } from "./local_io.ts";
import { openIfAt, openInside, requireFile, seekWithin } from "./local_open.ts";
import {
  join,
  locate,
  locatePlace,
  orNull,
  parentOf,
  partName,
  WINDOWS,
} from "./local_path.ts";

/**
 * Opens a file for writing; see `FileSystem.write`.
 *
 * With `new` it throws `exists` at once where the name is taken already.
 *
 * @example
 * ```ts
 * import { openSink } from "./local_upload.ts";
 * const root = Deno.makeTempDirSync();
 * const sink = openSink(root, "/a", { mode: "replace" });
 * await sink.write(new Uint8Array(4));
 * await sink.close();
 * console.assert(Deno.statSync(root + "/a").size === 4);
 * Deno.removeSync(root, { recursive: true });
 * ```
 */
export function openSink(root: string, path: string, how: WriteMode): Sink {
  if (path === "/") throw new FsError("is-directory");
  switch (how.mode) {
    case "append":
      return inPlace(openToAppend(root, path));
    case "at":
      return inPlace(openToContinue(root, path, how.offset));
    case "replace":
      return wholeFile(root, locateTarget(root, path), replace);
    case "new":
      return wholeFile(root, locateFree(root, path), placeNew);
  }
}

/** A sink on a file that keeps whatever arrives. */
function inPlace(file: Deno.FsFile): Sink {
  let open = true;
  const close = () => {
    if (open) file.close();
    open = false;
  };
  return { write: writeTo(file), close, abort: close };
}

function writeTo(file: Deno.FsFile): (bytes: Bytes) => Promise<number> {
  const io = fileIo(file);
  return (bytes) => attempt(() => io.write(bytes));
}

function openToAppend(root: string, path: string): Deno.FsFile {
  const target = locateTarget(root, path);
  if (!target.old) makeEmpty(root, target);
  return openInside(root, path, { append: true }).file;
}

/** Makes a file as uploads do: a plain `open` might make it behind a link. */
function makeEmpty(root: string, target: Target): void {
  const part = openPart(root, target);
  part.file.close();
  try {
    complete(part.path, target, placeNew);
  } catch (error) {
    // Somebody else made it first, which is as good.
    if (fsError(error).kind !== "exists") throw error;
  }
}

function openToContinue(
  root: string,
  path: string,
  offset: number,
): Deno.FsFile {
  // Two writers at once append, as one that appends would: where the other cut
  // the file meanwhile, no hole is left. Windows cannot cut what it appends to.
  const options = { write: true, append: !WINDOWS };
  const { file, info } = openInside(root, path, options);
  try {
    seekWithin(file, offset, info.size);
    file.truncateSync(offset);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Where a written file goes, links followed, and the file that is there. */
interface Target {
  /** Real path. */
  path: string;
  /** The file to be replaced. */
  old: Deno.FileInfo | null;
}

function locateTarget(root: string, path: string): Target {
  const place = locatePlace(root, path).path;
  const info = orNull(() => Deno.lstatSync(place));
  if (!info) return { path: place, old: null };
  // A link stays a link: what it leads to is written.
  const real = info.isSymlink ? locate(root, path) : place;
  const old = info.isSymlink ? Deno.lstatSync(real) : info;
  requireFile(old);
  return { path: real, old };
}

/** The same for a name that must be free: a link, even broken, takes it. */
function locateFree(root: string, path: string): Target {
  const place = locatePlace(root, path).path;
  if (orNull(() => Deno.lstatSync(place))) throw new FsError("exists");
  return { path: place, old: null };
}

/** A file under its hidden name. */
interface Part {
  path: string;
  file: Deno.FsFile;
}

/** A sink on a hidden file that takes its place when it is closed. */
function wholeFile(root: string, target: Target, place: Placing): Sink {
  const part = openPart(root, target);
  let open = true;
  const end = (act: () => void) => {
    if (!open) return;
    open = false;
    part.file.close();
    act();
  };
  return {
    write: writeTo(part.file),
    close: () => attempt(() => end(() => complete(part.path, target, place))),
    abort: () => attempt(() => end(() => discard(part.path))),
  };
}

function openPart(root: string, target: Target): Part {
  const path = join(parentOf(target.path), partName());
  // What replaces a private file must not be readable while it grows.
  const mode = target.old ? 0o600 : 0o666;
  const options = { write: true, createNew: true, mode };
  const opened = openIfAt(root, path, options);
  if (!opened) throw new FsError("not-found");
  return { path, file: opened.file };
}

/**
 * Nothing outside the root has the random name of a part: where its folder was
 * moved away, or a link stands instead, there is nothing to rename.
 */
function complete(part: string, target: Target, place: Placing): void {
  try {
    place(part, target);
  } catch (error) {
    discard(part);
    throw error;
  }
}

function discard(part: string): void {
  orNull(() => Deno.removeSync(part));
}

/** Gives the file at `part` its name. */
type Placing = (part: string, target: Target) => void;

function replace(part: string, target: Target): void {
  const there = orNull(() => Deno.lstatSync(target.path));
  const old = there?.isFile ? there : target.old;
  if (old) Deno.chmodSync(part, (old.mode ?? 0o600) & 0o777);
  Deno.renameSync(part, target.path);
}

function placeNew(part: string, target: Target): void {
  moveToFree(part, target.path);
}

/**
 * Renames a file at a real path; throws what means `exists` when the new name
 * is taken.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { moveToFree } from "./local_upload.ts";
 * const root = Deno.makeTempDirSync();
 * Deno.writeTextFileSync(root + "/a", "text");
 * moveToFree(root + "/a", root + "/b");
 * assertThrows(() => moveToFree(root + "/b", root + "/b"));
 * Deno.removeSync(root, { recursive: true });
 * ```
 */
export function moveToFree(from: string, to: string): void {
  try {
    // A hard link, unlike a rename, fails when the name was taken meanwhile.
    Deno.linkSync(from, to);
  } catch (error) {
    if (!NO_HARD_LINKS.has(errorCode(error))) throw error;
    if (orNull(() => Deno.lstatSync(to))) throw new FsError("exists");
    return Deno.renameSync(from, to);
  }
  Deno.removeSync(from);
}

/** What file systems without hard links answer (FAT, some network ones). */
const NO_HARD_LINKS: ReadonlySet<string> = new Set([
  "EPERM",
  "EMLINK",
  "ENOSYS",
  "ENOTSUP",
  "EOPNOTSUPP",
  "NotSupported",
]);
