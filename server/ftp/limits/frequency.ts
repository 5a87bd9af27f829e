/**
 * How often clients may connect: in all, and each address.
 *
 * @module
 */

import type { Clock } from "../../../lib/clock.ts";
import {
  tokenBucket,
  type TokenBuckets,
} from "../../../lib/net/token_bucket.ts";

/** New connections a second; fractions are fine, at least one goes at once. */
export interface FrequencyLimits {
  /** Of all clients together. @default no limit */
  readonly connectionsPerSecond?: number | undefined;
  /** Of each address. @default no limit */
  readonly connectionsPerSecondPerAddress?: number | undefined;
}

/** Addresses that are counted at a time; the quietest are forgotten first. */
const MAX_KEYS = 8192;

/** Counts connections by the second. */
export class Frequency {
  readonly #clock: Pick<Clock, "now">;
  #limits: FrequencyLimits = {};
  #all: TokenBuckets | null = null;
  #each: TokenBuckets | null = null;

  /** Nobody has connected yet. */
  constructor(limits: FrequencyLimits, clock: Pick<Clock, "now">) {
    this.#clock = clock;
    this.change(limits);
  }

  /** Takes other limits; whose are the same goes on counting. */
  change(limits: FrequencyLimits): void {
    const clock = this.#clock;
    const { connectionsPerSecond: all, connectionsPerSecondPerAddress: each } =
      limits;
    if (all !== this.#limits.connectionsPerSecond) {
      this.#all = all ? tokenBucket(rateOf(all), { clock, maxKeys: 1 }) : null;
    }
    if (each !== this.#limits.connectionsPerSecondPerAddress) {
      const options = { clock, maxKeys: MAX_KEYS };
      this.#each = each ? tokenBucket(rateOf(each), options) : null;
    }
    this.#limits = limits;
  }

  /** Whether one more of this address may come; `""` has no limit. */
  allows(address: string): boolean {
    return address === "" || (this.#each?.take(address) ?? true);
  }

  /** Whether one more may come at all. */
  allowsAnybody(): boolean {
    return this.#all?.take("") ?? true;
  }
}

function rateOf(perSecond: number): { perSecond: number; burst: number } {
  return { perSecond, burst: Math.max(1, perSecond) };
}
