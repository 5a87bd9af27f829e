/**
 * Lines of standard input, each a message.
 *
 * @module
 */

import type { Bytes, Source } from "../../lib/bytes.ts";

/** A line that is longer is as many messages as it takes. */
const LONGEST = 65_536;
const [LF, CR] = [10, 13];

/**
 * The lines of `source` as they come, without LF or CRLF; also an empty one,
 * and what is behind the last line end. A line of more than 64 KiB comes in
 * pieces of that length: memory is bounded.
 *
 * @example
 * ```ts
 * import { memoryConn } from "../../lib/net/memory_conn.ts";
 * import { linesOf } from "./lines.ts";
 * const lines: string[] = [];
 * for await (const line of linesOf(memoryConn(["on", "e\r\ntwo"]))) {
 *   lines.push(new TextDecoder().decode(line));
 * }
 * console.assert(lines.join() === "one,two");
 * ```
 */
export async function* linesOf(
  source: Pick<Source, "read">,
): AsyncGenerator<Bytes> {
  const buffer = new Uint8Array(LONGEST);
  let length = 0;
  for (;;) {
    const read = await source.read(buffer.subarray(length));
    if (read === null) break;
    const end = length + read;
    const start = yield* wholeLines(buffer.subarray(0, end), length);
    const isFull = start === 0 && end === LONGEST;
    if (isFull) yield buffer.slice();
    length = isFull ? 0 : end - start;
    buffer.copyWithin(0, start, start + length);
  }
  if (length > 0) yield buffer.slice(0, length);
}

/** The lines that are complete, knowing that none ends before `scanned`. */
function* wholeLines(bytes: Bytes, scanned: number): Generator<Bytes, number> {
  let start = 0;
  let from = scanned;
  for (let end; (end = bytes.indexOf(LF, from)) >= 0;) {
    const hasReturn = bytes[end - 1] === CR;
    yield bytes.slice(start, hasReturn ? end - 1 : end);
    start = from = end + 1;
  }
  return start;
}
