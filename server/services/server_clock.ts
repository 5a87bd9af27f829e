/**
 * The clock that a time server shows: the system's, or one to test others with.
 *
 * @module
 */

/**
 * Milliseconds since 1970, or `null` when the time is not known: then a server
 * of RFC 868 must not answer.
 */
export type ServerClock = () => number | null;

/** Options for {@linkcode serverClock}. Times are in milliseconds. */
export interface ServerClockOptions {
  /** By how much it is ahead; less than 0 when it is behind. @default {0} */
  offset?: number | undefined;
  /** Where it stands still, since 1970. @default it does not */
  freeze?: number | undefined;
  /** What it goes by. @default {Date.now} */
  now?: (() => number) | undefined;
}

/**
 * A clock that is wrong on purpose.
 *
 * @example
 * ```ts
 * import { serverClock } from "./server_clock.ts";
 * const clock = serverClock({ freeze: 86_400_000, offset: -1000 });
 * console.assert(clock() === 86_399_000);
 * ```
 */
export function serverClock(
  { offset = 0, freeze, now = Date.now }: ServerClockOptions = {},
): ServerClock {
  return () => (freeze ?? now()) + offset;
}

/** A clock that nobody has set. */
export function unknownTime(): null {
  return null;
}
