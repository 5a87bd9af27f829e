/**
 * Time as a value that can be passed in, so that time-outs are tested without
 * waiting for them.
 *
 * @module
 */

/** A source of time. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  /**
   * Resolves after `ms` milliseconds. When `signal` aborts first, it rejects
   * with the signal's reason and leaves no timer behind. Longer than 24.8
   * days (2³¹−1 ms) is as long as 24.8 days.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The longest delay a timer takes; more would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** The clock on the wall. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) =>
    wait(signal, (done) => {
      const timer = setTimeout(done, Math.min(ms, LONGEST_MS));
      return () => clearTimeout(timer);
    }),
};

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** How many sleepers have not woken yet. */
  readonly sleeping: number;
  /**
   * Moves on by `ms` milliseconds and wakes the sleepers due by then, earliest
   * first. Between two of them everything that was waiting for the first one
   * runs until it waits again, so that a sleeper may sleep anew within `ms`.
   */
  advance(ms: number): Promise<void>;
}

/**
 * A clock for tests. It starts at 0.
 *
 * @example
 * ```ts
 * import { manualClock } from "./clock.ts";
 * const clock = manualClock();
 * const slept = clock.sleep(60_000);
 * await clock.advance(60_000);
 * await slept;
 * console.assert(clock.now() === 60_000);
 * ```
 */
export function manualClock(): ManualClock {
  const sleepers = new Set<Sleeper>();
  let now = 0;
  return {
    get sleeping() {
      return sleepers.size;
    },
    now: () => now,
    sleep: (ms, signal) =>
      wait(signal, (done) => {
        const sleeper = { due: now + Math.max(0, ms), wake: done };
        sleepers.add(sleeper);
        return () => sleepers.delete(sleeper);
      }),
    async advance(ms) {
      const end = now + ms;
      await settle();
      let next: Sleeper | undefined;
      while ((next = earliest(sleepers, end)) !== undefined) {
        now = next.due;
        sleepers.delete(next);
        next.wake();
        await settle();
      }
      now = end;
    },
  };
}

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/** Whoever is due first, of those due by `end`; the oldest of equals. */
function earliest(
  sleepers: Iterable<Sleeper>,
  end: number,
): Sleeper | undefined {
  let first: Sleeper | undefined;
  for (const sleeper of sleepers) {
    if (sleeper.due > end) continue;
    if (first === undefined || sleeper.due < first.due) first = sleeper;
  }
  return first;
}

/** Lets every promise that can go on go on: a timer runs after all of them. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/**
 * A promise that `start` resolves by calling `done`, or `signal` rejects;
 * `start` returns how to call it off.
 */
function wait(
  signal: AbortSignal | undefined,
  start: (done: () => void) => () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const cancel = start(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    });
    function abort(): void {
      cancel();
      reject(signal?.reason);
    }
    signal?.addEventListener("abort", abort, { once: true });
  });
}
