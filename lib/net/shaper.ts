/**
 * Moving bytes no faster than several limits together allow.
 *
 * @module
 */

import { type Clock, systemClock } from "../clock.ts";
import type { Lane } from "./lane.ts";

/** Milliseconds that are not worth a timer; they are made up for. */
const AT_ONCE = 1;

/** What one flow of bytes asks before it moves some. */
export interface Shaper {
  /** Most bytes to move at a time: short where rates are low. At least 1. */
  readonly block: number;
  /** Whether the flow is being held back right now. */
  readonly isWaiting: boolean;
  /**
   * Takes bytes: `undefined` when they may go at once, else a promise that
   * resolves when they may.
   *
   * @throws The signal's reason when it aborts; then nothing was taken.
   */
  take(bytes: number, signal: AbortSignal): Promise<void> | undefined;
  /** The same, as a promise always. */
  wait(bytes: number, signal: AbortSignal): Promise<void>;
  /** Gives back what was granted and not used. Nothing is taken afterwards. */
  close(): void;
}

/**
 * A flow that is in all of `lanes` at once. Each lane grants as much as suits
 * its own rate, so that a flow that is slow by another limit loses no turn.
 *
 * @example
 * ```ts
 * import { laneAt, sharedClock } from "./lane.ts";
 * import { shaper } from "./shaper.ts";
 * const words = new BigInt64Array(3);
 * const lane = laneAt(words, 1, sharedClock(words, 0));
 * lane.rate = 100_000;
 * const flow = shaper([lane]);
 * const { signal } = new AbortController();
 * console.assert(flow.block === 2000);
 * const start = performance.now();
 * await flow.wait(2000, signal); // at once
 * await flow.wait(2000, signal); // 20 ms later
 * console.assert(performance.now() - start >= 15);
 * ```
 */
export function shaper(
  lanes: readonly Lane[],
  clock: Pick<Clock, "sleep"> = systemClock,
): Shaper {
  return new Flow(lanes, clock);
}

class Flow implements Shaper {
  readonly #lanes: readonly Lane[];
  /** What each lane has granted beyond what was moved. */
  readonly #held: number[];
  readonly #clock: Pick<Clock, "sleep">;
  #waiting = false;

  constructor(lanes: readonly Lane[], clock: Pick<Clock, "sleep">) {
    this.#lanes = lanes;
    this.#held = lanes.map(() => 0);
    this.#clock = clock;
  }

  get block(): number {
    let block = Infinity;
    for (const { grant } of this.#lanes) block = Math.min(block, grant);
    return block;
  }

  get isWaiting(): boolean {
    return this.#waiting;
  }

  take(bytes: number, signal: AbortSignal): Promise<void> | undefined {
    let delay = 0;
    for (let at = 0; at < this.#lanes.length; at++) {
      delay = Math.max(delay, this.#takeFrom(at, bytes));
    }
    return delay < AT_ONCE ? undefined : this.#sleep(delay, bytes, signal);
  }

  async wait(bytes: number, signal: AbortSignal): Promise<void> {
    await this.take(bytes, signal);
  }

  close(): void {
    for (const [at, lane] of this.#lanes.entries()) {
      lane.giveBack(this.#held[at]!);
      this.#held[at] = 0;
    }
  }

  #takeFrom(at: number, bytes: number): number {
    const lane = this.#lanes[at]!;
    const { grant } = lane;
    if (grant === Infinity) {
      this.#held[at] = 0; // The limit was lifted.
      return 0;
    }
    const missing = bytes - this.#held[at]!;
    if (missing <= 0) {
      this.#held[at] = -missing;
      return 0;
    }
    const asked = Math.max(grant, missing);
    this.#held[at] = asked - missing;
    return lane.reserve(asked);
  }

  async #sleep(
    delay: number,
    bytes: number,
    signal: AbortSignal,
  ): Promise<void> {
    this.#waiting = true;
    try {
      await this.#clock.sleep(delay, signal);
    } catch (error) {
      this.#held.forEach((held, at) => this.#held[at] = held + bytes);
      throw error;
    } finally {
      this.#waiting = false;
    }
  }
}
