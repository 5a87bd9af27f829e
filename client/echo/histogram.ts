/**
 * How often which time was measured, in a fixed amount of memory.
 *
 * @module
 */

/** Each power of two is cut into so many classes. */
const CLASSES = 1024;
/** Times below 2⁻²⁰ ms (a nanosecond) are counted as that. */
const LOWEST = -20;
/** Times above 2³¹ ms (24 days) are counted as that. */
const HIGHEST = 31;
/** So many times are kept as they are. */
const MOST_EXACT = 10_000;

/**
 * Counts times in milliseconds. Percentiles of up to 10,000 times are exact.
 * Beyond, a class stands for its middle and is 1/1024 of a power of two wide,
 * so they are at most 0.05 % off. All of it takes half a megabyte at most.
 *
 * @example
 * ```ts
 * import { Histogram } from "./histogram.ts";
 * const histogram = new Histogram();
 * for (const time of [1, 2, 3, 4]) histogram.add(time);
 * console.assert(histogram.percentile(50) === 2);
 * ```
 */
export class Histogram {
  readonly #octaves: (Float64Array | undefined)[] = [];
  readonly #exact: number[] = [];
  #count = 0;

  /** How many times were added. */
  get count(): number {
    return this.#count;
  }

  /** Adds a time. */
  add(time: number): void {
    const { octave, index } = classOf(time);
    const counts = this.#octaves[octave] ??= new Float64Array(CLASSES);
    counts[index]!++;
    this.#count++;
    if (this.#exact.length < MOST_EXACT) this.#exact.push(time);
  }

  /**
   * The smallest time that at least `percent` of all are not above (the nearest
   * rank); `null` when there are none.
   */
  percentile(percent: number): number | null {
    // 99.9 % of 1000 is 999, also where the product is a hair above that.
    const rank = Math.max(1, Math.ceil(percent / 100 * this.#count - 1e-9));
    if (this.#count <= this.#exact.length) return this.#exactAt(rank);
    let seen = 0;
    for (const { middle, count } of this.classes()) {
      seen += count;
      if (seen >= rank) return middle;
    }
    return null;
  }

  #exactAt(rank: number): number | null {
    return this.#exact.toSorted((a, b) => a - b)[rank - 1] ?? null;
  }

  /** The classes that hold something, in order: the middle, and how many. */
  *classes(): Generator<{ middle: number; count: number }> {
    for (const [octave, counts] of this.#octaves.entries()) {
      if (counts === undefined) continue;
      for (const [index, count] of counts.entries()) {
        if (count > 0) yield { middle: middleOf(octave, index), count };
      }
    }
  }
}

function classOf(time: number): { octave: number; index: number } {
  const value = Math.min(Math.max(time, 2 ** LOWEST), 2 ** HIGHEST);
  let exponent = Math.floor(Math.log2(value));
  // The logarithm of a number just below a power of two may be rounded up.
  if (2 ** exponent > value) exponent--;
  const index = Math.floor((value / 2 ** exponent - 1) * CLASSES);
  return { octave: exponent - LOWEST, index };
}

function middleOf(octave: number, index: number): number {
  return 2 ** (octave + LOWEST) * (1 + (index + 0.5) / CLASSES);
}
