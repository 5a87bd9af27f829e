/**
 * Milliseconds out of a clock that shows whole seconds: finds the moment at
 * which it goes on to the next one.
 *
 * First it asks 24 times a second until the clock has gone on: that moment is
 * then known to a 24th of a second. A second later it asks as often as it may
 * around the moment at which the clock goes on again.
 *
 * @module
 */

import { errorOf } from "../../lib/time/interval.ts";
import { type Ask, Looks, type Measurement } from "./looks.ts";
import {
  type MeasureOptions,
  nextTick,
  sleepUntil,
  TICK,
  unlessStopped,
} from "./measure.ts";
import type { ClockReading } from "./time.ts";
import { steadyClock } from "./watch.ts";

/** Options for {@linkcode measurePrecisely}. */
export type PreciseOptions = Pick<MeasureOptions, "signal" | "clock">;

/** Most questions, whatever happens. */
export const MAX_QUESTIONS = 50;
/** Milliseconds after the first answer, after which nothing more is asked. */
export const MAX_TIME = 2000;

const FIRST_STEP = TICK / 24;

/**
 * Measures the offset within {@linkcode MAX_TIME} milliseconds, with
 * {@linkcode MAX_QUESTIONS} questions at most.
 *
 * That is more than a public server wants of anybody: ask your own.
 *
 * @throws What the first look throws; later ones that fail are counted. The
 * signal's reason when it aborts before there is any answer.
 *
 * @example
 * ```ts
 * import { offsetOf } from "../../lib/time/interval.ts";
 * import { measurePrecisely } from "./precise.ts";
 * const target = { transport: "udp", hostname: "::1", port: 37 } as const;
 * const ask = () => {
 *   const sent = Date.now();
 *   const time = Math.floor((sent - 100) / 1000) * 1000;
 *   const received = Date.now();
 *   const offset = offsetOf({ sent, received, time });
 *   return Promise.resolve({ time, offset, sent, received, target, warnings: [] });
 * };
 * const { offset } = await measurePrecisely(ask);
 * console.assert(offset.low <= -100 && -100 <= offset.high);
 * ```
 */
export async function measurePrecisely<R extends ClockReading>(
  ask: Ask<R>,
  { signal, clock = steadyClock() }: PreciseOptions = {},
): Promise<Measurement<R>> {
  const looks = new Looks(ask);
  const first = await looks.take({ signal });
  const end = clock.now() + MAX_TIME;

  /** Asks from `from` to `to`, until the clock shows `shows`. */
  async function poll(
    from: number,
    to: number,
    step: number,
    shows: number,
  ): Promise<void> {
    const last = Math.min(to, end);
    for (let at = from; at <= last && looks.count < MAX_QUESTIONS;) {
      await sleepUntil(at, clock, signal);
      const timeout = Math.max(1, end - clock.now());
      const reading = await looks.take({ signal, timeout });
      if (reading !== null && reading.time >= shows) return;
      at = Math.max(at + step, clock.now());
    }
  }

  await unlessStopped(signal, async () => {
    const now = clock.now();
    await poll(now, now + TICK + FIRST_STEP, FIRST_STEP, first!.time + TICK);
    if (!looks.agree) return;
    const { offset, last } = looks.measurement();
    const doubt = errorOf(offset);
    const { at, shows } = nextTick(offset, last, clock.now() + doubt);
    const step = 2 * doubt / (MAX_QUESTIONS - looks.count);
    await poll(at - doubt, at + doubt, step, shows);
  });
  return looks.measurement();
}
