/**
 * A deadline that moves.
 *
 * @module
 */

/**
 * Calls a function once a deadline has passed. Moving the deadline costs next
 * to nothing, so that it can follow every command of a busy connection.
 *
 * @example
 * ```ts
 * import { Watchdog } from "./watchdog.ts";
 * const bark = Promise.withResolvers<void>();
 * const watchdog = new Watchdog(bark.resolve);
 * watchdog.set(1);
 * await bark.promise;
 * watchdog.clear();
 * ```
 */
export class Watchdog {
  readonly #bark: () => void;
  #deadline = Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = Infinity;

  /** Takes what is called when time is up. */
  constructor(bark: () => void) {
    this.#bark = bark;
  }

  /** Moves the deadline to `milliseconds` from now. */
  set(milliseconds: number): void {
    this.#deadline = performance.now() + milliseconds;
    if (this.#deadline >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#wait();
  }

  /** Takes the deadline away. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#deadline = this.#timerAt = Infinity;
  }

  #wait(): void {
    this.#timerAt = this.#deadline;
    const left = Math.min(this.#deadline - performance.now(), LONGEST_TIMER);
    this.#timer = setTimeout(() => this.#look(), Math.max(1, left));
  }

  #look(): void {
    this.#timerAt = Infinity;
    if (performance.now() < this.#deadline) return this.#wait();
    this.#deadline = Infinity;
    this.#bark();
  }
}

/** Timers count in 32 bits; a later deadline is looked at again. */
const LONGEST_TIMER = 2 ** 31 - 1;
