/**
 * A limit on bytes per second, shared by as many transfers as want to.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { type Clock, systemClock } from "../../lib/clock.ts";
import type { DataStream } from "./stall.ts";

/** Bytes per second for one transfer, or for several together. */
export interface RateLimit {
  /** Bytes that go at once, at most: an eighth of a second's. */
  readonly burst: number;
  /**
   * Resolves when `bytes` may go, in the order of the calls. More than a burst
   * may be taken; that waits for all of it.
   *
   * @throws The signal's reason when it aborts; then nothing was taken.
   */
  take(bytes: number, signal?: AbortSignal): Promise<void>;
}

/** A second has so many bursts: few enough to be cheap, enough to be smooth. */
const BURSTS = 8;

/**
 * Makes a limit. What was not used is kept for one burst, no longer.
 *
 * @param bytesPerSecond Above 0; fractions are fine.
 * @throws {RangeError} when it is not.
 *
 * @example
 * ```ts
 * import { createRateLimit } from "./rate_limit.ts";
 * const limit = createRateLimit(80_000);
 * const start = performance.now();
 * await limit.take(limit.burst); // at once
 * await limit.take(800); // 10 ms later
 * console.assert(performance.now() - start >= 9);
 * ```
 */
export function createRateLimit(
  bytesPerSecond: number,
  clock: Clock = systemClock,
): RateLimit {
  if (!(bytesPerSecond > 0 && bytesPerSecond < Infinity)) {
    throw new RangeError(
      `Cannot limit to ${bytesPerSecond} bytes per second: expected more than 0`,
    );
  }
  const burst = Math.max(1, Math.floor(bytesPerSecond / BURSTS));
  let left = burst;
  let at = clock.now();
  function refill(): void {
    const now = clock.now();
    left = Math.min(burst, left + (now - at) * bytesPerSecond / 1000);
    at = now;
  }
  return {
    burst,
    async take(bytes, signal) {
      signal?.throwIfAborted();
      refill();
      left -= bytes; // Below 0 is what those who wait have been promised.
      if (left >= 0) return;
      try {
        await clock.sleep(-left * 1000 / bytesPerSecond, signal);
      } catch (error) {
        left += bytes;
        throw error;
      }
    },
  };
}

/** Both directions of `stream`, not faster than `limit`. */
export function limited(
  stream: DataStream,
  limit: RateLimit,
  signal: AbortSignal,
): DataStream {
  const part = (bytes: Bytes) => bytes.subarray(0, limit.burst);
  return {
    async read(buffer) {
      const count = await stream.read(part(buffer));
      if (count !== null) await limit.take(count, signal);
      return count;
    },
    async write(bytes) {
      const next = part(bytes);
      await limit.take(next.length, signal);
      return await stream.write(next);
    },
  };
}
