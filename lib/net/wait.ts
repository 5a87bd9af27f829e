/**
 * Waiting that always ends.
 *
 * @module
 */
import { type Clock, systemClock } from "../clock.ts";

/** Options for {@linkcode pause} and {@linkcode within}. */
export interface WaitOptions {
  /** Ends the wait early. */
  signal?: AbortSignal | undefined;
  /** Whose milliseconds count. @default {systemClock} */
  clock?: Clock | undefined;
}

/**
 * Resolves after `ms` milliseconds, or at once when `signal` aborts.
 *
 * @example
 * ```ts
 * import { pause } from "./wait.ts";
 * await pause(60_000, { signal: AbortSignal.abort() }); // returns at once
 * ```
 */
export async function pause(
  ms: number,
  options: WaitOptions = {},
): Promise<void> {
  const { signal, clock = systemClock } = options;
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

/** One for all: an error of its own would cost each wait its stack trace. */
const SETTLED = new Error("settled");

/**
 * Settles as `promise` does; with `late` when that takes longer than `ms`
 * milliseconds or until `signal` aborts. What comes afterwards is ignored.
 *
 * @example
 * ```ts
 * import { within } from "./wait.ts";
 * const never = new Promise<string>(() => {});
 * console.assert(await within(never, 1, "late") === "late");
 * ```
 */
export async function within<T, const L>(
  promise: Promise<T>,
  ms: number,
  late: L,
  options: WaitOptions = {},
): Promise<T | L> {
  const settled = new AbortController();
  const signal = options.signal
    ? AbortSignal.any([options.signal, settled.signal])
    : settled.signal;
  try {
    const timeout = pause(ms, { ...options, signal }).then(() => late);
    return await Promise.race([promise, timeout]);
  } finally {
    settled.abort(SETTLED);
  }
}
