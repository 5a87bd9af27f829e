/**
 * The contents of a file as they come over a connection: until the stream
 * ends, so many bytes, or chunks.
 *
 * Each has the shape of a source that ends when the contents are complete, and
 * throws when they never will be.
 *
 * @module
 */

import type { Bytes, Source } from "../../../lib/bytes.ts";
import { readLine } from "./first_line.ts";
import { DropRefusal } from "./refusal.ts";
import type { ContentsEnd } from "./request.ts";

/** The line in front of a chunk: a length below 10¹⁵. */
const CHUNK_LINE = { maxLength: 15, what: "the line in front of a chunk" };

/** Something that can be read. */
export type Readable = Pick<Source, "read">;

/**
 * The contents that `conn` brings.
 *
 * Chunks are lines with a length in bytes, each followed by so many bytes; the
 * last one has length 0.
 *
 * @throws {DropRefusal} from `read`, when they break off.
 *
 * @example
 * ```ts
 * import { memoryConn } from "../../../lib/net/memory_conn.ts";
 * import { contentsOf } from "./contents.ts";
 * const contents = contentsOf(memoryConn("3\nabc0\n"), "chunks");
 * const buffer = new Uint8Array(80);
 * console.assert(await contents.read(buffer) === 3);
 * console.assert(await contents.read(buffer) === null);
 * ```
 */
export function contentsOf(conn: Readable, end: ContentsEnd): Readable {
  if (end === "stream") return conn;
  return end === "chunks" ? chunked(conn) : exactly(conn, end);
}

/** The next `size` bytes; what follows them stays unread. */
function exactly(conn: Readable, size: number): Readable {
  let left = size;
  return {
    async read(buffer) {
      if (left === 0) return null;
      const count = await conn.read(upTo(buffer, left));
      if (count === null) throw brokenOff(`${size - left} of ${size} bytes`);
      left -= count;
      return count;
    },
  };
}

function chunked(conn: Readable): Readable {
  let left = 0;
  let total = 0;
  let ended = false;
  return {
    async read(buffer) {
      if (left === 0 && !ended) {
        left = await readLength(conn, total);
        ended = left === 0;
      }
      if (ended) return null;
      const count = await conn.read(upTo(buffer, left));
      if (count === null) throw brokenOff(`${total} bytes and no end`);
      left -= count;
      total += count;
      return count;
    },
  };
}

async function readLength(conn: Readable, total: number): Promise<number> {
  const line = await readLine(conn, CHUNK_LINE);
  if (line === null) throw brokenOff(`${total} bytes and no end`);
  if (/^\d+$/.test(line)) return Number(line);
  throw new DropRefusal(
    `a chunk begins with a line that is its length, and the one after ` +
      `${total} bytes does not; nothing was saved`,
  );
}

function upTo(buffer: Bytes, length: number): Bytes {
  return buffer.length > length ? buffer.subarray(0, length) : buffer;
}

function brokenOff(what: string): DropRefusal {
  return new DropRefusal(`only ${what} came; nothing was saved`);
}
