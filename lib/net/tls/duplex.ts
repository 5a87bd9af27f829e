/**
 * A connection as the streams that `node:tls` works on.
 *
 * @module
 */

import { Duplex } from "node:stream";
import type { Bytes } from "../../bytes.ts";
import type { Stream } from "../stream.ts";

/** Bytes that are read at a time. */
const READ_SIZE = 1 << 18;
/** Bytes that may wait to be written, so that encrypting goes on meanwhile. */
const MOST_WAITING = 1 << 17;
/** Bytes of a TLS record's header (RFC 8446 section 5.1). */
const HEADER = 5;

/** Tells a writer that it may go on, or that it can't. */
type Written = (error?: Error | null) => void;

/**
 * Feeds `node:tls` from a connection and takes what it wants to send. The
 * connection itself stays ours: the end of TLS is not its end.
 */
export class ConnectionDuplex extends Duplex {
  /** Whether the connection has ended, as far as was read. */
  hasEnded = false;
  readonly #stream: Stream;
  readonly #queue: Bytes[] = [];
  #waiting = 0;
  #held: Written | null = null;
  #idle: (() => void)[] = [];
  #isWriting = false;
  #isReading = false;
  #buffer: Bytes | null = null;
  #byRecord = false;
  #isHeld = false;
  #rest: Bytes = new Uint8Array(0);

  /** Nothing is read before it is asked for. */
  constructor(stream: Stream) {
    super({ highWaterMark: READ_SIZE, allowHalfOpen: true });
    this.#stream = stream;
  }

  /** Everything that TLS wanted to send has been written, or never will be. */
  async flushed(): Promise<void> {
    if (!this.#isWriting) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /**
   * From now on TLS gets one record at a time, so that what follows its end is
   * still here: see {@linkcode ConnectionDuplex.takeRest}.
   */
  feedByRecord(): void {
    this.#byRecord = true;
  }

  /** What was read beyond the last record that TLS got. */
  takeRest(): Bytes {
    const rest = this.#rest;
    this.#rest = new Uint8Array(0);
    return rest;
  }

  /**
   * Reads no further, or goes on: TLS itself takes whatever comes, however much
   * of it nobody has read yet.
   */
  hold(isHeld: boolean): void {
    if (this.#isHeld === isHeld) return;
    this.#isHeld = isHeld;
    if (!isHeld) this._read();
  }

  /** Reads on, when TLS has had a look at what it got. */
  override _read(): void {
    if (this.#isReading || this.#isHeld || this.hasEnded) return;
    if (this.destroyed) return;
    this.#isReading = true;
    this.#feed().then(
      (bytes) => {
        this.#isReading = false;
        if (bytes === null) this.hasEnded = true;
        this.push(bytes);
        // What TLS took at once need not be kept for it.
        if (this.readableLength > 0) this.#buffer = null;
      },
      (error) => {
        this.#isReading = false;
        this.destroy(error);
      },
    );
  }

  async #feed(): Promise<Bytes | null> {
    if (this.#byRecord || this.#rest.length > 0) return await this.#record();
    this.#buffer ??= new Uint8Array(READ_SIZE);
    const count = await this.#stream.read(this.#buffer);
    if (count === null) return null;
    const bytes = this.#buffer.subarray(0, count);
    if (!this.#byRecord) return bytes;
    this.#rest = bytes.slice(); // Asked for while this was being read.
    return await this.#record();
  }

  async #record(): Promise<Bytes | null> {
    // TLS says in a turn of its own that it has ended.
    await new Promise((resolve) => setTimeout(resolve));
    while (this.#rest.length < HEADER || this.#rest.length < this.#length()) {
      const more = new Uint8Array(READ_SIZE);
      const count = await this.#stream.read(more);
      if (count === null) return this.#rest.length > 0 ? this.takeRest() : null;
      this.#rest = joined(this.#rest, more.subarray(0, count));
    }
    const record = this.#rest.subarray(0, this.#length());
    this.#rest = this.#rest.subarray(record.length);
    return record.slice();
  }

  #length(): number {
    return HEADER + (this.#rest[3]! << 8 | this.#rest[4]!);
  }

  /** Takes what TLS sends; a little may wait. */
  override _write(bytes: Bytes, _encoding: unknown, written: Written): void {
    this.#queue.push(bytes);
    this.#waiting += bytes.length;
    if (!this.#isWriting) this.#writeAll();
    if (this.#waiting < MOST_WAITING) written();
    else this.#held = written;
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    try {
      for (
        let bytes = this.#queue.shift();
        bytes;
        bytes = this.#queue.shift()
      ) {
        let at = 0;
        while (at < bytes.length) {
          at += await this.#stream.write(at === 0 ? bytes : bytes.subarray(at));
        }
        this.#waiting -= bytes.length;
        if (this.#waiting < MOST_WAITING) this.#release();
      }
    } catch (error) {
      this.#release(error as Error);
      this.destroy(error as Error);
    }
    this.#isWriting = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #release(error: Error | null = null): void {
    const held = this.#held;
    this.#held = null;
    held?.(error);
  }

  /** Nothing: the connection's end is its owner's business. */
  override _final(finished: () => void): void {
    finished();
  }

  /** Nothing: the connection's end is its owner's business. */
  override _destroy(error: Error | null, destroyed: Written): void {
    this.#queue.length = 0;
    this.#release(error ?? new Error("connection closed"));
    destroyed(error);
  }
}

function joined(first: Bytes, second: Bytes): Bytes {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
