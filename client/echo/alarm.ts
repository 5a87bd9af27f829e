/**
 * Waiting until some time, or until something happens.
 *
 * @module
 */

import type { Clock } from "../../lib/clock.ts";

/**
 * An alarm for one task. It sets a timer only when none wakes it early enough,
 * so that waiting a million times costs a million promises and few timers.
 *
 * @example
 * ```ts
 * import { systemClock } from "../../lib/clock.ts";
 * import { Alarm } from "./alarm.ts";
 * const alarm = new Alarm(systemClock);
 * queueMicrotask(() => alarm.ring());
 * await alarm.wait(systemClock.now() + 60_000); // returns at once
 * alarm.close();
 * ```
 */
export class Alarm {
  readonly #clock: Clock;
  readonly #closed = new AbortController();
  /** When timers fire, the next one last: each was set before the others. */
  readonly #timers: number[] = [];
  #wakeAt = Infinity;
  #wake: (() => void) | null = null;

  /** Takes whose time counts. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves at the time `until`, or when it rings. One task may wait. */
  wait(until: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#wakeAt = until;
      this.#setTimer();
    });
  }

  /** Wakes the task, if one waits. */
  ring(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }

  /** Rings, and leaves no timer behind. */
  close(): void {
    this.#closed.abort();
    this.ring();
  }

  #setTimer(): void {
    const at = this.#wakeAt;
    const isEarlier = at < (this.#timers.at(-1) ?? Infinity);
    if (!isEarlier || this.#closed.signal.aborted) return;
    this.#timers.push(at);
    const time = Math.max(0, at - this.#clock.now());
    this.#clock.sleep(time, this.#closed.signal).then(
      () => this.#timeIsUp(),
      () => {}, // Closed.
    );
  }

  #timeIsUp(): void {
    this.#timers.pop();
    if (this.#wake === null) return;
    if (this.#clock.now() >= this.#wakeAt) this.ring();
    else this.#setTimer();
  }
}
