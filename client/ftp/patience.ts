/**
 * One timer for everything that a connection waits for.
 *
 * @module
 */

import type { Clock } from "../../lib/clock.ts";

/** A moment by which something must have happened, and which may move. */
export interface Deadline {
  /** Moves it to `ms` milliseconds from now. */
  set(ms: number): void;
  /** Nothing is waited for until it is set again. */
  clear(): void;
  /** It is not needed any more. */
  drop(): void;
}

/** Milliseconds of being late after which this side was busy, not the other. */
const BUSY_MS = 100;

interface Wait {
  due: number;
  readonly expire: () => void;
}

/**
 * Time-outs that cost next to nothing while all goes well: a connection waits
 * thousands of times a second, and the timer is looked at when the first of
 * these waits would have been over.
 *
 * @example
 * ```ts
 * import { Patience } from "./patience.ts";
 * import { systemClock } from "../../lib/clock.ts";
 * const patience = new Patience(systemClock);
 * const never = new Promise<string>(() => {});
 * console.assert(await patience.within(never, 1, "late") === "late");
 * patience.end();
 * ```
 */
export class Patience {
  readonly #clock: Clock;
  readonly #waits: Set<Wait> = new Set();
  #timer: AbortController | null = null;
  #timerDue = Infinity;
  #ended = false;

  /** Counts the milliseconds of `clock`. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Settles as `promise` does, or with `late` after `ms` milliseconds. */
  within<T, const L>(
    promise: Promise<T>,
    ms: number,
    late: L,
  ): Promise<T | L> {
    return new Promise((resolve, reject) => {
      const deadline = this.deadline(() => resolve(late));
      deadline.set(ms);
      promise.finally(deadline.drop).then(resolve, reject);
    });
  }

  /** A deadline that is not set yet; `expired` is called when it has passed. */
  deadline(expired: () => void): Deadline {
    const wait: Wait = { due: Infinity, expire: expired };
    return {
      set: (ms) => {
        wait.due = this.#clock.now() + ms;
        this.#waits.add(wait);
        if (wait.due < this.#timerDue) this.#sleep(wait.due);
      },
      clear: () => wait.due = Infinity,
      drop: () => {
        this.#waits.delete(wait);
        if (this.#ended) this.#stopWhenIdle();
      },
    };
  }

  /** Leaves no timer behind, once what is waited for has come. */
  end(): void {
    this.#ended = true;
    this.#stopWhenIdle();
  }

  #stopWhenIdle(): void {
    if (this.#waits.size > 0) return;
    this.#timer?.abort(null);
    this.#timer = null;
    this.#timerDue = Infinity;
  }

  #sleep(due: number): void {
    this.#timer?.abort(null);
    const timer = this.#timer = new AbortController();
    this.#timerDue = due;
    this.#clock.sleep(Math.max(1, due - this.#clock.now()), timer.signal)
      .then(() => this.#look(), () => {}); // Another timer took over.
  }

  #look(): void {
    this.#timer = null;
    const now = this.#clock.now();
    const late = now - this.#timerDue;
    this.#timerDue = Infinity;
    // What has come while nobody could look comes first.
    if (late > BUSY_MS) return this.#sleep(now + 1);
    for (const wait of this.#waits) {
      if (wait.due > now) continue;
      this.#waits.delete(wait);
      wait.expire();
    }
    const next = Math.min(...[...this.#waits].map(({ due }) => due));
    if (next < this.#timerDue) this.#sleep(next);
  }
}
