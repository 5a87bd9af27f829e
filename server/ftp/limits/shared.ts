/**
 * The memory that all threads of a server share, so that ids, rates and quotas
 * hold across them without a message: numbers of 64 bits, changed atomically.
 *
 * | words   | hold                                           |
 * | ------- | ---------------------------------------------- |
 * | 0       | the last session's id                          |
 * | 1       | the clock of all lanes                         |
 * | 2–3     | the server's lane down: virtual time, rate     |
 * | 4–5     | the server's lane up                           |
 * | 6       | the lock of paths                              |
 * | 16–19   | seat 0: lane down, lane up                     |
 * | 20–27   | seat 0: usage, for its quota                   |
 * | 32–     | seat 1, and so on                              |
 *
 * A *seat* belongs to an account while any session of it is there; the ledger
 * gives seats out.
 *
 * @module
 */

import {
  type Lane,
  LANE_WORDS,
  laneAt,
  sharedClock,
  type Words,
} from "../../../lib/net/lane.ts";
import { type PathLock, pathLock } from "../../fs/path_lock.ts";
import { USAGE_BYTES } from "../../fs/usage.ts";
import type { Rates } from "../profile.ts";

const SESSION = 0;
const CLOCK = 1;
const SERVER = 2;
const PATHS = 6;
const FIRST_SEAT = 16;
const USAGE = 2 * LANE_WORDS;
const SEAT_WORDS = USAGE + USAGE_BYTES / 8;
/** Seats at most: 4 MiB, of which the system gives only what is used. */
const MAX_SEATS = 1 << 16;

/** Bytes from the server to clients, and from clients to the server. */
export interface Lanes {
  /** From the server. */
  readonly down: Lane;
  /** To the server. */
  readonly up: Lane;
}

/** What all sessions of one account share. */
export interface Seat {
  /** The account's rates. */
  readonly lanes: Lanes;
  /**
   * Where its quota is counted: the first of {@linkcode USAGE_BYTES} bytes in
   * the buffer. All are 0 when nobody has counted since the account came.
   */
  readonly usage: number;
}

/** A view of the shared memory. */
export interface Shared {
  /** The memory, to be handed to other threads. */
  readonly buffer: SharedArrayBuffer;
  /** How many seats there are. */
  readonly seats: number;
  /** What keeps the threads apart that change files and folders. */
  readonly paths: PathLock;
  /** The rates of all sessions together. */
  readonly server: Lanes;
  /** A new session's id: 1 or more, never the same in any thread. */
  nextSession(): number;
  /**
   * The seat with a number that the ledger gave.
   *
   * @throws {RangeError} when there is none.
   */
  seat(number: number): Seat;
  /** Nobody has used the seat: its rates and usage are forgotten. */
  clear(seat: number): void;
  /** Two lanes for one session or transfer alone, on the same clock. */
  ownLanes(): Lanes;
}

/**
 * New memory for a server of that many sessions at a time.
 *
 * @example
 * ```ts
 * import { newShared, openShared } from "./shared.ts";
 * const buffer = newShared(100);
 * console.assert(openShared(buffer).nextSession() === 1);
 * console.assert(openShared(buffer).nextSession() === 2);
 * ```
 */
export function newShared(sessions: number): SharedArrayBuffer {
  // More than now, because a reload may allow more.
  const seats = Math.min(MAX_SEATS, Math.max(4096, sessions));
  return new SharedArrayBuffer((FIRST_SEAT + seats * SEAT_WORDS) * 8);
}

/** A thread's view of memory of {@linkcode newShared}. */
export function openShared(
  buffer: SharedArrayBuffer,
  now?: () => number,
): Shared {
  const words = new BigInt64Array(buffer);
  const clock = sharedClock(words, CLOCK, now);
  const seats = (words.length - FIRST_SEAT) / SEAT_WORDS;
  const start = (seat: number) => FIRST_SEAT + seat * SEAT_WORDS;
  return {
    buffer,
    seats,
    paths: pathLock(new Int32Array(buffer), 2 * PATHS),
    server: lanesAt(words, SERVER, clock),
    nextSession: () => Number(Atomics.add(words, SESSION, 1n)) + 1,
    seat(number) {
      checkSeat(number, seats);
      const at = start(number);
      return { lanes: lanesAt(words, at, clock), usage: (at + USAGE) * 8 };
    },
    clear(seat) {
      checkSeat(seat, seats);
      for (let at = start(seat); at < start(seat + 1); at++) {
        Atomics.store(words, at, 0n);
      }
    },
    ownLanes: () => lanesAt(new BigInt64Array(2 * LANE_WORDS), 0, clock),
  };
}

/** Changes both rates, for whoever uses the lanes right now, too. */
export function setRates({ down, up }: Lanes, rates: Rates = {}): void {
  down.rate = rates.down ?? 0;
  up.rate = rates.up ?? 0;
}

function lanesAt(words: Words, at: number, clock: () => number): Lanes {
  return {
    down: laneAt(words, at, clock),
    up: laneAt(words, at + LANE_WORDS, clock),
  };
}

function checkSeat(seat: number, seats: number): void {
  if (Number.isInteger(seat) && seat >= 0 && seat < seats) return;
  throw new RangeError(`Cannot take seat ${seat}: there are ${seats}`);
}
