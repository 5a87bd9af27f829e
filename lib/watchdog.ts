/**
 * A deadline that moves.
 *
 * @module
 */

/**
 * Calls a function once a deadline has passed. Moving the deadline costs next
 * to nothing, so that it can follow every command of a busy connection.
 *
 * A deadline that is further away than ten seconds may be kept up to a second
 * late: one timer looks after all of those, because a timer for each of a
 * thousand connections takes a megabyte.
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
  /** When it is looked at the deadline next. */
  #lookAt = Infinity;

  /** Takes what is called when time is up. */
  constructor(bark: () => void) {
    this.#bark = bark;
  }

  /** Moves the deadline to `milliseconds` from now. */
  set(milliseconds: number): void {
    const now = performance.now();
    this.#deadline = now + milliseconds;
    if (this.#deadline >= this.#lookAt) return;
    this.#forget();
    this.#wait(now);
  }

  /** Takes the deadline away. */
  clear(): void {
    this.#forget();
    this.#deadline = this.#lookAt = Infinity;
  }

  #forget(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    leave(this);
  }

  #wait(now: number): void {
    if (this.#deadline === Infinity) return;
    this.#lookAt = this.#deadline;
    const left = this.#deadline - now;
    if (left > LONG) return lookAfter(this);
    this.#timer = setTimeout(() => this.#look(), Math.max(1, left));
  }

  /** Looks whether time is up. */
  #look(now: number = performance.now()): void {
    this.#timer = undefined;
    this.#lookAt = Infinity;
    if (now < this.#deadline) return this.#wait(now);
    this.#deadline = Infinity;
    this.#bark();
  }

  /** For the timer of all: looks, if it is time. */
  static look(dog: Watchdog, now: number): void {
    if (now < dog.#lookAt) return;
    leave(dog);
    dog.#look(now);
  }
}

/** Beyond this the timer of all looks, in milliseconds. */
const LONG = 10_000;
/** It looks this often, in milliseconds. */
const TICK = 1000;

const patient = new Set<Watchdog>();
let ticking: ReturnType<typeof setInterval> | undefined;

function lookAfter(dog: Watchdog): void {
  patient.add(dog);
  ticking ??= setInterval(tick, TICK);
}

function leave(dog: Watchdog): void {
  if (!patient.delete(dog) || patient.size > 0) return;
  clearInterval(ticking);
  ticking = undefined;
}

function tick(): void {
  const now = performance.now();
  for (const dog of patient) Watchdog.look(dog, now);
}
