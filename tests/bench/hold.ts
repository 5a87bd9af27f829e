/**
 * Orders to a client whose sessions stand meanwhile (`load/hold.h`).
 *
 * @module
 */

import { numbersIn } from "./generator.ts";
import type { Load } from "./load.ts";

/** Sends an order, such as `grow 300`, and returns the numbers it yields. */
export type Order = (...words: (string | number)[]) => Promise<number[]>;

/** How long something took, many times over, in microseconds. */
export interface Percentiles {
  /** The median. */
  middle: number;
  /** What 99 of 100 did not exceed. */
  most: number;
}

/**
 * Calls `action` with a client of the server at `port` that takes orders.
 *
 * @throws {Error} If the server answered wrongly or not in time, or if at the
 * end a session that was to stand does not.
 */
export async function whileHolding<T>(
  load: Load,
  port: number,
  action: (order: Order) => Promise<T>,
): Promise<T> {
  return await load.staged(
    ["hold", port],
    ({ tell, heard }) =>
      action(async (...words) => {
        await tell(words.join(" "));
        return numbersIn(await heard());
      }),
  );
}

/** What an order yielded that measures one thing many times. */
export function percentilesOf(numbers: readonly number[]): Percentiles {
  const [middle = NaN, most = NaN] = numbers;
  return { middle: middle * 1e6, most: most * 1e6 };
}
