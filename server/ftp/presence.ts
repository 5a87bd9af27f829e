/**
 * Telling a client that has finished from one that was killed.
 *
 * A client that is killed ends both its connections, so that the data end as
 * if they were complete. The control connection's end tells, but may come some
 * milliseconds later.
 *
 * @module
 */

/** Longest wait for the end of a killed client, in milliseconds. */
const MOST = 100;
/** The same for uploads that took 40 ms to a second. */
const LEAST = 10;
/** An upload that took no longer came in one burst, in milliseconds. */
const BURST = 5;

/**
 * How long to wait for the control connection's end after an upload that took
 * `duration`, both in milliseconds: a hundredth of what a long one took, a
 * quarter of a short one, nothing for what came in one burst and was therefore
 * not cut off in the middle.
 *
 * @example
 * ```ts
 * import { presenceWait } from "./presence.ts";
 * console.assert(presenceWait(2) === 0);
 * console.assert(presenceWait(20) === 5);
 * console.assert(presenceWait(3_000) === 30);
 * ```
 */
export function presenceWait(duration: number): number {
  if (duration <= BURST) return 0;
  const least = Math.min(duration / 4, LEAST);
  return Math.min(Math.max(duration / 100, least), MOST);
}
