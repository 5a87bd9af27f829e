/**
 * What a run of probes comes to.
 *
 * @module
 */

import { Histogram } from "./histogram.ts";

/** How many probes, and what became of them. */
export interface ProbeCounts {
  /** Probes that were sent: always `received + lost` when the run is over. */
  sent: number;
  /** Probes whose first reply came in time, damaged ones included. */
  received: number;
  /** Probes without a reply in time. */
  lost: number;
  /** Further replies to a probe that was answered before. */
  duplicates: number;
  /** First replies that came after that of a later probe (RFC 4737). */
  reordered: number;
  /** Replies with a wrong byte, or with more bytes than were sent. */
  corrupted: number;
  /** First replies after the time-out; their probes are lost as well. */
  late: number;
  /** Replies with fewer bytes than were sent. */
  truncated: number;
}

/**
 * Round-trip times of the probes received, in milliseconds; `null` when there
 * are none. Percentiles are nearest ranks: exact for up to 10,000 probes, else at
 * most 0.05 % off.
 */
export interface RoundTrip {
  /** The shortest. */
  readonly min: number | null;
  /** The arithmetic mean. */
  readonly avg: number | null;
  /** The median. */
  readonly p50: number | null;
  /** 90 % are not above. */
  readonly p90: number | null;
  /** 99 % are not above. */
  readonly p99: number | null;
  /** 99.9 % are not above. */
  readonly p999: number | null;
  /** The longest. */
  readonly max: number | null;
  /** Standard deviation of all of them (not of a sample). */
  readonly mdev: number | null;
}

/** How much the times differ, in milliseconds; `null` below two replies. */
export interface Jitter {
  /** The smoothed one of RFC 3550 section 6.4.1, over replies as they came. */
  readonly smoothed: number | null;
  /** The mean difference of neighbours, both of which came (RFC 3393). */
  readonly mean: number | null;
}

/** A part of the difference that RFC 3550 adds to the jitter. */
const SMOOTHING = 16;

/**
 * Sums up round-trip times, in a fixed amount of memory.
 *
 * @example
 * ```ts
 * import { Times } from "./statistics.ts";
 * const times = new Times();
 * times.add(1, []);
 * times.add(3, [1]);
 * console.assert(times.roundTrip.avg === 2 && times.jitter.mean === 2);
 * ```
 */
export class Times {
  /** How often which time came. */
  readonly histogram: Histogram = new Histogram();
  #min = Infinity;
  #max = -Infinity;
  #mean = 0;
  #squares = 0;
  #last: number | null = null;
  #smoothed = 0;
  #differences = 0;
  #pairs = 0;

  /** The longest so far, 0 at first. */
  get longest(): number {
    return Math.max(0, this.#max);
  }

  /** Adds a time, and those of the neighbours that came before it. */
  add(time: number, neighbours: readonly number[]): void {
    this.histogram.add(time);
    this.#min = Math.min(this.#min, time);
    this.#max = Math.max(this.#max, time);
    // Welford's way: no large numbers are subtracted from each other.
    const off = time - this.#mean;
    this.#mean += off / this.histogram.count;
    this.#squares += off * (time - this.#mean);
    this.#addJitter(time, neighbours);
  }

  /** All of it so far. */
  get roundTrip(): RoundTrip {
    const { count } = this.histogram;
    const known = (value: number) => count === 0 ? null : value;
    return {
      min: known(this.#min),
      avg: known(this.#mean),
      p50: this.#percentile(50),
      p90: this.#percentile(90),
      p99: this.#percentile(99),
      p999: this.#percentile(99.9),
      max: known(this.#max),
      mdev: known(Math.sqrt(Math.max(0, this.#squares / count))),
    };
  }

  /** The jitter so far. */
  get jitter(): Jitter {
    return {
      smoothed: this.histogram.count < 2 ? null : this.#smoothed,
      mean: this.#pairs === 0 ? null : this.#differences / this.#pairs,
    };
  }

  #addJitter(time: number, neighbours: readonly number[]): void {
    const off = Math.abs(time - (this.#last ?? time));
    if (this.#last !== null) {
      this.#smoothed += (off - this.#smoothed) / SMOOTHING;
    }
    this.#last = time;
    for (const neighbour of neighbours) {
      this.#differences += Math.abs(time - neighbour);
      this.#pairs++;
    }
  }

  /** A class's middle may be beyond the only time that is in it. */
  #percentile(percent: number): number | null {
    const value = this.histogram.percentile(percent);
    if (value === null) return null;
    return Math.min(Math.max(value, this.#min), this.#max);
  }
}

/** Nothing so far. */
export function noCounts(): ProbeCounts {
  return {
    sent: 0,
    received: 0,
    lost: 0,
    duplicates: 0,
    reordered: 0,
    corrupted: 0,
    late: 0,
    truncated: 0,
  };
}
