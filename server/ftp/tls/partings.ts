/**
 * Data connections after their last byte.
 *
 * @module
 */

import type { Stream } from "../../../lib/net/stream.ts";
import { within } from "../../../lib/net/wait.ts";

/** Longest wait for a client's last word, in milliseconds. */
const PATIENCE = 2000;
/** Connections of one session that may wait; one more ends the oldest wait. */
const MOST = 4;

/**
 * Connections on which TLS has ended on our side. They close when the client
 * has ended it too, at most two seconds later: closing at once would answer its
 * close_notify with a reset, which may overtake what it has not read yet.
 * Nobody waits for that.
 */
export class Partings {
  readonly #open: Map<Stream, Promise<void>> = new Map();

  /** Waits for the client's end of `stream`, then closes it. */
  add(stream: Stream): void {
    const [oldest] = this.#open.keys();
    if (this.#open.size >= MOST) oldest!.close();
    this.#open.set(stream, this.#wait(stream));
  }

  /** Closes those that still wait; resolves when all are closed. */
  async close(): Promise<void> {
    for (const stream of this.#open.keys()) stream.close();
    await Promise.all(this.#open.values());
  }

  async #wait(stream: Stream): Promise<void> {
    // Whatever it says now, nobody asked for.
    await within(stream.read(new Uint8Array(1)), PATIENCE, null).catch(
      () => {},
    );
    stream.close();
    this.#open.delete(stream);
  }
}
