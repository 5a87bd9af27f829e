/**
 * A data connection as TLS gets to see it.
 *
 * @module
 */

import { type Bytes, writeAll } from "../../../lib/bytes.ts";
import type { Stream } from "../../../lib/net/stream.ts";

/** Record type of everything that TLS 1.3 encrypts (RFC 8446 section 5.1). */
const ENCRYPTED = 23;

/**
 * The connection below TLS, which takes more than it has written: only here is
 * seen that everything has gone out, or could not.
 *
 * During an upload it can hold back what a TLS 1.3 server says when the
 * handshake is over: tickets, which may be sent at any time. A client that only
 * sends (curl, lftp) has closed its socket before it has read them; then the
 * system answers them with a reset, and the end of the upload is lost.
 */
export class BelowTls implements Stream {
  /** Resolves when the client has said something, or has ended. */
  readonly heard: Promise<void>;
  readonly #tellHeard: () => void;
  readonly #connection: Stream;
  #holdsBack = false;
  readonly #held: Bytes[] = [];
  #last: Promise<unknown> = Promise.resolve();
  #hasWritten = false;
  #hasHeard = false;

  /** Holds nothing back at first. */
  constructor(connection: Stream) {
    this.#connection = connection;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.heard = promise;
    this.#tellHeard = resolve;
  }

  /** Holds back from now on: an upload begins. */
  holdBack(): void {
    this.#holdsBack = true;
  }

  /** Reads as the connection does. */
  async read(buffer: Bytes): Promise<number | null> {
    const count = await this.#connection.read(buffer);
    this.#hasHeard = true;
    this.#tellHeard();
    return count;
  }

  /** Writes, or takes the bytes to write them later. */
  write(bytes: Bytes): Promise<number> {
    if (this.#mustWait(bytes)) {
      this.#held.push(bytes.slice());
      return Promise.resolve(bytes.length);
    }
    this.#hasWritten = true;
    this.#hasHeard = false;
    const writing = this.#connection.write(bytes);
    this.#last = writing;
    return writing;
  }

  /**
   * The server's part of the handshake goes out without a word of the client in
   * between, however it is cut; what is encrypted and follows the client's part
   * is not the handshake any more.
   */
  #mustWait([type]: Bytes): boolean {
    if (!this.#holdsBack) return false;
    if (this.#held.length > 0) return true;
    return this.#hasWritten && this.#hasHeard && type === ENCRYPTED;
  }

  /** Writes what was held back; nothing is held back any more. */
  async release(): Promise<void> {
    // One after the other: what comes meanwhile waits behind them.
    while (this.#held.length > 0) {
      await writeAll(this.#connection, this.#held[0]!);
      this.#held.shift();
    }
    this.#holdsBack = false;
  }

  /** Rejects as the last write did, if it did. */
  async written(): Promise<void> {
    let seen: unknown;
    while (seen !== this.#last) await (seen = this.#last);
  }

  /** Closes the connection. */
  close(): void {
    this.#connection.close();
  }
}
