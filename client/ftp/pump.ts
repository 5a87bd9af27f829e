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

const FIRST_BUFFER = 1 << 15;
const LONG_BUFFER = 1 << 19;

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
  let current: Bytes = new Uint8Array(FIRST_BUFFER);
  let spare: Bytes = new Uint8Array(0);
  let count = await source.read(current);
  while (count !== null) {
    spare = roomy(spare, count === current.length);
    const next = source.read(spare);
    next.catch(() => {}); // Awaited below, unless the write fails first.
    await writeAll(sink, current.subarray(0, count));
    total += count;
    moved(count);
    count = await next;
    [current, spare] = [spare, current];
  }
  return total;
}

function roomy(buffer: Bytes, filled: boolean): Bytes {
  const wanted = filled ? LONG_BUFFER : FIRST_BUFFER;
  return buffer.length >= wanted ? buffer : new Uint8Array(wanted);
}
