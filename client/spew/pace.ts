/**
 * So many a second, evenly.
 *
 * @module
 */

import { type Clock, systemClock } from "../../lib/clock.ts";

/**
 * A function to wait for before each of many things, so that there are
 * `perSecond` of them a second; 0 waits for nothing. One that was late does not
 * make the others late, too.
 *
 * @example
 * ```ts
 * import { paceOf } from "./pace.ts";
 * const turn = paceOf(1000);
 * await turn();
 * await turn(); // 1 ms later
 * ```
 */
export function paceOf(
  perSecond: number,
  clock: Clock = systemClock,
): () => Promise<void> {
  if (perSecond === 0) return () => Promise.resolve();
  let start: number | null = null;
  let turns = 0;
  return async () => {
    start ??= clock.now();
    const due = start + turns++ * 1000 / perSecond;
    const wait = due - clock.now();
    if (wait > 0) await clock.sleep(wait);
  };
}
