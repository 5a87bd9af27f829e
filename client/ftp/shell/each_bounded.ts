/**
 * Doing many things, a few at a time.
 *
 * @module
 */

/**
 * Does `work`, which must not reject, with each of `items`, in order. Items are
 * asked for one at a time, when there is room: a million of them need no
 * memory. Resolves when all work has ended.
 *
 * @param width How many may be done at the same time; asked before each.
 * @param isOver Whether no more shall be begun.
 * @throws What `items` throws, when all work has ended.
 *
 * @example
 * ```ts
 * import { eachBounded } from "./each_bounded.ts";
 * let sum = 0;
 * await eachBounded([1, 2, 3], () => 2, async (item) => {
 *   await Promise.resolve();
 *   sum += item;
 * });
 * console.assert(sum === 6);
 * ```
 */
export async function eachBounded<T>(
  items: Iterable<T> | AsyncIterable<T>,
  width: () => number,
  work: (item: T) => Promise<void>,
  isOver: () => boolean = () => false,
): Promise<void> {
  let running = 0;
  // One promise for each wait: a race would pile up on what takes long.
  let ended = Promise.withResolvers<void>();
  async function start(item: T): Promise<void> {
    running++;
    await work(item);
    running--;
    ended.resolve();
  }
  async function until(most: number): Promise<void> {
    while (running > most) {
      await ended.promise;
      ended = Promise.withResolvers();
    }
  }
  try {
    for await (const item of items) {
      start(item);
      await until(Math.max(1, width()) - 1);
      if (isOver()) break;
    }
  } finally {
    await until(0);
  }
}
