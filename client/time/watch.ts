/**
 * Our own clock, against which others are measured, although somebody may set
 * it meanwhile, or the machine sleep.
 *
 * @module
 */

import { type Clock, systemClock } from "../../lib/clock.ts";

/** From a question to its answer by our clock, milliseconds since 1970. */
export interface Span {
  /** Not later than the question. */
  readonly sent: number;
  /** The whole millisecond of the answer, or a later one. */
  readonly received: number;
}

/** Clocks of this machine, in milliseconds. */
export interface OwnClocks {
  /** The one that people see, and may set; since 1970. @default {Date.now} */
  now?: () => number;
  /** One that nobody can set; it stops while the machine sleeps. */
  steady?: () => number;
}

/**
 * Begins to wait for an answer; call what it returns when the answer is there.
 *
 * If our clock was set in between, or the machine slept, the span is as much
 * longer: it holds by the clock as it was, and as it is.
 *
 * @example
 * ```ts
 * import { startWatch } from "./watch.ts";
 * const span = startWatch();
 * const { sent, received } = span();
 * console.assert(sent <= received);
 * ```
 */
export function startWatch(
  { now = Date.now, steady = systemClock.now }: OwnClocks = {},
): () => Span {
  const before = now();
  const begun = steady();
  return () => {
    const elapsed = Math.floor(steady() - begun);
    const after = now();
    // Both clocks are cut to whole milliseconds: they may differ by one.
    if (Math.abs(after - before - elapsed) <= 1) {
      return { sent: before, received: after };
    }
    return {
      sent: Math.min(before, after - elapsed - 1),
      received: Math.max(after, before + elapsed + 1),
    };
  };
}

/** Our clock as it is now; from then on it goes steadily, whoever sets it. */
export function steadyClock(): Clock {
  const ahead = Date.now() - systemClock.now();
  return {
    now: () => ahead + systemClock.now(),
    sleep: systemClock.sleep,
  };
}
