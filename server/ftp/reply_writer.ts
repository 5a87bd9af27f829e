/**
 * The writing half of a control connection.
 *
 * @module
 */

import { type Bytes, writeAll } from "../../lib/bytes.ts";
import { formatReply, type Reply } from "../../lib/ftp/reply.ts";

/** The control connection does not take replies any more. */
export class ConnectionLost extends Error {
  /** Keeps why. */
  constructor(options?: ErrorOptions) {
    super("Control connection lost", options);
    this.name = "ConnectionLost";
  }
}

/** Writes replies in order, those of pipelined commands in one go. */
export class ReplyWriter {
  readonly #connection: { write(bytes: Bytes): Promise<number> };
  #replies: Bytes[] = [];
  #length = 0;
  #busy = false;

  /** Writes to `connection`. */
  constructor(connection: { write(bytes: Bytes): Promise<number> }) {
    this.#connection = connection;
  }

  /** Bytes that wait for {@linkcode flush}. */
  get waiting(): number {
    return this.#length;
  }

  /** Whether the client has not taken yet what was written. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Puts a reply behind those that wait. */
  add(reply: Reply): void {
    const bytes = formatReply(reply);
    this.#replies.push(bytes);
    this.#length += bytes.length;
  }

  /**
   * Writes what waits.
   *
   * @throws {ConnectionLost} when the client is gone.
   */
  async flush(): Promise<void> {
    if (this.#length === 0) return;
    const bytes = this.#join();
    this.#busy = true;
    try {
      await writeAll(this.#connection, bytes);
    } catch (cause) {
      throw new ConnectionLost({ cause });
    } finally {
      this.#busy = false;
    }
  }

  #join(): Bytes {
    const replies = this.#replies;
    const joined = new Uint8Array(this.#length);
    let at = 0;
    for (const reply of replies) {
      joined.set(reply, at);
      at += reply.length;
    }
    this.#replies = [];
    this.#length = 0;
    return joined;
  }
}
