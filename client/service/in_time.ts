/**
 * Waiting that ends with a result, a signal, or an error of ours.
 *
 * @module
 */

import { within } from "../../lib/net/wait.ts";

/** How long a client waits. */
export interface WaitLimits {
  /** Milliseconds. */
  readonly timeout: number;
  /** Ends the wait early, with its reason. */
  readonly signal?: AbortSignal | undefined;
}

const LATE = Symbol("late");

/**
 * Settles as `promise` does; throws what `late` makes when that takes longer
 * than `timeout`, and the signal's reason when it aborts. What comes afterwards
 * is ignored.
 *
 * @example
 * ```ts
 * import { inTime } from "./in_time.ts";
 * const never = new Promise<string>(() => {});
 * const late = () => new Error("too late");
 * const why = await inTime(never, { timeout: 1 }, late).catch((error) => error);
 * console.assert(why.message === "too late");
 * ```
 */
export async function inTime<T>(
  promise: Promise<T>,
  { timeout, signal }: WaitLimits,
  late: () => Error,
): Promise<T> {
  const result = await within(promise, timeout, LATE, { signal });
  if (result !== LATE) return result as T;
  signal?.throwIfAborted();
  throw late();
}
