/**
 * Where uploads come from: a file, a stream, a source, or memory.
 *
 * @module
 */

import type { Bytes, Source } from "../../lib/bytes.ts";
import { LocalError } from "./errors.ts";
import type { LocalFiles } from "./local_files.ts";
import { attempt } from "./targets.ts";

/** Somewhere an upload comes from, over as many attempts as it takes. */
export interface Supply {
  /** Bytes; `null` when that is not known. */
  readonly size: number | null;
  /** Time of last modification; `null` when there is none. */
  readonly modified: Date | null;
  /** Whether it can be read from any offset, again and again. */
  readonly restartable: boolean;
  /** Reads from `offset`. */
  open(offset: number): Promise<Source>;
  /** Releases what it holds. Never rejects. */
  close(): Promise<void>;
}

/** What can be uploaded: a path, bytes, a stream, or a source. */
export type UploadSource = string | Bytes | ReadableStream<Bytes> | Source;

/**
 * Makes a supply of what was given.
 *
 * @throws {LocalError} when a file cannot be read.
 */
export async function supplyOf(
  source: UploadSource,
  files: LocalFiles,
): Promise<Supply> {
  if (typeof source === "string") return await fileSupply(files, source);
  if (source instanceof Uint8Array) return bytesSupply(source);
  return sourceSupply("getReader" in source ? streamSource(source) : source);
}

async function fileSupply(files: LocalFiles, path: string): Promise<Supply> {
  const first = await attempt("read", path, files.read(path, 0));
  const modified = first.modified === undefined
    ? await modifiedOf(files, path).catch(async (error) => {
      await first.close();
      throw error;
    })
    : first.modified;
  let open: Source | null = first;
  let fresh = true;
  return {
    size: first.size,
    modified,
    restartable: true,
    async open(offset) {
      if (!fresh || offset > 0) {
        await open?.close();
        open = await attempt("read", path, files.read(path, offset));
      }
      fresh = false;
      const from = open!;
      return {
        read: (buffer) => attempt("read", path, from.read(buffer)),
        close: () => {},
      };
    },
    close: async () => await open?.close(),
  };
}

async function modifiedOf(
  files: LocalFiles,
  path: string,
): Promise<Date | null> {
  const there = await attempt("read", path, files.stat(path));
  return there?.type === "file" ? there.modified : null;
}

function bytesSupply(bytes: Bytes): Supply {
  return {
    size: bytes.length,
    modified: null,
    restartable: true,
    open(offset) {
      let at = offset;
      return Promise.resolve({
        read(buffer) {
          const part = bytes.subarray(at, at + buffer.length);
          buffer.set(part);
          at += part.length;
          return Promise.resolve(part.length || null);
        },
        close() {},
      });
    },
    close: () => Promise.resolve(),
  };
}

function sourceSupply(source: Source): Supply {
  let opened = false;
  return {
    size: null,
    modified: null,
    restartable: false,
    async open(offset) {
      if (opened) throw new LocalError("Cannot read a stream a second time");
      opened = true;
      await skip(source, offset);
      return source;
    },
    async close() {
      try {
        await source.close();
      } catch { /* The transfer's own error is the one that is told. */ }
    },
  };
}

async function skip(source: Source, bytes: number): Promise<void> {
  const buffer = new Uint8Array(1 << 16);
  for (let left = bytes; left > 0;) {
    const part = buffer.subarray(0, Math.min(left, buffer.length));
    const read = await source.read(part);
    if (read === null) {
      throw new LocalError(
        `Cannot resume: the stream has less than the ${bytes} bytes there`,
      );
    }
    left -= read;
  }
}

function streamSource(stream: ReadableStream<Bytes>): Source {
  const reader = stream.getReader();
  let rest: Bytes = new Uint8Array(0);
  let ended = false;
  return {
    async read(buffer) {
      while (rest.length === 0) {
        const { done, value } = await reader.read();
        if (done) {
          ended = true;
          return null;
        }
        rest = value;
      }
      const part = rest.subarray(0, buffer.length);
      buffer.set(part);
      rest = rest.subarray(part.length);
      return part.length;
    },
    async close() {
      if (!ended) await reader.cancel();
    },
  };
}
