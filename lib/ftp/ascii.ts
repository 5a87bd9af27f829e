/**
 * The ASCII type (RFC 959 section 3.1.1.1): lines end with CRLF on the wire
 * and with LF in a file.
 *
 * @module
 */

import { type Bytes, type Sink, type Source, writeAll } from "../bytes.ts";

const LF = 10;
const CR = 13;

/**
 * A file's bytes as they go over the wire: every LF that has no CR before it
 * becomes CRLF, also where the two fall into different blocks.
 *
 * @example
 * ```ts
 * import { toAscii } from "./ascii.ts";
 * let sent = false;
 * const source = toAscii({
 *   read: (buffer) => {
 *     if (sent) return Promise.resolve(null);
 *     sent = true;
 *     buffer.set([97, 10]);
 *     return Promise.resolve(2);
 *   },
 *   close: () => {},
 * });
 * const buffer = new Uint8Array(8);
 * const read = await source.read(buffer);
 * console.assert(buffer.subarray(0, read!).join() === "97,13,10");
 * ```
 */
export function toAscii(source: Source): Source {
  let raw: Bytes = new Uint8Array(0);
  let last = 0;
  let heldLf = false;
  return {
    async read(buffer) {
      // An LF whose CR just filled the buffer goes out by itself.
      if (heldLf) {
        heldLf = false;
        buffer[0] = LF;
        return 1;
      }
      const most = Math.max(1, buffer.length >> 1);
      if (raw.length < most) raw = new Uint8Array(most);
      const read = await source.read(raw.subarray(0, most));
      if (read === null) return null;
      let length = 0;
      for (let at = 0; at < read; at++) {
        const byte = raw[at]!;
        if (byte === LF && last !== CR) buffer[length++] = CR;
        if (length === buffer.length) heldLf = true;
        else buffer[length++] = byte;
        last = byte;
      }
      return length;
    },
    close: () => source.close(),
  };
}

/**
 * Writes to a file what came over the wire: every CRLF becomes LF, also where
 * the two arrive in different blocks. A CR without LF stays.
 *
 * @example
 * ```ts
 * import { fromAscii } from "./ascii.ts";
 * const out: number[] = [];
 * const sink = fromAscii({
 *   write: (bytes) => (out.push(...bytes), Promise.resolve(bytes.length)),
 *   close: () => {},
 *   abort: () => {},
 * });
 * await sink.write(new Uint8Array([97, 13]));
 * await sink.write(new Uint8Array([10]));
 * await sink.close();
 * console.assert(out.join() === "97,10");
 * ```
 */
export function fromAscii(sink: Sink): Sink {
  let heldCr = false;
  let out: Bytes = new Uint8Array(0);
  return {
    async write(bytes) {
      if (out.length < bytes.length + 1) out = new Uint8Array(bytes.length + 1);
      let length = 0;
      for (const byte of bytes) {
        if (heldCr && byte !== LF) out[length++] = CR;
        heldCr = byte === CR;
        if (!heldCr) out[length++] = byte;
      }
      await writeAll(sink, out.subarray(0, length));
      return bytes.length;
    },
    async close() {
      if (heldCr) await writeAll(sink, new Uint8Array([CR]));
      await sink.close();
    },
    abort: () => sink.abort(),
  };
}
