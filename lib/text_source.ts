/**
 * Text as a source of bytes.
 *
 * @module
 */

import type { Source } from "./bytes.ts";

const encoder = new TextEncoder();

/**
 * A source of the UTF-8 bytes of `pieces`, taken only as fast as they are
 * read: memory is bounded by the longest piece, not by their number.
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
  let ended = false;
  return {
    async read(buffer) {
      let length = 0;
      while (length < buffer.length) {
        if (rest === "") {
          const next = ended ? null : await iterator.next();
          if (next === null || next.done) {
            ended = true;
            break;
          }
          rest = next.value;
        }
        const { read, written } = encoder.encodeInto(
          rest,
          buffer.subarray(length),
        );
        rest = rest.slice(read);
        length += written;
        // The next character does not fit behind what is there.
        if (rest !== "") break;
      }
      return length === 0 ? null : length;
    },
    async close() {
      ended = true;
      await iterator.return?.();
    },
  };
}
