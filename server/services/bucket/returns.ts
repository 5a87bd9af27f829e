/**
 * Telling what comes back from what comes.
 *
 * A datagram that is forwarded looks like any other, because it must be the
 * same bytes for every receiver: nothing can be added that would say how often
 * it was passed on. What gives a loop away is that the same bytes come in again
 * at once, from somebody else.
 *
 * @module
 */

import type { Bytes } from "../../../lib/bytes.ts";
import { type Clock, systemClock } from "../../../lib/clock.ts";

/** Milliseconds within which a datagram comes back, if it does. */
const WINDOW = 2000;
/** Bytes that are remembered; the oldest are forgotten first. */
const MAX_BYTES = 4 * 1024 * 1024;
/** What an empty datagram takes, too. */
const ENTRY_BYTES = 256;

/** What was forwarded a moment ago. */
interface Sent {
  readonly sender: string;
  readonly at: number;
}

// Each byte becomes one character, and two bytes never the same one.
const latin1 = new TextDecoder("latin1");

/**
 * Remembers what was forwarded in the last two seconds.
 *
 * Two senders that send the same bytes within that time look like a loop, too:
 * of these only the first one's are forwarded.
 *
 * @example
 * ```ts
 * import { ReturnWatch } from "./returns.ts";
 * const watch = new ReturnWatch();
 * const data = new TextEncoder().encode("hello");
 * console.assert(!watch.isReturn(data, "192.0.2.7:4000"));
 * console.assert(!watch.isReturn(data, "192.0.2.7:4000"));
 * console.assert(watch.isReturn(data, "192.0.2.8:5000"));
 * ```
 */
export class ReturnWatch {
  readonly #clock: Pick<Clock, "now">;
  readonly #sent: Map<string, Sent> = new Map();
  #bytes = 0;

  /** Takes whose milliseconds count; the system's by default. */
  constructor(clock: Pick<Clock, "now"> = systemClock) {
    this.#clock = clock;
  }

  /** Whether somebody else sent these bytes a moment ago; if not, keeps them. */
  isReturn(data: Bytes, sender: string): boolean {
    this.#forget(this.#clock.now() - WINDOW, MAX_BYTES);
    const bytes = latin1.decode(data);
    const known = this.#sent.get(bytes);
    if (known !== undefined && known.sender !== sender) return true;
    if (known !== undefined) this.#remove(bytes);
    this.#sent.set(bytes, { sender, at: this.#clock.now() });
    this.#bytes += bytes.length + ENTRY_BYTES;
    return false;
  }

  #forget(before: number, most: number): void {
    for (const [bytes, { at }] of this.#sent) {
      if (at >= before && this.#bytes <= most) return;
      this.#remove(bytes);
    }
  }

  #remove(bytes: string): void {
    this.#sent.delete(bytes);
    this.#bytes -= bytes.length + ENTRY_BYTES;
  }
}
