/**
 * Reading lines in front of contents, and not one byte more.
 *
 * @module
 */

import type { Bytes } from "../../../lib/bytes.ts";
import { type Line, LineFloodError, LineReader } from "../../../lib/lines.ts";
import type { ServiceConn } from "../../../lib/net/service.ts";
import { DropRefusal } from "./refusal.ts";

/** Which line is read, and how long it may be. */
export interface LineToRead {
  /** Most bytes, its end not counted. */
  readonly maxLength: number;
  /** What it is, for messages, such as `the first line`. */
  readonly what: string;
}

/**
 * The next line of `conn` without its LF or CRLF; `null` when the client ends
 * before it begins one. What follows the line stays unread: these lines are
 * short, so they are read byte by byte.
 *
 * @throws {DropRefusal} when the line has no end, is too long, or is not
 * UTF-8.
 *
 * @example
 * ```ts
 * import { memoryConn } from "../../../lib/net/memory_conn.ts";
 * import { readLine } from "./first_line.ts";
 * const line = { maxLength: 80, what: "the first line" };
 * const conn = memoryConn("a.txt\r\ncontents");
 * console.assert(await readLine(conn, line) === "a.txt");
 * console.assert(await conn.read(new Uint8Array(80)) === 8);
 * ```
 */
export async function readLine(
  conn: Pick<ServiceConn, "read">,
  { maxLength, what }: LineToRead,
): Promise<string | null> {
  let began = false;
  const source = {
    async read(buffer: Bytes): Promise<number | null> {
      const count = await conn.read(buffer);
      began ||= count !== null;
      return count;
    },
  };
  const line = await nextLine(
    new LineReader(source, { maxLength, maxSkipped: 0 }),
  );
  if (line?.tooLong) {
    throw new DropRefusal(`${what} is longer than ${maxLength} bytes`);
  }
  if (line !== null) return decode(line, what);
  if (!began) return null;
  throw new DropRefusal(`${what} has no end; nothing was done`);
}

/** A flood is a line that is too long, too. */
async function nextLine(lines: LineReader): Promise<Line | null> {
  try {
    return await lines.next({ byByte: () => true });
  } catch (error) {
    if (!(error instanceof LineFloodError)) throw error;
    return { bytes: new Uint8Array(), tooLong: true };
  }
}

function decode({ bytes }: Line, what: string): string {
  try {
    const options = { fatal: true, ignoreBOM: true };
    return new TextDecoder("utf-8", options).decode(bytes);
  } catch {
    throw new DropRefusal(`${what} is not UTF-8; nothing was done`);
  }
}
