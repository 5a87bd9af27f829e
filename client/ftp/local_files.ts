/**
 * The files of this machine, as downloads and uploads need them.
 *
 * @module
 */

import type { Sink, Source } from "../../lib/bytes.ts";

/** What is known of a local file. */
export interface LocalFile {
  /** What it is; links are not followed. */
  readonly type: "file" | "directory" | "link" | "other";
  /** Bytes. */
  readonly size: number;
  /** Time of last modification; `null` where the system has none. */
  readonly modified: Date | null;
}

/** A name in a local folder. */
export interface LocalEntry extends LocalFile {
  /** The name, without its folder. */
  readonly name: string;
}

/** Where downloads go and uploads come from. What it throws has a reason. */
export interface LocalFiles {
  /** What is at `path`; `null` for nothing. */
  stat(path: string): Promise<LocalFile | null>;
  /** Reads from `offset`; follows links, because the user named the file. */
  read(path: string, offset: number): Promise<Source & { size: number }>;
  /** Makes an empty file; whatever has its name is removed, never followed. */
  create(path: string): Promise<Sink>;
  /** Writes behind the first `offset` bytes of a file and cuts the rest. */
  extend(path: string, offset: number): Promise<Sink>;
  /** Writes from `offset` on over what is in a file; nothing is cut. */
  patch(path: string, offset: number): Promise<Sink>;
  /** Gives a file another name; a file with that name is replaced. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file. */
  remove(path: string): Promise<void>;
  /** Sets the time of last modification. */
  setModified(path: string, time: Date): Promise<void>;
  /** What is in a folder, in no order; links are not followed. */
  list(path: string): AsyncIterable<LocalEntry>;
  /** Makes a folder and those above, unless they are there. */
  makeDirectory(path: string): Promise<void>;
  /** Removes an empty folder. */
  removeDirectory(path: string): Promise<void>;
}

/**
 * The file system of the machine.
 *
 * @example
 * ```ts
 * import { localFiles } from "./local_files.ts";
 * const files = localFiles();
 * const folder = await Deno.makeTempDir();
 * const path = `${folder}/a`;
 * const sink = await files.create(path);
 * await sink.write(new Uint8Array(3));
 * await sink.close();
 * console.assert((await files.stat(path))?.size === 3);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function localFiles(): LocalFiles {
  return {
    stat,
    read,
    create,
    extend,
    patch,
    rename: (from, to) => Deno.rename(from, to),
    remove: (path) => Deno.remove(path),
    setModified: (path, time) => Deno.utime(path, time, time),
    list,
    makeDirectory: (path) => Deno.mkdir(path, { recursive: true }),
    removeDirectory: (path) => Deno.remove(path),
  };
}

async function stat(path: string): Promise<LocalFile | null> {
  try {
    const info = await Deno.lstat(path);
    const { size, mtime: modified } = info;
    return { type: typeOf(info), size, modified };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function* list(path: string): AsyncGenerator<LocalEntry> {
  for await (const { name } of Deno.readDir(path)) {
    const found = await stat(`${path}/${name}`);
    if (found !== null) yield { name, ...found };
  }
}

function typeOf(info: Deno.FileInfo): LocalFile["type"] {
  if (info.isSymlink) return "link";
  if (info.isDirectory) return "directory";
  return info.isFile ? "file" : "other";
}

async function read(
  path: string,
  offset: number,
): Promise<Source & { size: number }> {
  const file = await Deno.open(path);
  try {
    const { isDirectory, size } = await file.stat();
    if (isDirectory) throw new Deno.errors.IsADirectory("it is a directory");
    if (offset > 0) await file.seek(offset, Deno.SeekMode.Start);
    return { size, ...endsOf(file) };
  } catch (error) {
    file.close();
    throw error;
  }
}

async function create(path: string): Promise<Sink> {
  const old = await stat(path);
  if (old?.type === "directory") {
    throw new Deno.errors.IsADirectory("a folder has this name");
  }
  if (old !== null) await Deno.remove(path);
  return endsOf(await Deno.open(path, { write: true, createNew: true }));
}

async function extend(path: string, offset: number): Promise<Sink> {
  const file = await Deno.open(path, { write: true });
  try {
    await file.truncate(offset);
    await file.seek(offset, Deno.SeekMode.Start);
    return endsOf(file);
  } catch (error) {
    file.close();
    throw error;
  }
}

async function patch(path: string, offset: number): Promise<Sink> {
  const file = await Deno.open(path, { write: true });
  try {
    await file.seek(offset, Deno.SeekMode.Start);
    return endsOf(file);
  } catch (error) {
    file.close();
    throw error;
  }
}

function endsOf(file: Deno.FsFile): Source & Sink {
  let open = true;
  function close(): void {
    if (open) file.close();
    open = false;
  }
  return {
    read: (buffer) => file.read(buffer),
    write: (bytes) => file.write(bytes),
    close,
    abort: close,
  };
}
