/**
 * How much an account holds, counted by all threads together in memory that
 * they share.
 *
 * @module
 */

import { setImmediate, setTimeout } from "node:timers/promises";
import { FsError } from "./file_system.ts";

/** Where in shared memory the numbers are; all are 0 for a new account. */
export interface UsageWords {
  /** The memory. */
  readonly words: BigInt64Array<SharedArrayBuffer>;
  /** Index of: bytes of all files. */
  readonly bytes: number;
  /** Index of: number of files and folders. */
  readonly files: number;
  /** Index of: 0 for unknown, or the number of the count (see below). */
  readonly state: number;
  /** Index of: the number of who holds the lock, 0 for nobody. */
  readonly lock: number;
}

/** Bytes, and how many files and folders they are in. */
export interface Amount {
  /** Bytes. */
  bytes: number;
  /** Files and folders. */
  files: number;
}

/** The most there may be. */
export interface MaxAmount {
  /** Bytes. @default no limit */
  bytes?: number | undefined;
  /** Files and folders. @default no limit */
  files?: number | undefined;
}

/** Counts what an account holds, as long as `isWanted`. */
export type Count = (isWanted: () => boolean) => Promise<Amount>;

/** Counts that go on in one thread, by their number. */
export type Counts = Map<bigint, Promise<bigint>>;

/** How long anybody waits for another's change, in milliseconds. */
const PATIENCE = 2000;
/** How often one tries without a pause. */
const SPINS = 50;

/**
 * What an account holds, as one thread sees it.
 *
 * An account that is new in its place has an unknown usage. Whoever needs it
 * first counts; so may others at the same time, and the first to finish says
 * what holds. A *count* has a number that is never used twice, and what is told
 * of an earlier count no longer matters: neither an upload nor a count that
 * outlives the account changes what its successor in the place holds.
 *
 * State: `0n` unknown, an even number while that count goes on, and the odd
 * number behind it when it is done.
 */
export class UsageCounter {
  readonly #at: UsageWords;
  readonly #counts: Counts;

  /**
   * Looks at these numbers.
   *
   * @param counts Those that go on in this thread, for all its counters.
   */
  constructor(at: UsageWords, counts: Counts = new Map()) {
    this.#at = at;
    this.#counts = counts;
  }

  /**
   * The number of the count that holds; counts first, when nobody has.
   *
   * @param count Counts what is there; may give up when `isWanted` says no.
   */
  async known(count: Count): Promise<bigint> {
    const { words, state } = this.#at;
    if (this.#load(state) === 0n) {
      Atomics.compareExchange(words, state, 0n, newNumber());
    }
    const number = this.#load(state);
    if (isKnown(number)) return number;
    const counting = this.#counts.get(number) ?? this.#count(number, count);
    this.#counts.set(number, counting);
    return await counting;
  }

