/**
 * Token buckets: how often each of many senders may ask.
 *
 * @module
 */

import { type Clock, systemClock } from "../clock.ts";

/** A steady rate with some room for bursts. */
export interface Rate {
  /** Tokens that come back in a second; fractions are fine. */
  perSecond: number;
  /** Tokens a full bucket holds: how many may go at once. At least 1. */
  burst: number;
}

/** Options for {@linkcode tokenBucket}. */
export interface TokenBucketOptions {
  /**
   * Keys remembered at most. Beyond it the one that was quiet for the longest
   * is forgotten, and would start with a full bucket. @default {4096}
   */
  maxKeys?: number;
  /** Whose milliseconds count. @default {systemClock} */
  clock?: Pick<Clock, "now"> | undefined;
}

/** One bucket per key. */
export interface TokenBuckets {
  /** Takes a token for `key`; false when there is none. */
  take(key: string): boolean;
  /** Keys remembered now. */
  readonly size: number;
}

/** What was left in a bucket, and when. */
interface Level {
  tokens: number;
  at: number;
}

/**
 * Limits how often each key may do something. All buckets start full.
 *
 * @throws {RangeError} If `perSecond` is not above 0 or `burst` is below 1.
 *
 * @example
 * ```ts
 * import { tokenBucket } from "./token_bucket.ts";
 * const buckets = tokenBucket({ perSecond: 1, burst: 2 });
 * console.assert(buckets.take("192.0.2.7") && buckets.take("192.0.2.7"));
 * console.assert(!buckets.take("192.0.2.7"));
 * console.assert(buckets.take("192.0.2.8"));
 * ```
 */
export function tokenBucket(
  rate: Rate,
  options: TokenBucketOptions = {},
): TokenBuckets {
  const { maxKeys = 4096, clock = systemClock } = options;
  const { perSecond, burst } = rate;
  if (!(perSecond > 0 && burst >= 1)) {
    throw new RangeError(
      `Cannot limit to ${perSecond} per second in bursts of ${burst}: expected more than 0, and 1 or more`,
    );
  }
  // A map keeps the order of insertion: the first key is the quietest.
  const levels = new Map<string, Level>();
  const refill = ({ tokens, at }: Level, time: number) =>
    Math.min(burst, tokens + (time - at) * perSecond / 1000);

  return {
    take(key) {
      const at = clock.now();
      const before = levels.get(key);
      const tokens = before ? refill(before, at) : burst;
      levels.delete(key);
      levels.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at });
      if (levels.size > maxKeys) levels.delete(levels.keys().next().value!);
      return tokens >= 1;
    },
    get size() {
      return levels.size;
    },
  };
}
