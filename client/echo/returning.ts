/**
 * Bytes that have been sent and have not come back yet.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { firstDifference } from "./payload.ts";
import type { StreamEcho } from "./echo_stream.ts";

/**
 * Keeps what was sent until it comes back, and compares.
 *
 * @example
 * ```ts
 * import { Returning } from "./returning.ts";
 * const returning = new Returning(1000);
 * await returning.expect(new Uint8Array([1, 2, 3]));
 * returning.take(new Uint8Array([1, 9, 3]));
 * console.assert(returning.end().differsAt === 1);
 * ```
 */
export class Returning {
  readonly #most: number;
  readonly #parts: Bytes[] = [];
  /** Where the first of the parts goes on. */
  #at = 0;
  #sent = 0;
  #received = 0;
  #differsAt: number | null = null;
  #isClosed = false;
  #room: PromiseWithResolvers<void> | null = null;
  /** Whether nothing more will be sent. */
  isAllSent = false;

  /** Keeps `most` bytes. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Bytes that were sent. */
  get sent(): number {
    return this.#sent;
  }

  /** Bytes that came back. */
  get received(): number {
    return this.#received;
  }

  /** Bytes that came from the first wrong one on. */
  get wrong(): number {
    return this.#differsAt === null ? 0 : this.#received - this.#differsAt;
  }

  /** Whether something has to come: bytes, or the end. */
  get isUnderWay(): boolean {
    return this.isAllSent || this.#received < this.#sent;
  }

  /**
   * Keeps bytes that are about to be sent, once there is room. Whether they are
   * still wanted.
   */
  async expect(bytes: Bytes): Promise<boolean> {
    while (this.#sent - this.#received >= this.#most && !this.#isClosed) {
      this.#room = Promise.withResolvers();
      await this.#room.promise;
    }
    this.#sent += bytes.length;
    if (this.#differsAt === null) this.#parts.push(bytes);
    return !this.#isClosed;
  }

  /** Compares bytes that came back. */
  take(bytes: Bytes): void {
    for (let rest = bytes; rest.length > 0;) {
      const count = this.#differsAt === null
        ? this.#compare(rest)
        : rest.length;
      this.#received += count;
      rest = rest.subarray(count);
    }
    this.#room?.resolve();
  }

  /** Nothing more comes: what it was like. */
  end(): StreamEcho {
    if (this.#received !== this.#sent) this.#differ(this.#received);
    const { sent, received } = this;
    return { sent, received, differsAt: this.#differsAt };
  }

  /** Nobody wants more: lets go whoever waits for room. */
  close(): void {
    this.#isClosed = true;
    this.#room?.resolve();
  }

  /** Compares with the first part that is missing; how many bytes that were. */
  #compare(bytes: Bytes): number {
    const [part] = this.#parts;
    if (part === undefined) {
      this.#differ(this.#received);
      return 0;
    }
    const expected = part.subarray(this.#at);
    const same = bytes.subarray(0, expected.length);
    const wrong = firstDifference(same, expected);
    if (wrong !== null) this.#differ(this.#received + wrong);
    this.#at += same.length;
    if (this.#at === part.length) {
      this.#parts.shift();
      this.#at = 0;
    }
    return same.length;
  }

  #differ(at: number): void {
    this.#differsAt ??= at;
    this.#parts.length = 0;
  }
}