  async #count(number: bigint, count: Count): Promise<bigint> {
    const { state } = this.#at;
    try {
      const amount = await count(() => this.#load(state) === number);
      await this.locked(() => this.#publish(number, amount));
    } finally {
      this.#counts.delete(number);
    }
    if (this.#load(state) === number + 1n) return number + 1n;
    throw new FsError("io", "The session was over before files were counted.");
  }

  #publish(number: bigint, { bytes, files }: Amount): Promise<void> {
    const at = this.#at;
    if (this.#load(at.state) === number) {
      Atomics.store(at.words, at.bytes, BigInt(bytes));
      Atomics.store(at.words, at.files, BigInt(files));
      Atomics.store(at.words, at.state, number + 1n);
    }
    return Promise.resolve();
  }

  /** What there is. */
  get amount(): Amount {
    return {
      bytes: Number(this.#load(this.#at.bytes)),
      files: Number(this.#load(this.#at.files)),
    };
  }

  /**
   * Adds to what there is, unless more than `max` would be there then.
   *
   * What takes away always succeeds.
   *
   * @throws {FsError} `over-quota`, with nothing added.
   */
  take(
    count: bigint,
    { bytes = 0, files = 0 }: Partial<Amount>,
    max: MaxAmount,
  ): void {
    if (this.#load(this.#at.state) !== count) return;
    if (!this.#add(this.#at.files, files, max.files)) {
      throw new FsError("over-quota", `Quota exceeded (${max.files} files).`);
    }
    if (this.#add(this.#at.bytes, bytes, max.bytes)) return;
    this.#add(this.#at.files, -files);
    throw new FsError("over-quota", `Quota exceeded (${max.bytes} bytes).`);
  }

  #add(at: number, more: number, max = Infinity): boolean {
    const { words } = this.#at;
    for (;;) {
      const old = this.#load(at);
      const sum = Number(old) + more;
      if (more > 0 && sum > max) return false;
      const seen = Atomics.compareExchange(words, at, old, BigInt(sum));
      if (seen === old) return true;
    }
  }

  /**
   * Does `act` while no other thread does anything so.
   *
   * Who holds the lock for longer than `patience` (in milliseconds, two seconds
   * unless told) is taken for dead: then the numbers may be off until the next
   * count.
   */
  async locked<T>(
    act: () => Promise<T>,
    { patience = PATIENCE }: { patience?: number } = {},
  ): Promise<T> {
    const { words, lock } = this.#at;
    const mine = newNumber();
    await this.#lock(mine, patience);
    try {
      return await act();
    } finally {
      Atomics.compareExchange(words, lock, mine, 0n);
    }
  }

  async #lock(mine: bigint, patience: number): Promise<void> {
    const { words, lock } = this.#at;
    let holder = 0n;
    let since = performance.now();
    for (let tries = 0;; tries++) {
      const seen = Atomics.compareExchange(words, lock, 0n, mine);
      if (seen === 0n) return;
      if (seen !== holder) {
        holder = seen;
        since = performance.now();
      } else if (performance.now() - since > patience) {
        if (Atomics.compareExchange(words, lock, seen, mine) === seen) return;
      }
      await letOthers(tries);
    }
  }

  #load(at: number): bigint {
    return Atomics.load(this.#at.words, at);
  }
}

/** Most changes take microseconds; for the others nobody shall burn time. */
function letOthers(tries: number): Promise<void> {
  return tries < SPINS ? setImmediate() : setTimeout(1);
}

function isKnown(state: bigint): boolean {
  return (state & 1n) === 1n;
}

/** Even, and not 0. */
function newNumber(): bigint {
  const [random] = crypto.getRandomValues(new BigUint64Array(1));
  return BigInt.asIntN(62, random! | 1n) * 2n;
}

/** Bytes that {@linkcode usageAt} takes of shared memory. */
export const USAGE_BYTES: number = 32;

/**
 * The numbers that lie in shared memory from `offset` on, a multiple of 8.
 * While all their bytes are 0, nothing is known.
 *
 * @example
 * ```ts
 * import { usageAt, UsageCounter } from "./usage.ts";
 * const at = usageAt(new SharedArrayBuffer(64), 32);
 * const [here, there] = [new UsageCounter(at), new UsageCounter(at)];
 * await here.known(() => Promise.resolve({ bytes: 5, files: 1 }));
 * console.assert(there.amount.bytes === 5);
 * ```
 */
export function usageAt(memory: SharedArrayBuffer, offset: number): UsageWords {
  const words = new BigInt64Array(memory, offset, USAGE_BYTES / 8);
  return { words, bytes: 0, files: 1, state: 2, lock: 3 };
}

/**
 * Memory for one account alone, for servers with one thread and for tests.
 *
 * @example
 * ```ts
 * import { ownUsage, UsageCounter } from "./usage.ts";
 * const usage = new UsageCounter(ownUsage());
 * const count = await usage.known(() => Promise.resolve({ bytes: 5, files: 1 }));
 * usage.take(count, { bytes: 3 }, { bytes: 8 });
 * console.assert(usage.amount.bytes === 8);
 * ```
 */
export function ownUsage(): UsageWords {
  return usageAt(new SharedArrayBuffer(USAGE_BYTES), 0);
}
