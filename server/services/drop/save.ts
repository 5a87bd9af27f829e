/**
 * Saving what a client sends: all of it under its name, or nothing.
 *
 * @module
 */

import { type Bytes, type Sink, writeAll } from "../../../lib/bytes.ts";
import { formatSize } from "../../../lib/cli/size.ts";
import type { ServiceConn } from "../../../lib/net/service.ts";
import { type FileSystem, FsError } from "../../fs/file_system.ts";
import { type DropBox, FIRST_BUFFER, LONG_BUFFER } from "./box.ts";
import { contentsOf, type Readable } from "./contents.ts";
import type { FilePlace } from "./file_count.ts";
import { patientReader } from "./patient.ts";
import { DropRefusal, folderRefusal } from "./refusal.ts";
import type { ContentsEnd } from "./request.ts";

/** What is to be saved. */
export interface Upload {
  /** Its name, which is one that boxes take. */
  readonly name: string;
  /** How its contents end. */
  readonly end: ContentsEnd;
  /** Aborts when the connection is being closed: then an end is none. */
  readonly signal: AbortSignal;
}

/**
 * Saves what `conn` brings and returns its size in bytes. The file has its
 * name once all of it is there; whatever happens before leaves nothing.
 *
 * @throws {DropRefusal} when the box does not take it, or it breaks off.
 *
 * @example
 * ```ts
 * import { memoryConn } from "../../../lib/net/memory_conn.ts";
 * import { memoryFileSystem } from "../../fs/memory.ts";
 * import { dropBox } from "../drop.ts";
 * import { saveUpload } from "./save.ts";
 * const box = dropBox(memoryFileSystem());
 * const { signal } = new AbortController();
 * const upload = { name: "a.txt", end: 5, signal } as const;
 * console.assert(await saveUpload(box, memoryConn("hello"), upload) === 5);
 * ```
 */
export async function saveUpload(
  box: DropBox,
  conn: Pick<ServiceConn, "read">,
  { name, end, signal }: Upload,
): Promise<number> {
  try {
    if (typeof end === "number") checkSize(box, name, end);
    const place = await placeFor(box, name);
    let came = false;
    try {
      const sink = await open(box, name);
      using reader = patientReader(conn, {
        patience: box.patience,
        late: () => silent(box, name),
        signal,
      });
      const contents = contentsOf(reader, end);
      const bytes = await fill(box, sink, contents, name, signal);
      came = true;
      return bytes;
    } finally {
      place?.release(came);
    }
  } catch (error) {
    throw await saveRefusal(box, name, error);
  }
}

/** A link that leads out of the folder does not exist, but has a name. */
async function saveRefusal(
  { fs }: DropBox,
  name: string,
  error: unknown,
): Promise<DropRefusal> {
  const isMissing = error instanceof FsError && error.kind === "not-found";
  if (!isMissing || !await isThere(fs, "")) return folderRefusal(name, error);
  return new DropRefusal(`${name}: leads elsewhere; choose another name`);
}

function checkSize({ maxSize }: DropBox, name: string, size: number): void {
  if (size <= maxSize) return;
  throw new DropRefusal(
    `${name}: larger than ${formatSize(maxSize)}, which is the most that is ` +
      "taken here; nothing was saved",
  );
}

/** A place in the folder; a file that takes another's place needs none. */
async function placeFor(
  { fs, files, overwrite }: DropBox,
  name: string,
): Promise<FilePlace | null> {
  if (overwrite && await isThere(fs, name)) return null;
  const place = await files.takePlace();
  if (place !== null) return place;
  throw new DropRefusal(`${name}: the server's folder is full of files`);
}

function isThere(fs: FileSystem, name: string): Promise<boolean> {
  return fs.stat(`/${name}`).then(() => true, () => false);
}

/** Says early what would be said in the end, too. */
async function open(
  { fs, overwrite }: DropBox,
  name: string,
): Promise<Sink> {
  return await fs.write(`/${name}`, { mode: overwrite ? "replace" : "new" });
}

function silent({ patience }: DropBox, name: string): DropRefusal {
  return new DropRefusal(
    `${name}: nothing came for ${
      patience / 1000
    } s, and no end (nc has -N for it); ` +
      "nothing was saved",
  );
}

/** Moves all contents into `sink`, which is the file or nothing afterwards. */
async function fill(
  box: DropBox,
  sink: Sink,
  contents: Readable,
  name: string,
  signal: AbortSignal,
): Promise<number> {
  try {
    let bytes = 0;
    let buffer: Bytes = new Uint8Array(FIRST_BUFFER);
    for (let count; (count = await contents.read(buffer)) !== null;) {
      bytes += count;
      checkSize(box, name, bytes);
      await writeAll(sink, buffer.subarray(0, count));
      const isShort = buffer.length < LONG_BUFFER;
      if (count === buffer.length && isShort) {
        buffer = new Uint8Array(LONG_BUFFER);
      }
    }
    signal.throwIfAborted();
    await sink.close();
    return bytes;
  } catch (error) {
    await quietly(() => sink.abort());
    throw error;
  }
}

/** Giving up must not hide why. */
async function quietly(giveUp: () => void | Promise<void>): Promise<void> {
  try {
    await giveUp();
  } catch {
    // The upload's own error is the one that is told.
  }
}
