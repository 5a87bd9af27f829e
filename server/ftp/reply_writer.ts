/**
 * The writing half of a control connection.
 *
 * @module
 */

import { type Bytes, writeAll } from "../../lib/bytes.ts";
import { type Reply, replyText } from "../../lib/ftp/reply.ts";

/** The control connection does not take replies any more. */
export class ConnectionLost extends Error {
  /** Keeps why. */
  constructor(options?: ErrorOptions) {
    super("Control connection lost", options);
    this.name = "ConnectionLost";
  }
}

const encoder = new TextEncoder();

/** Writes replies in order, those of pipelined commands in one go. */
export class ReplyWriter {
  readonly #connection: { write(bytes: Bytes): Promise<number> };
  #text = "";
  #busy = false;

  /** Writes to `connection`. */
  constructor(connection: { write(bytes: Bytes): Promise<number> }) {
    this.#connection = connection;
  }

  /** Characters that wait for {@linkcode flush}. */
  get waiting(): number {
    return this.#text.length;
  }

  /** Whether the client has not taken yet what was written. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Puts a reply behind those that wait. */
  add(reply: Reply): void {
    this.#text += replyText(reply);
  }

  /**
   * Writes what waits.
   *
   * @throws {ConnectionLost} when the client is gone.
   */
  async flush(): Promise<void> {
    if (this.#text === "") return;
    const bytes = encoder.encode(this.#text);
    this.#text = "";
    this.#busy = true;
    try {
      await writeAll(this.#connection, bytes);
    } catch (cause) {
      throw new ConnectionLost({ cause });
    } finally {
      this.#busy = false;
    }
  }
}
