/**
 * How fast bytes come, without jumps.
 *
 * @module
 */

/** Counts bytes and tells how fast they came lately. */
export interface RateMeter {
  /** All bytes that were counted. */
  readonly bytes: number;
  /** Counts `bytes` that came at `now`, in milliseconds. */
  add(bytes: number, now: number): void;
  /**
   * Bytes per second over the last five seconds, or `undefined` as long as
   * too little time has gone by to tell.
   */
  at(now: number): number | undefined;
}

/** The time that the rate is the mean of. */
const WINDOW_MS = 5_000;
/** How far apart the moments are that are remembered. */
const STEP_MS = 250;
/** Before that, a rate would be a guess. */
const SOONEST_MS = 500;

/** A meter that starts at `start`, in milliseconds. */
export function createRateMeter(start: number): RateMeter {
  const moments = [{ at: start, bytes: 0 }];
  let bytes = 0;

  /** Remembers how many bytes had come by `now`; forgets what is too old. */
  function remember(now: number): void {
    if (now - moments.at(-1)!.at >= STEP_MS) moments.push({ at: now, bytes });
    while (moments.length > 1 && moments[1]!.at <= now - WINDOW_MS) {
      moments.shift();
    }
  }

  return {
    get bytes() {
      return bytes;
    },
    add(more, now) {
      remember(now);
      bytes += Math.max(0, more);
    },
    at(now) {
      remember(now);
      const { at, bytes: before } = moments[0]!;
      const ms = now - at;
      return ms < SOONEST_MS ? undefined : (bytes - before) * 1000 / ms;
    },
  };
}
