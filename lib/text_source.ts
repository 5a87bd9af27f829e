/**
 * Text as a source of bytes.
 *
 * @module
 */

import type { Bytes, Source } from "./bytes.ts";

const encoder = new TextEncoder();

/**
 * A source of the UTF-8 bytes of `pieces`, taken only as fast as they are
 * read: memory is bounded by the longest piece, not by their number. A read
 * takes pieces until half of its buffer is full, and waits for no more then.
 *
 * @example
 * ```ts
 * import { textSource } from "./text_source.ts";
 * async function* lines() {
 *   yield "one\r\n";
 *   yield "two\r\n";
 * }
 * const buffer = new Uint8Array(64);
 * const read = await textSource(lines()).read(buffer);
 * console.assert(read === 10);
 * ```
 */
export function textSource(pieces: AsyncIterable<string>): Source {
  const iterator = pieces[Symbol.asyncIterator]();
  let rest = "";
  let held: Bytes = new Uint8Array(0);
  let ended = false;

  /** Writes as many whole characters as fit; says how many bytes. */
  async function fill(buffer: Bytes): Promise<number> {
    let length = 0;
    while (2 * length < buffer.length) {
      if (rest === "") {
        const next = ended ? null : await iterator.next();
        ended = next === null || next.done === true;
        if (ended) break;
        rest = next!.value;
      }
      const room = buffer.subarray(length);
      const { read, written } = encoder.encodeInto(rest, room);
      rest = rest.slice(read);
      length += written;
      if (rest !== "") break;
    }
    return length;
  }

  return {
    async read(buffer) {
      if (held.length === 0) {
        const length = await fill(buffer);
        if (length > 0) return length;
        if (rest === "") return null;
        // A character that is longer than the buffer goes out in parts.
        const letter = String.fromCodePoint(rest.codePointAt(0)!);
        held = encoder.encode(letter);
        rest = rest.slice(letter.length);
      }
      const part = held.subarray(0, buffer.length);
      buffer.set(part);
      held = held.subarray(part.length);
      return part.length;
    },
    async close() {
      ended = true;
      await iterator.return?.();
    },
  };
}
