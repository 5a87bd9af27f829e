/**
 * Looks at one clock, one after the other, and what they tell together.
 *
 * @module
 */

import { agreement, type Interval } from "../../lib/time/interval.ts";
import type { AskOptions, ClockReading } from "./time.ts";

/** Looks once at the other clock. */
export type Ask<R extends ClockReading = ClockReading> = (
  options: AskOptions,
) => Promise<R>;

/** What several looks tell. */
export interface Measurement<R extends ClockReading = ClockReading> {
  /** By how much the other clock is ahead, in milliseconds: somewhere in here. */
  readonly offset: Interval;
  /** How many looks were answered. */
  readonly samples: number;
  /** How many of them agree on `offset`: fewer when a clock jumped. */
  readonly agreed: number;
  /** How many looks had no answer. */
  readonly lost: number;
  /** The last answer. */
  readonly last: R;
}

/**
 * Collects looks at a clock. The first one must succeed; of the others, those
 * that fail are counted.
 *
 * @example
 * ```ts
 * import { Looks } from "./looks.ts";
 * const target = { transport: "udp", hostname: "::1", port: 37 } as const;
 * const reading = { time: 0, offset: { low: 1, high: 2 }, sent: 0, received: 1 };
 * const looks = new Looks(() =>
 *   Promise.resolve({ ...reading, target, warnings: [] })
 * );
 * await looks.take();
 * console.assert(looks.measurement().offset.high === 2);
 * ```
 */
export class Looks<R extends ClockReading> {
  readonly #ask: Ask<R>;
  readonly #readings: R[] = [];
  #lost = 0;

  /** Takes who looks. */
  constructor(ask: Ask<R>) {
    this.#ask = ask;
  }

  /** How many there were, answered or not. */
  get count(): number {
    return this.#readings.length + this.#lost;
  }

  /** Whether all answers agree. */
  get agree(): boolean {
    return this.measurement().agreed === this.#readings.length;
  }

  /**
   * Looks once; `null` when there was no answer, unless there never was one:
   * then it throws why, and so it does when the signal aborts.
   */
  async take(options: AskOptions = {}): Promise<R | null> {
    try {
      const reading = await this.#ask(options);
      this.#readings.push(reading);
      return reading;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (this.#readings.length === 0) throw error;
      this.#lost++;
      return null;
    }
  }

  /** What is known so far. Call it after a look that was answered. */
  measurement(): Measurement<R> {
    const { interval, count } = agreement(
      this.#readings.map(({ offset }) => offset),
    )!;
    return {
      offset: interval,
      samples: this.#readings.length,
      agreed: count,
      lost: this.#lost,
      last: this.#readings.at(-1)!,
    };
  }
}
