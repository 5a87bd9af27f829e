/**
 * Telling a client that has finished from one that was killed.
 *
 * A client that is killed ends both its connections, so that the data end as
 * if they were complete. The control connection's end tells, but on a busy
 * machine it comes some milliseconds later.
 *
 * @module
 */

/** Longest wait after a slow upload, in milliseconds. */
const SLOW_MOST = 50;
/** Longest wait after a fast upload, in milliseconds. */
const FAST_MOST = 100;
/** Bytes a millisecond that make an upload fast: 100 MB/s. */
const FAST = 100_000;
/** An upload that took no longer came in one burst, in milliseconds. */
const BURST = 5;

/**
 * Milliseconds to wait for the control connection's end after an upload of
 * `bytes` that took `duration` milliseconds: a quarter of it, but soon no more
 * than is noticed; a hundredth where bytes came so fast that a quarter would
 * be; nothing for what came in one burst, which was not cut off in the middle.
 *
 * @example
 * ```ts
 * import { presenceWait } from "./presence.ts";
 * console.assert(presenceWait(1_000, 2) === 0);
 * console.assert(presenceWait(100_000, 100) === 25);
 * console.assert(presenceWait(1e9, 1_000) === 10);
 * ```
 */
export function presenceWait(bytes: number, duration: number): number {
  if (duration <= BURST) return 0;
  return bytes > duration * FAST
    ? Math.min(duration / 100, FAST_MOST)
    : Math.min(duration / 4, SLOW_MOST);
}
