/**
 * Waiting that a signal ends.
 *
 * @module
 */

/**
 * Settles as `promise` does, or rejects with the signal's reason when that
 * comes first; what `promise` does afterwards is ignored.
 *
 * @example
 * ```ts
 * import { unlessAborted } from "./unless_aborted.ts";
 * const never = new Promise<void>(() => {});
 * const signal = AbortSignal.abort(new Error("enough"));
 * const why = await unlessAborted(never, signal).catch((error) => error);
 * console.assert(why.message === "enough");
 * ```
 */
export async function unlessAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return await promise;
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([aborted.promise, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
