/**
 * A connection in memory. The server has the end that looks like `Deno.Conn`,
 * the test has the other one.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { bytesOf, joined, textOf } from "./byte_cases.ts";

/** What the server's end does as `Deno.Conn` would. */
export interface ServerEnd {
  read(buffer: Bytes): Promise<number | null>;
  write(bytes: Bytes): Promise<number>;
  close(): void;
}

/** The two ends of a connection. */
export class MemoryConn {
  /** What the server has written, and in how many writes. */
  received: Bytes[] = [];
  /** Resolves when the server has closed its end. */
  readonly closed: Promise<void>;
  /** Most bytes that one write takes. */
  mostPerWrite: number = Infinity;
  /** Called whenever the server has written or closed. */
  onChange: () => void = () => {};

  readonly #sent: Bytes[] = [];
  readonly #close = Promise.withResolvers<void>();
  #isClosed = false;
  #ended = false;
  #reset: Error | null = null;
  #blocked = false;
  #broken = false;
  #change = Promise.withResolvers<void>();

  constructor() {
    this.closed = this.#close.promise;
  }

  /** Whether the server has closed its end. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Everything the server has written. */
  get bytes(): Bytes {
    return joined(this.received);
  }

  /** Everything the server has written, which is UTF-8. */
  get text(): string {
    return textOf(this.bytes);
  }

  /** Sends to the server; bytes as they are, text as UTF-8. */
  send(data: string | Bytes): void {
    const bytes = typeof data === "string" ? bytesOf(data) : data;
    if (bytes.length > 0) this.#sent.push(bytes);
    this.#changed();
  }

  /** Sends no more; what was sent is still delivered. */
  end(): void {
    this.#ended = true;
    this.#changed();
  }

  /** Breaks the connection, both ways. */
  reset(): void {
    this.#reset = new Error("Connection reset by peer");
    this.#changed();
  }

  /** Takes nothing any more; what was sent is still delivered. */
  breakWrites(): void {
    this.#broken = true;
  }

  /** Takes nothing until {@linkcode unblock}: the server's writes wait. */
  block(): void {
    this.#blocked = true;
  }

  /** Takes what waits, and what comes. */
  unblock(): void {
    this.#blocked = false;
    this.#changed();
  }

  /** The server's end. */
  readonly server: ServerEnd = {
    read: async (buffer) => {
      for (;;) {
        this.#throwIfGone();
        const [bytes] = this.#sent;
        if (bytes !== undefined) return this.#deliver(bytes, buffer);
        if (this.#ended) return null;
        await this.#change.promise;
      }
    },
    write: async (bytes) => {
      this.#throwIfGone();
      while (this.#blocked) {
        await this.#change.promise;
        this.#throwIfGone();
      }
      if (this.#broken) throw new Error("Broken pipe");
      const taken = bytes.slice(0, this.mostPerWrite);
      this.received.push(taken);
      this.onChange();
      return taken.length;
    },
    close: () => {
      this.#isClosed = true;
      this.#changed();
      this.#close.resolve();
      this.onChange();
    },
  };

  #deliver(bytes: Bytes, buffer: Bytes): number {
    const count = Math.min(bytes.length, buffer.length);
    buffer.set(bytes.subarray(0, count));
    if (count === bytes.length) this.#sent.shift();
    else this.#sent[0] = bytes.subarray(count);
    return count;
  }

  #throwIfGone(): void {
    if (this.#isClosed) throw new Error("Interrupted: operation canceled");
    if (this.#reset !== null) throw this.#reset;
  }

  #changed(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}
