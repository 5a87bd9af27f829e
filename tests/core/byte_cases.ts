/**
 * Bytes for tests: sources and sinks in memory, and every way to cut a text.
 *
 * @module
 */

import type { Bytes, Sink, Source } from "../../lib/bytes.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The UTF-8 bytes of a text. */
export function bytesOf(text: string): Bytes {
  return encoder.encode(text);
}

/** The text of UTF-8 bytes; throws when they are not UTF-8. */
export function textOf(bytes: Bytes): string {
  return decoder.decode(bytes);
}

/** All of them in a row. */
export function joined(chunks: readonly Bytes[]): Bytes {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** Every way to cut `bytes` into pieces: 2ⁿ⁻¹ of them. */
export function* everySplit(bytes: Bytes): Generator<Bytes[]> {
  const cuts = Math.max(0, bytes.length - 1);
  for (let mask = 0; mask < 2 ** cuts; mask++) {
    const pieces: Bytes[] = [];
    let start = 0;
    for (let at = 0; at < cuts; at++) {
      if (mask & (1 << at)) pieces.push(bytes.slice(start, start = at + 1));
    }
    yield [...pieces, bytes.slice(start)];
  }
}

/** A source that gives these pieces, cut further where the buffer is short. */
export function sourceOf(
  pieces: readonly Bytes[],
): Source & { closed: number } {
  const left = pieces.filter((piece) => piece.length > 0);
  return {
    closed: 0,
    read(buffer) {
      const [piece] = left;
      if (piece === undefined) return Promise.resolve(null);
      const count = Math.min(piece.length, buffer.length);
      buffer.set(piece.subarray(0, count));
      if (count === piece.length) left.shift();
      else left[0] = piece.subarray(count);
      return Promise.resolve(count);
    },
    close() {
      this.closed++;
    },
  };
}

/** Everything a source gives through a buffer of `length` bytes. */
export async function readAll(
  source: Pick<Source, "read">,
  length: number,
): Promise<Bytes> {
  const chunks: Bytes[] = [];
  for (;;) {
    const buffer = new Uint8Array(length);
    const count = await source.read(buffer);
    if (count === null) return joined(chunks);
    if (count < 1 || count > length) throw new Error(`read ${count} bytes`);
    chunks.push(buffer.slice(0, count));
  }
}

/** A sink that remembers, and takes at most `most` bytes at a time. */
export function memorySink(
  most: number = Infinity,
): Sink & { bytes: number[]; events: string[] } {
  return {
    bytes: [],
    events: [],
    write(bytes) {
      const taken = bytes.subarray(0, most);
      this.bytes.push(...taken);
      return Promise.resolve(taken.length);
    },
    close() {
      this.events.push("close");
    },
    abort() {
      this.events.push("abort");
    },
  };
}
