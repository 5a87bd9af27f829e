/**
 * Bytes from file to file within the server.
 *
 * @module
 */

import { type Sink, writeAll } from "../../lib/bytes.ts";
import type { FileSystem } from "../fs/file_system.ts";
import type { WorkContext } from "./session.ts";

/** Bytes that are copied at a time, so that others get their turn. */
const BLOCK = 1 << 18;

/**
 * Writes the file at `path` to a sink, which stays open: as much as there is
 * now. What the sink itself adds, where a link leads to the same file, would
 * never end.
 *
 * @throws {FsError} when it can't be read or written, or its reader stops it.
 */
export async function copyBytes(
  fs: FileSystem,
  path: string,
  sink: Sink,
  { signal, count }: WorkContext,
): Promise<void> {
  const source = await fs.read(path, 0);
  const buffer = new Uint8Array(BLOCK);
  try {
    for (let left = source.size; left > 0;) {
      signal.throwIfAborted();
      const read = await source.read(buffer.subarray(0, left));
      if (read === null) return;
      await writeAll(sink, buffer.subarray(0, read));
      count(read);
      left -= read;
    }
  } finally {
    await source.close();
  }
}

/**
 * Lets `fill` write to a sink: closes it when that worked, else aborts it and
 * throws what went wrong.
 */
export async function fillSink(
  sink: Sink,
  fill: () => Promise<void>,
): Promise<void> {
  try {
    await fill();
    await sink.close();
  } catch (error) {
    await sink.abort();
    throw error;
  }
}
