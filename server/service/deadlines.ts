/**
 * Time limits of many connections with one timer: a timer each would cost more
 * than a short connection does.
 *
 * @module
 */

/** What may live for so long only, and rest for so long only. */
export interface Mortal {
  /** When it moved last, by `performance.now()`. */
  movedAt: number;
  /** When it began. */
  readonly begunAt: number;
  /** Ends it, because of {@linkcode Expiry}. */
  expire(why: Expiry): void;
}

/** Why something ends: it rested or lived too long, or rests in a hurry. */
export type Expiry = "idle" | "lifetime" | "stopped";

/** Milliseconds for {@linkcode Deadlines}; `Infinity` is no limit. */
export interface DeadlineLimits {
  /** How long each may rest. */
  readonly idleTimeout: number;
  /** How long each may live. */
  readonly maxLifetime: number;
}

/**
 * Milliseconds: while a server stops, a connection that rests this long is
 * done.
 */
export const QUIET = 500;

/** Timers count in 32 bits; a later deadline is looked at again. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Ends what rests or lives too long.
 *
 * @example
 * ```ts
 * import { Deadlines } from "./deadlines.ts";
 * const ended = Promise.withResolvers<string>();
 * const deadlines = new Deadlines({ idleTimeout: 1, maxLifetime: 1000 });
 * const now = performance.now();
 * deadlines.add({ begunAt: now, movedAt: now, expire: ended.resolve });
 * console.assert(await ended.promise === "idle");
 * ```
 */
export class Deadlines {
  readonly #mortals: Set<Mortal> = new Set();
  readonly #maxLifetime: number;
  #idleTimeout: number;
  #isHurried = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = Infinity;

  /** Takes the limits. */
  constructor({ idleTimeout, maxLifetime }: DeadlineLimits) {
    this.#idleTimeout = idleTimeout;
    this.#maxLifetime = maxLifetime;
  }

  /** Watches over one more. */
  add(mortal: Mortal): void {
    this.#mortals.add(mortal);
    this.#wakeAt(this.#deadlineOf(mortal));
  }

  /** It has ended by itself. */
  delete(mortal: Mortal): void {
    this.#mortals.delete(mortal);
    if (this.#mortals.size > 0) return;
    clearTimeout(this.#timer);
    this.#timerAt = Infinity;
  }

  /**
   * The end is near: from now on each may rest for `idleTimeout` milliseconds
   * at most.
   */
  hurry(idleTimeout: number): void {
    this.#isHurried = true;
    this.#idleTimeout = Math.min(this.#idleTimeout, idleTimeout);
    this.#look();
  }

  #deadlineOf({ movedAt, begunAt }: Mortal): number {
    return Math.min(movedAt + this.#idleTimeout, begunAt + this.#maxLifetime);
  }

  #wakeAt(time: number): void {
    if (time >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = time;
    const left = Math.ceil(time - performance.now());
    const delay = Math.min(Math.max(left, 1), LONGEST_TIMER);
    this.#timer = setTimeout(() => this.#look(), delay);
  }

  #look(): void {
    clearTimeout(this.#timer);
    this.#timerAt = Infinity;
    const now = performance.now();
    let next = Infinity;
    for (const mortal of [...this.#mortals]) {
      const deadline = this.#deadlineOf(mortal);
      if (deadline > now) next = Math.min(next, deadline);
      else {
        this.#mortals.delete(mortal);
        mortal.expire(this.#whyAt(now, mortal));
      }
    }
    if (next < Infinity) this.#wakeAt(next);
  }

  #whyAt(now: number, { begunAt }: Mortal): Expiry {
    if (begunAt + this.#maxLifetime <= now) return "lifetime";
    return this.#isHurried ? "stopped" : "idle";
  }
}
