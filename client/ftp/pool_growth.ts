/**
 * How many connections a server allows: nobody says it, so it is learned from
 * the first one that is refused.
 *
 * @module
 */

import type { Clock } from "../../lib/clock.ts";

/** Milliseconds after which a refused connection is asked for again. */
const PATIENCE_MS = 60_000;

/**
 * The most connections that one pool opens.
 *
 * @example
 * ```ts
 * import { manualClock } from "../../lib/clock.ts";
 * import { Growth } from "./pool_growth.ts";
 * const clock = manualClock();
 * const growth = new Growth(4, clock);
 * growth.refused(2);
 * console.assert(growth.limit === 2 && !growth.allows(2));
 * await clock.advance(60_000);
 * console.assert(growth.allows(2));
 * ```
 */
export class Growth {
  readonly #most: number;
  readonly #clock: Clock;
  #limit: number;
  #refusedAt = 0;

  /** Allows up to `most` connections until the server refuses one. */
  constructor(most: number, clock: Clock) {
    this.#most = most;
    this.#clock = clock;
    this.#limit = most;
  }

  /** Connections that are possible, as far as is known. */
  get limit(): number {
    return this.#limit;
  }

  /** Whether there may be one more than these `open` ones. */
  allows(open: number): boolean {
    if (open < this.#limit) return true;
    // Those who had the places may have left: one attempt now and then.
    const waited = this.#clock.now() - this.#refusedAt;
    return open === this.#limit && open < this.#most && waited >= PATIENCE_MS;
  }

  /** There are `open` connections now. */
  worked(open: number): void {
    this.#limit = Math.max(this.#limit, open);
  }

  /** There cannot be more than these `open` ones. */
  refused(open: number): void {
    this.#limit = Math.max(1, Math.min(open, this.#most));
    this.#refusedAt = this.#clock.now();
  }
}
