/**
 * The book of probes: which are under way, which came back, which are lost.
 *
 * It remembers the last ones only, so that a run may last for ever.
 *
 * @module
 */

import type { Probe } from "./payload.ts";

/** What became of a probe whose reply has just come. */
export interface Settled {
  /**
   * `received`: the first reply, in time. `late`: the first one, but after the
   * probe was given up. `duplicate`: not the first one.
   */
  readonly status: "received" | "late" | "duplicate";
  /** Milliseconds from when the probe was due to this reply. */
  readonly time: number;
  /** Whether a later probe's first reply came earlier (RFC 4737 section 3). */
  readonly isReordered: boolean;
}

const WAITING = 1;
const RECEIVED = 2;
const LOST = 3;
const LATE = 4;

/**
 * Probes by sequence number. No more than half of `capacity` may be under way.
 *
 * @example
 * ```ts
 * import { Ledger } from "./ledger.ts";
 * const ledger = new Ledger({ capacity: 64, timeout: 1000 });
 * ledger.add(56, 0);
 * console.assert(ledger.settle(0, 12)?.status === "received");
 * console.assert(ledger.settle(0, 15)?.status === "duplicate");
 * ```
 */
export class Ledger {
  readonly #mask: number;
  readonly #timeout: number;
  readonly #states: Uint8Array;
  readonly #sizes: Uint32Array;
  readonly #starts: Float64Array;
  readonly #times: Float64Array;
  #next = 0;
  #oldest = 0;
  #waiting = 0;
  #nextExpected = 0;

  /**
   * Remembers `capacity` probes, a power of two; a probe is given up `timeout`
   * milliseconds after it was due.
   */
  constructor({ capacity, timeout }: { capacity: number; timeout: number }) {
    this.#mask = capacity - 1;
    this.#timeout = timeout;
    this.#states = new Uint8Array(capacity);
    this.#sizes = new Uint32Array(capacity);
    this.#starts = new Float64Array(capacity);
    this.#times = new Float64Array(capacity);
  }

  /** The sequence number of the next probe. */
  get next(): number {
    return this.#next;
  }

  /** How many probes are under way. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Whether one more may be under way. */
  get hasRoom(): boolean {
    this.#skipSettled();
    return !this.isOld(this.#oldest);
  }

  /** Whether a probe is so old that it is soon forgotten. */
  isOld(sequence: number): boolean {
    return this.#next - sequence > this.#mask / 2;
  }

  /** When the next probe is given up; infinite when none is under way. */
  get nextExpiry(): number {
    this.#skipSettled();
    if (this.#oldest === this.#next) return Infinity;
    return this.#starts[this.#oldest & this.#mask]! + this.#timeout;
  }

  /** Notes a probe that is being sent. `start` never goes back. */
  add(size: number, start: number): Probe {
    const sequence = this.#next++;
    const at = sequence & this.#mask;
    this.#states[at] = WAITING;
    this.#sizes[at] = size;
    this.#starts[at] = start;
    this.#waiting++;
    return { sequence, size, start };
  }

  /** A probe that is remembered. */
  find(sequence: number): Probe | undefined {
    const isKnown = sequence < this.#next && sequence >= 0 &&
      sequence >= this.#next - this.#mask - 1;
    if (!isKnown) return undefined;
    const at = sequence & this.#mask;
    return { sequence, size: this.#sizes[at]!, start: this.#starts[at]! };
  }

  /** Whether a probe is under way. */
  isWaiting(sequence: number): boolean {
    return this.find(sequence) !== undefined &&
      this.#states[sequence & this.#mask] === WAITING;
  }

  /** The time of a probe that was received in time; else `undefined`. */
  timeOf(sequence: number): number | undefined {
    if (this.find(sequence) === undefined) return undefined;
    const at = sequence & this.#mask;
    return this.#states[at] === RECEIVED ? this.#times[at] : undefined;
  }

  /** Notes a reply; `undefined` when its probe is not remembered any more. */
  settle(sequence: number, now: number): Settled | undefined {
    const probe = this.find(sequence);
    if (probe === undefined) return undefined;
    const at = sequence & this.#mask;
    const time = now - probe.start;
    const state = this.#states[at];
    if (state === RECEIVED || state === LATE) {
      return { status: "duplicate", time, isReordered: false };
    }
    const isReordered = sequence < this.#nextExpected;
    if (!isReordered) this.#nextExpected = sequence + 1;
    if (state === WAITING) this.#waiting--;
    this.#states[at] = state === WAITING ? RECEIVED : LATE;
    this.#times[at] = time;
    const status = state === WAITING ? "received" : "late";
    return { status, time, isReordered };
  }

  /** Gives up every probe that has had its time, and tells which. */
  expire(now: number, onLost: (probe: Probe) => void): void {
    while (this.nextExpiry <= now) this.giveUp(this.#oldest, onLost);
  }

  /** Gives up one probe that is under way. */
  giveUp(sequence: number, onLost: (probe: Probe) => void): void {
    const probe = this.find(sequence);
    if (probe === undefined || !this.isWaiting(sequence)) return;
    this.#states[sequence & this.#mask] = LOST;
    this.#waiting--;
    onLost(probe);
  }

  /** Gives up all that are under way. */
  giveUpAll(onLost: (probe: Probe) => void): void {
    while (this.nextExpiry < Infinity) this.giveUp(this.#oldest, onLost);
  }

  #skipSettled(): void {
    while (
      this.#oldest < this.#next &&
      this.#states[this.#oldest & this.#mask] !== WAITING
    ) this.#oldest++;
  }
}
