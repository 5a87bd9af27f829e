/**
 * Lanes: limits on bytes per second that threads share without a message.
 *
 * A lane is two 64-bit numbers in shared memory: its rate, and its *virtual
 * time*, the moment up to which it is promised to somebody (the generic cell
 * rate algorithm). Whoever wants bytes moves that moment on by what they take
 * at this rate, with one atomic exchange, and knows by it how long to wait. So
 * those who wait form a queue that no thread has to keep.
 *
 * @module
 */

/** Numbers of 64 bits, in memory of one thread or of several. */
export type Words = BigInt64Array<ArrayBufferLike>;

/** Words that a lane takes: the virtual time, then the rate. */
export const LANE_WORDS = 2;

/** Milliseconds that are made up for when a thread came too late to its turn. */
const CATCH_UP = 100;
/** Milliseconds of the rate that are granted at once. */
const GRANT = 20;
/** Grants are so many bytes at least, unless that takes {@linkcode LONGEST}. */
const SMALLEST = 512;
/** Longest grant in milliseconds, for very low rates. */
const LONGEST = 100;
/** Nanoseconds in a millisecond. */
const MS = 1e6;

/** A limit on bytes per second for everybody who uses the same words. */
export interface Lane {
  /** Bytes a second; 0 is no limit. A change counts from the next grant on. */
  rate: number;
  /** Bytes to ask for at a time, so that those who wait take turns. */
  readonly grant: number;
  /** Takes bytes; the milliseconds until they may go, 0 for at once. */
  reserve(bytes: number): number;
  /** Gives back what was taken and not used. */
  giveBack(bytes: number): void;
}

/**
 * A clock that all threads agree on, in nanoseconds; `at` is the word that
 * they share. It begins with what `now`, in milliseconds, says and never goes
 * back.
 *
 * Each thread adds the time of day of its own start to what has passed since,
 * so that they agree at once. The time of day is not asked again: when it is
 * set between two starts, all follow the thread that is furthest ahead, and
 * when it is set later, nothing happens. Transfers never stall by it.
 *
 * @example
 * ```ts
 * import { sharedClock } from "./lane.ts";
 * const words = new BigInt64Array(new SharedArrayBuffer(8));
 * const early = sharedClock(words, 0, () => 5_000);
 * const late = sharedClock(words, 0, () => 2);
 * console.assert(early() === 5e9 && late() === 5e9);
 * ```
 */
export function sharedClock(
  words: Words,
  at: number,
  now: () => number = sinceEpoch,
): () => number {
  let ahead = 0;
  return () => {
    const own = Math.round(now() * MS) + ahead;
    const seen = Atomics.load(words, at);
    const latest = Number(seen);
    if (latest > own) ahead += latest - own;
    // Who loses against another thread is told by the next look.
    else Atomics.compareExchange(words, at, seen, BigInt(own));
    return Math.max(own, latest);
  };
}

function sinceEpoch(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * The lane in the two words from `at` on.
 *
 * @param clock Nanoseconds that never go back: {@linkcode sharedClock}.
 *
 * @example
 * ```ts
 * import { laneAt } from "./lane.ts";
 * let now = 0;
 * const lane = laneAt(new BigInt64Array(2), 0, () => now);
 * lane.rate = 1000;
 * console.assert(lane.reserve(100) === 0);
 * console.assert(lane.reserve(100) === 100);
 * now = 100e6;
 * console.assert(lane.reserve(100) === 100);
 * ```
 */
export function laneAt(words: Words, at: number, clock: () => number): Lane {
  return new SharedLane(words, at, clock);
}

class SharedLane implements Lane {
  readonly #words: Words;
  readonly #at: number;
  readonly #clock: () => number;

  constructor(words: Words, at: number, clock: () => number) {
    this.#words = words;
    this.#at = at;
    this.#clock = clock;
  }

  get rate(): number {
    return Number(Atomics.load(this.#words, this.#at + 1));
  }

  set rate(rate: number) {
    const whole = Math.ceil(rate);
    if (whole === this.rate) return;
    Atomics.store(this.#words, this.#at + 1, BigInt(whole));
    // What was promised at another rate counts no longer.
    Atomics.store(this.#words, this.#at, 0n);
  }

  get grant(): number {
    return grantOf(this.rate);
  }

  reserve(bytes: number): number {
    const { rate } = this;
    if (rate === 0) return 0;
    const cost = costOf(bytes, rate);
    const now = this.#clock();
    for (;;) {
      const before = Atomics.load(this.#words, this.#at);
      // A little late is made up for; what was idle starts without a burst, as
      // does what nobody has used yet (0), however young the clock is.
      const isLate = before !== 0n && Number(before) >= now - CATCH_UP * MS;
      const start = isLate ? before : BigInt(now);
      if (swap(this.#words, this.#at, before, start + cost)) {
        return Math.max(0, Number(start) - now) / MS;
      }
    }
  }

  giveBack(bytes: number): void {
    const { rate } = this;
    if (rate > 0) Atomics.sub(this.#words, this.#at, costOf(bytes, rate));
  }
}

/** Nanoseconds that bytes take. */
function costOf(bytes: number, rate: number): bigint {
  return BigInt(Math.round(bytes * 1e9 / rate));
}

function grantOf(rate: number): number {
  if (rate === 0) return Infinity;
  const least = Math.min(SMALLEST, rate * LONGEST / 1000);
  return Math.ceil(Math.max(rate * GRANT / 1000, least));
}

function swap(words: Words, at: number, before: bigint, after: bigint) {
  return Atomics.compareExchange(words, at, before, after) === before;
}
