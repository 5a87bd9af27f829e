/**
 * Bytes that have arrived and wait to be read.
 *
 * @module
 */

import type { Bytes } from "../../bytes.ts";

/** Bytes that wait, first come, first read. */
export class Backlog {
  readonly #parts: Bytes[] = [];
  #length = 0;

  /** How many there are. */
  get length(): number {
    return this.#length;
  }

  /** Adds some, which must not change any more. */
  push(bytes: Bytes): void {
    if (bytes.length > 0) this.#parts.push(bytes);
    this.#length += bytes.length;
  }

  /** Moves as many into `buffer` as there are and fit, and says how many. */
  take(buffer: Bytes): number {
    let count = 0;
    while (this.#parts.length > 0 && count < buffer.length) {
      const first = this.#parts[0]!;
      const part = first.subarray(0, buffer.length - count);
      buffer.set(part, count);
      count += part.length;
      if (part.length === first.length) this.#parts.shift();
      else this.#parts[0] = first.subarray(part.length);
    }
    this.#length -= count;
    return count;
  }
}
