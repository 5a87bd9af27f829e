/**
 * Moving bytes from a source to a sink.
 *
 * @module
 */

import {
  type Bytes,
  type Sink,
  type Source,
  writeAll,
} from "../../lib/bytes.ts";

const FIRST_BUFFER = 1 << 16;
const LONG_BUFFER = 1 << 19;
/** First buffers that nobody uses: making new ones is half of a short file. */
const SPARE: Bytes[] = [];
const MOST_SPARE = 8;

/**
 * Moves everything with two buffers: the next read is under way while the
 * last one is being written. They start short, because most files are, and
 * grow to 512 KiB once one was filled.
 *
 * @param moved Told how many bytes were moved, each time some were.
 * @returns How many bytes there were.
 *
 * @example
 * ```ts
 * import { pump } from "./pump.ts";
 * let left = 3;
 * const source = {
 *   read: (buffer: Uint8Array) =>
 *     Promise.resolve(left-- > 0 ? buffer.fill(7, 0, 1) && 1 : null),
 * };
 * const sink = { write: (bytes: Uint8Array) => Promise.resolve(bytes.length) };
 * console.assert(await pump(source, sink) === 3);
 * ```
 */
export async function pump(
  source: Pick<Source, "read">,
  sink: Pick<Sink, "write">,
  moved: (bytes: number) => void = () => {},
): Promise<number> {
  let total = 0;
  let current = firstBuffer();
  let spare = firstBuffer();
  let count = await source.read(current);
  while (count !== null) {
    if (count === current.length && spare.length < LONG_BUFFER) {
      keep(spare);
      spare = new Uint8Array(LONG_BUFFER);
    }
    const next = source.read(spare);
    next.catch(() => {}); // Awaited below, unless the write fails first.
    await writeAll(sink, current.subarray(0, count));
    total += count;
    moved(count);
    count = await next;
    [current, spare] = [spare, current];
  }
  // Not after a failure: a read into one of them may still be under way.
  keep(current);
  keep(spare);
  return total;
}

function firstBuffer(): Bytes {
  return SPARE.pop() ?? new Uint8Array(FIRST_BUFFER);
}

function keep(buffer: Bytes): void {
  const fits = buffer.length === FIRST_BUFFER && SPARE.length < MOST_SPARE;
  if (fits) SPARE.push(buffer);
}
