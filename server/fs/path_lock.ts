/**
 * A lock that threads share, so that no path leads elsewhere between the moment
 * in which it is judged and the act that this allows.
 *
 * Within one thread both happen in one go. Without a lock, clients of another
 * thread could rename folders in between, and with a link in the tree that
 * their renaming bends outwards, make an act land outside of the served folder.
 * Who renames is alone; everybody else who acts may act at the same time.
 *
 * Both hold it for microseconds and never over an `await`. Taking it costs two
 * atomic operations where nobody is in the way. Who waits to be alone keeps
 * others from coming in, so that many who share it cannot hold up a rename.
 *
 * @module
 */

/** Milliseconds between two looks, when nobody says that the lock is free. */
const NAP = 5;

/** Bits of the word: how many share the lock. */
const SHARES = 0xfff;
/** Somebody waits to be alone. */
const WANTED = 0x1000;
/** Somebody is alone. */
const ALONE = 0x2000;
/** From here on upwards: the era, which ends with each time alone. */
const ERA = 0x4000;

/** Ways to do something while the lock is held. */
export interface PathLock {
  /** With others who share it: for what depends on where a path leads. */
  shared<T>(act: () => T): T;
  /** With nobody else: for what changes where paths lead. */
  alone<T>(act: () => T): T;
}

/** What a single thread needs: nothing. */
export const NO_LOCK: PathLock = {
  shared: (act) => act(),
  alone: (act) => act(),
};

/** Options for {@linkcode pathLock}. */
export interface PathLockOptions {
  /**
   * Milliseconds without any change after which a thread that holds the lock
   * counts as dead.
   *
   * @default {1000}
   */
  readonly patience?: number;
}

/**
 * The lock at an index of memory that threads share, which is 0 at the start.
 *
 * A thread that was ended while it held the lock keeps others waiting for
 * `patience`; then the lock is free again.
 *
 * @example
 * ```ts
 * import { pathLock } from "./path_lock.ts";
 * const lock = pathLock(new Int32Array(new SharedArrayBuffer(4)), 0);
 * console.assert(lock.alone(() => "renamed") === "renamed");
 * ```
 */
export function pathLock(
  words: Int32Array<SharedArrayBuffer>,
  at: number,
  { patience = 1000 }: PathLockOptions = {},
): PathLock {
  const word: Word = { words, at, patience };
  return {
    shared(act) {
      const era = take(word, share);
      try {
        return act();
      } finally {
        give(word, era, (now) => now - 1);
      }
    },
    alone(act) {
      const era = take(word, beAlone);
      try {
        return act();
      } finally {
        give(word, era, (now) => (now & ~ALONE) + ERA);
      }
    },
  };
}

interface Word {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly at: number;
  readonly patience: number;
}

/** What comes of the word; what it was: not now. */
type Change = (now: number) => number;

function share(now: number): number {
  return now & (ALONE | WANTED) ? now : now + 1;
}

function beAlone(now: number): number {
  return now & (ALONE | SHARES) ? now | WANTED : now & ~WANTED | ALONE;
}

/** Takes the lock; says in which era. */
function take({ words, at, patience }: Word, change: Change): number {
  let seen = 0;
  let naps = 0;
  for (;;) {
    const now = Atomics.load(words, at);
    const next = change(now);
    if (next !== now) {
      const isDone = Atomics.compareExchange(words, at, now, next) === now;
      if (isDone && !(next & WANTED)) return eraOf(next);
      continue;
    }
    // Naps are counted, for clocks run on while a machine sleeps.
    if (now !== seen) naps = 0;
    seen = now;
    if (Atomics.wait(words, at, now, NAP) === "timed-out") naps++;
    if (naps * NAP < patience) continue;
    Atomics.compareExchange(words, at, now, nextEra(now));
    naps = 0;
  }
}

/** Nothing is given back in another era: the giver had seemed dead. */
function give({ words, at }: Word, era: number, change: Change): void {
  for (;;) {
    const now = Atomics.load(words, at);
    if (eraOf(now) !== era) return;
    const next = change(now) | 0;
    if (Atomics.compareExchange(words, at, now, next) !== now) continue;
    if (now & (ALONE | WANTED)) Atomics.notify(words, at);
    return;
  }
}

function eraOf(word: number): number {
  return word & -ERA;
}

/** Free, and nobody in it has anything to give back. */
function nextEra(word: number): number {
  return eraOf(word) + ERA | 0;
}
