/**
 * Noticing that nothing moves any more.
 *
 * @module
 */

import { Watchdog } from "../../lib/watchdog.ts";

/** What {@linkcode Movement} goes by. */
export interface MovementOptions {
  /** Milliseconds that nothing may move. */
  readonly timeout: number;
  /** Whether something should move at all. */
  readonly isExpected: () => boolean;
  /** Called when it does not. */
  readonly onStandstill: () => void;
}

/**
 * Calls a function when nothing has moved for a time, although something
 * should.
 *
 * @example
 * ```ts
 * import { Movement } from "./movement.ts";
 * const still = Promise.withResolvers<void>();
 * const movement = new Movement({
 *   timeout: 1,
 *   isExpected: () => true,
 *   onStandstill: still.resolve,
 * });
 * movement.note();
 * await still.promise;
 * movement.end();
 * ```
 */
export class Movement {
  readonly #timeout: number;
  readonly #watchdog: Watchdog;
  #isOver = false;
  /** Whether we ourselves are the reason that nothing moves. */
  isPaused = false;

  /** Begins with the first {@linkcode Movement.note}. */
  constructor({ timeout, isExpected, onStandstill }: MovementOptions) {
    this.#timeout = timeout;
    this.#watchdog = new Watchdog(() => {
      if (isExpected() && !this.isPaused) onStandstill();
      else this.note();
    });
  }

  /** Something moved, or should from now on. */
  note(): void {
    if (!this.#isOver) this.#watchdog.set(this.#timeout);
  }

  /** Nothing needs to move any more; leaves no timer behind. */
  end(): void {
    this.#isOver = true;
    this.#watchdog.clear();
  }
}
