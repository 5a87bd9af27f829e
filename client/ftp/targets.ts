/**
 * Where downloads go: a file, a stream, a sink, or memory.
 *
 * @module
 */

import type { Bytes, Sink } from "../../lib/bytes.ts";
import { LocalError } from "./errors.ts";
import type { LocalFiles } from "./local_files.ts";
import { partPath } from "./part_name.ts";

/** Somewhere a download goes, over as many attempts as it takes. */
export interface Target {
  /** Bytes that are there: where the next attempt goes on. */
  readonly position: number;
  /** Whether it can begin again from 0. */
  readonly restartable: boolean;
  /** Whether it can keep a time of last modification. */
  readonly keepsTime: boolean;
  /** Takes all of `bytes`, which are the caller's again afterwards. */
  write(bytes: Bytes): Promise<number>;
  /** Forgets all bytes that are there. */
  restart(): Promise<void>;
  /** Everything was written. */
  finish(modified: Date | null): Promise<void>;
  /** It will never be complete. Never rejects. */
  abandon(reason: unknown): Promise<void>;
}

/** Options for {@linkcode fileTarget}. */
export interface FileTargetOptions {
  /** Go on where an earlier download of the same file stopped. */
  resume: boolean;
  /** Leave what came when it is given up. */
  keepPart: boolean;
  /** Replace a file that is there. */
  overwrite: boolean;
  /** Bytes to come; `null` when that is not known. */
  size?: number | null | undefined;
}

/** So many bytes may come in vain. */
const LITTLE = 1 << 16;

/**
 * A file: bytes go to its name with `.part` behind it, which becomes the name
 * when all are there. Given up, the part stays if that is wanted.
 *
 * @throws {LocalError} when something is in the way.
 */
export async function fileTarget(
  files: LocalFiles,
  path: string,
  options: FileTargetOptions,
): Promise<Target> {
  const part = partPath(path);
  const isLittle = (options.size ?? Infinity) <= LITTLE;
  // A folder in the way of a short file is found when it gets its name.
  if (!options.overwrite || !isLittle) await mustBeFree(files, path, options);
  let position = options.resume ? await partSize(files, part) : 0;
  let sink: Sink | null = null;
  async function opened(): Promise<Sink> {
    if (sink !== null) return sink;
    const opening = position > 0
      ? files.extend(part, position)
      : files.create(part);
    return sink = await attempt("write", part, opening);
  }
  return {
    restartable: true,
    keepsTime: true,
    get position() {
      return position;
    },
    async write(bytes) {
      const to = await opened();
      const written = await attempt("write", part, to.write(bytes));
      position += written;
      return written;
    },
    async restart() {
      await sink?.close();
      sink = null;
      // What is of no use now must not be taken for a beginning later.
      if (position > 0) await quietly(() => files.remove(part));
      position = 0;
    },
    async finish(modified) {
      await (await opened()).close();
      if (modified !== null) {
        const stamped = files.setModified(part, modified);
        await attempt("set the time of", part, stamped);
      }
      await attempt("write", path, files.rename(part, path));
    },
    async abandon() {
      if (sink === null) return;
      await quietly(() => sink!.abort());
      if (options.keepPart && position > 0) return;
      await quietly(() => files.remove(part));
    },
  };
}

async function mustBeFree(
  files: LocalFiles,
  path: string,
  { overwrite }: FileTargetOptions,
): Promise<void> {
  const there = await attempt("read", path, files.stat(path));
  if (there === null || overwrite && there.type !== "directory") return;
  const what = there.type === "directory" ? "a folder" : "a file";
  throw new LocalError(`Cannot write ${path}: ${what} is there already`);
}

async function partSize(files: LocalFiles, part: string): Promise<number> {
  const there = await attempt("read", part, files.stat(part));
  // A link would lead somewhere else; create() puts a file in its place.
  return there?.type === "file" ? there.size : 0;
}

/** A stream: closed at the end, aborted when there is none. */
export function streamTarget(stream: WritableStream<Bytes>): Target {
  const writer = stream.getWriter();
  return sinkTarget({
    write: async (bytes) => {
      await writer.write(bytes.slice());
      return bytes.length;
    },
    close: () => writer.close(),
    abort: () => writer.abort(),
  });
}

/** A sink: closed at the end, aborted when there is none. */
export function sinkTarget(sink: Sink): Target {
  let position = 0;
  return {
    restartable: false,
    keepsTime: false,
    get position() {
      return position;
    },
    async write(bytes) {
      const written = await sink.write(bytes);
      position += written;
      return written;
    },
    restart: () =>
      Promise.reject(new LocalError("Cannot begin a stream again")),
    finish: async () => await sink.close(),
    abandon: () => quietly(() => sink.abort()),
  };
}

/** Memory, at most `most` bytes of it. */
export function memoryTarget(most: number): Target & { bytes(): Bytes } {
  let chunks: Bytes[] = [];
  let position = 0;
  return {
    restartable: true,
    keepsTime: false,
    get position() {
      return position;
    },
    write(bytes) {
      if (position + bytes.length > most) {
        const message = `Cannot keep more than ${most} bytes in memory`;
        return Promise.reject(new LocalError(message));
      }
      chunks.push(bytes.slice());
      position += bytes.length;
      return Promise.resolve(bytes.length);
    },
    restart() {
      chunks = [];
      position = 0;
      return Promise.resolve();
    },
    finish: () => Promise.resolve(),
    abandon: () => Promise.resolve(),
    bytes() {
      const whole = new Uint8Array(position);
      let at = 0;
      for (const chunk of chunks) {
        whole.set(chunk, at);
        at += chunk.length;
      }
      return whole;
    },
  };
}

/**
 * Says what could not be done with a local file.
 *
 * @throws {LocalError} when `action` rejects.
 */
export async function attempt<T>(
  what: string,
  path: string,
  action: Promise<T>,
): Promise<T> {
  try {
    return await action;
  } catch (error) {
    if (error instanceof LocalError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new LocalError(`Cannot ${what} ${path}: ${why}`, { cause: error });
  }
}

/** Giving up must not hide why. */
async function quietly(giveUp: () => void | Promise<void>): Promise<void> {
  try {
    await giveUp();
  } catch { /* The transfer's own error is the one that is told. */ }
}
