/**
 * The offset of a clock that shows whole seconds, narrowed down by several
 * looks at it.
 *
 * One look leaves a second of doubt. Each further one is made when the clock is
 * about to go on to another second, as far as is known: whether it did halves
 * the doubt. Ten looks leave a thousandth, if the way there is as short.
 *
 * @module
 */

import type { Clock } from "../../lib/clock.ts";
import { type Interval, middleOf } from "../../lib/time/interval.ts";
import { type Ask, Looks, type Measurement } from "./looks.ts";
import type { ClockReading } from "./time.ts";
import { steadyClock } from "./watch.ts";

/** Options for {@linkcode measureOffset}. Times are in milliseconds. */
export interface MeasureOptions {
  /** How often to look, at least 1. */
  samples: number;
  /** Least time between the begins of two looks. @default {1000} */
  interval?: number | undefined;
  /** Ends it early, with what is known so far. */
  signal?: AbortSignal | undefined;
  /** Our clock, since 1970. @default {steadyClock()} */
  clock?: Clock | undefined;
}

/** How often a clock that shows seconds goes on, in milliseconds. */
export const TICK = 1000;

/**
 * Looks `samples` times and says what the answers prove together.
 *
 * @throws What the first look throws; later ones that fail are counted. The
 * signal's reason when it aborts before there is any answer.
 *
 * @example
 * ```ts
 * import { offsetOf } from "../../lib/time/interval.ts";
 * import { measureOffset } from "./measure.ts";
 * const target = { transport: "udp", hostname: "::1", port: 37 } as const;
 * const ask = () => {
 *   const sent = Date.now();
 *   const time = Math.floor((sent + 250) / 1000) * 1000;
 *   const received = Date.now();
 *   const offset = offsetOf({ sent, received, time });
 *   return Promise.resolve({ time, offset, sent, received, target, warnings: [] });
 * };
 * const { offset } = await measureOffset(ask, { samples: 2, interval: 1 });
 * console.assert(offset.low <= 250 && 250 <= offset.high);
 * ```
 */
export async function measureOffset<R extends ClockReading>(
  ask: Ask<R>,
  options: MeasureOptions,
): Promise<Measurement<R>> {
  const { samples, interval = TICK, signal, clock = steadyClock() } = options;
  const looks = new Looks(ask);
  let begun = clock.now();
  await looks.take({ signal });
  await unlessStopped(signal, async () => {
    while (looks.count < samples) {
      const { offset, last } = looks.measurement();
      const { at } = nextTick(offset, last, begun + interval);
      await sleepUntil(at, clock, signal);
      begun = clock.now();
      await looks.take({ signal });
    }
  });
  return looks.measurement();
}

/** When the other clock goes on to another second, by ours. */
export interface Tick {
  /** When to ask so that it is read then; the middle of what is known. */
  readonly at: number;
  /** The second that it goes on to, in milliseconds since 1970. */
  readonly shows: number;
}

/** The first tick that can be asked for at `from` or later. */
export function nextTick(
  offset: Interval,
  { sent, received }: Pick<ClockReading, "sent" | "received">,
  from: number,
): Tick {
  const ahead = middleOf(offset) + (received - sent) / 2;
  const shows = Math.ceil((from + ahead) / TICK) * TICK;
  return { at: shows - ahead, shows };
}

/** Waits until our clock shows `time`. */
export async function sleepUntil(
  time: number,
  clock: Clock,
  signal?: AbortSignal,
): Promise<void> {
  // Timers count whole milliseconds and may be early by a part of one.
  for (let left; (left = time - clock.now()) > 0;) {
    await clock.sleep(Math.ceil(left), signal);
  }
}

/** Does `work` to its end, or to where the signal stops it. */
export async function unlessStopped(
  signal: AbortSignal | undefined,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}
