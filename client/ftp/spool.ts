/**
 * Bytes on their way from a listing's data connection to whoever reads it.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { ProtocolError } from "./errors.ts";

/** Limits of {@linkcode Spool}, in bytes. */
export interface SpoolLimits {
  /** Waiting bytes at which the writer waits for the reader. */
  readonly high: number;
  /** Waiting bytes that are too many. */
  readonly most: number;
}

/**
 * A pipe whose writer waits for its reader – unless somebody else wants the
 * connection: then it takes the rest into memory, up to a limit, so that
 * commands may be given while a listing is being read.
 */
export class Spool {
  readonly #limits: SpoolLimits;
  readonly #wanted: () => Promise<void>;
  readonly #chunks: Bytes[] = [];
  #waiting = 0;
  #end: { error: unknown } | null = null;
  #change = Promise.withResolvers<void>();

  /** `wanted` gives a promise that resolves when the writer must not wait. */
  constructor(wanted: () => Promise<void>, limits: SpoolLimits) {
    this.#wanted = wanted;
    this.#limits = limits;
  }

  /**
   * Takes all of `bytes`.
   *
   * @throws {ProtocolError} when more are waiting than memory should hold.
   */
  async write(bytes: Bytes): Promise<number> {
    this.#chunks.push(bytes.slice());
    this.#waiting += bytes.length;
    this.#changed();
    await this.#room();
    if (this.#waiting > this.#limits.most) {
      this.#chunks.length = 0; // What cannot be told whole is not told.
      throw new ProtocolError(
        `The listing is too long to keep: more than ${this.#limits.most} bytes`,
      );
    }
    return bytes.length;
  }

  async #room(): Promise<void> {
    if (this.#waiting <= this.#limits.high) return;
    const wanted = this.#wanted().then(() => true);
    while (this.#waiting > this.#limits.high) {
      const drained = this.#change.promise.then(() => false);
      if (await Promise.race([wanted, drained])) return;
    }
  }

  /** No more bytes come; with `error`, the reader is told when it gets there. */
  end(error?: unknown): void {
    this.#end ??= { error };
    this.#changed();
  }

  /** Reads what waits; `null` at the end. */
  async read(buffer: Bytes): Promise<number | null> {
    while (this.#chunks.length === 0) {
      if (this.#end !== null) return this.#atEnd(this.#end);
      await this.#change.promise;
    }
    const chunk = this.#chunks[0]!;
    const part = chunk.subarray(0, buffer.length);
    buffer.set(part);
    if (part.length === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(part.length);
    this.#waiting -= part.length;
    this.#changed();
    return part.length;
  }

  #atEnd({ error }: { error: unknown }): null {
    if (error !== undefined) throw error;
    return null;
  }

  #changed(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}
