/**
 * Telling of what happens often, but not as often as it happens.
 *
 * @module
 */

import { type Clock, systemClock } from "../../../lib/clock.ts";

/** Milliseconds between two times of telling. */
const PAUSE = 1000;

/** Adds up, and tells now and then. */
export interface Tally {
  /** Adds to what is to be told. */
  add(count: number): void;
  /** Tells what was not told yet. */
  flush(): void;
}

/**
 * A tally that tells the first count at once, then at most once a second what
 * was added since; `flush` tells the rest.
 *
 * @example
 * ```ts
 * import { tally } from "./tally.ts";
 * const told: number[] = [];
 * const drops = tally((count) => told.push(count));
 * for (let i = 0; i < 5; i++) drops.add(1);
 * drops.flush();
 * console.assert(told.join() === "1,4");
 * ```
 */
export function tally(
  tell: (count: number) => void,
  clock: Pick<Clock, "now"> = systemClock,
): Tally {
  let untold = 0;
  let next = -Infinity;
  function flush(): void {
    if (untold === 0) return;
    const count = untold;
    untold = 0;
    next = clock.now() + PAUSE;
    tell(count);
  }
  return {
    add(count) {
      untold += count;
      if (clock.now() >= next) flush();
    },
    flush,
  };
}
