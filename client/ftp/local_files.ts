/**
 * The files of this machine, as downloads and uploads need them.
 *
 * @module
 */

import type { Sink, Source } from "../../lib/bytes.ts";
import { lookAt } from "./look_at.ts";

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

/** A file that is open for reading. */
export interface OpenedFile extends Source {
  /** Bytes. */
  readonly size: number;
  /** Time of last modification; without it, `stat` is asked. */
  readonly modified?: Date | null;
}

/** Where downloads go and uploads come from. What it throws has a reason. */
export interface LocalFiles {
  /** What is at `path`; `null` for nothing. */
  stat(path: string): Promise<LocalFile | null>;
  /** Reads from `offset`; follows links, because the user named the file. */
  read(path: string, offset: number): Promise<OpenedFile>;
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

/** A read or write of so many milliseconds is better done by a thread. */
const SLOW_MS = 5;

/**
 * The file system of the machine. Calls that are over in an instant block,
 * because handing them to a thread takes longer: names, times, and the bytes of
 * files that are not slow.
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
    rename: (from, to) => atOnce(() => Deno.renameSync(from, to)),
    remove: (path) => Deno.remove(path),
    setModified: (path, time) => atOnce(() => Deno.utimeSync(path, time, time)),
    list,
    makeDirectory: (path) => Deno.mkdir(path, { recursive: true }),
    removeDirectory: (path) => Deno.remove(path),
  };
}

function atOnce<T>(action: () => T): Promise<T> {
  return new Promise((resolve) => resolve(action()));
}

function stat(path: string): Promise<LocalFile | null> {
  return atOnce(() => look(path));
}

function look(path: string): LocalFile | null {
  try {
    return factsOf(Deno.lstatSync(path));
  } catch (error) {
    return nullIfGone(error);
  }
}

/** The same by a thread. */
async function lookPatiently(path: string): Promise<LocalFile | null> {
  return await Deno.lstat(path).then(factsOf, nullIfGone);
}

function factsOf(info: Deno.FileInfo): LocalFile {
  return { type: typeOf(info), size: info.size, modified: info.mtime };
}

function nullIfGone(error: unknown): null {
  if (error instanceof Deno.errors.NotFound) return null;
  throw error;
}

async function* list(path: string): AsyncGenerator<LocalEntry> {
  const entry = (name: string, found: LocalFile | null) =>
    found === null ? null : { name, ...found };
  yield* lookAt(namesIn(path), {
    quick: (name) => entry(name, look(`${path}/${name}`)),
    patient: async (name) =>
      entry(name, await lookPatiently(`${path}/${name}`)),
  });
}

async function* namesIn(path: string): AsyncGenerator<string> {
  for await (const { name } of Deno.readDir(path)) yield name;
}

function typeOf(info: Deno.FileInfo): LocalFile["type"] {
  if (info.isSymlink) return "link";
  if (info.isDirectory) return "directory";
  return info.isFile ? "file" : "other";
}

async function read(path: string, offset: number): Promise<OpenedFile> {
  const { isDirectory, isFile, size, mtime } = Deno.statSync(path);
  if (isDirectory) throw new Deno.errors.IsADirectory("it is a directory");
  // A pipe may keep whoever opens or reads it waiting.
  const file = isFile ? Deno.openSync(path) : await Deno.open(path);
  try {
    if (offset > 0) file.seekSync(offset, Deno.SeekMode.Start);
  } catch (error) {
    file.close();
    throw error;
  }
  const modified = isFile ? mtime : null;
  return { size, modified, ...endsOf(file, !isFile) };
}

async function create(path: string): Promise<Sink> {
  const options = { write: true, createNew: true };
  try {
    return endsOf(Deno.openSync(path, options));
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  if ((await stat(path))?.type === "directory") {
    throw new Deno.errors.IsADirectory("a folder has this name");
  }
  await Deno.remove(path);
  return endsOf(Deno.openSync(path, options));
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

function endsOf(file: Deno.FsFile, slow = false): Source & Sink {
  let open = true;
  function timed<T>(action: () => T): Promise<T> {
    const start = performance.now();
    const done = atOnce(action);
    slow = performance.now() - start > SLOW_MS;
    return done;
  }
  function close(): void {
    if (open) file.close();
    open = false;
  }
  return {
    read: (buffer) =>
      slow ? file.read(buffer) : timed(() => file.readSync(buffer)),
    write: (bytes) =>
      slow ? file.write(bytes) : timed(() => file.writeSync(bytes)),
    close,
    abort: close,
  };
}
