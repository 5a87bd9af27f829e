/**
 * Handshakes that end.
 *
 * @module
 */

import type { ConnectWithinOptions } from "./connect_within.ts";
import { NetworkError } from "./errors.ts";
import { networkError } from "./network_errors.ts";

/**
 * Begins or ends TLS within a time.
 *
 * @param change Does it; closes the connection when it fails, or the signal
 * aborts.
 * @throws {NetworkError} when that fails; the signal's reason.
 */
export async function changeWithin<T>(
  change: (signal: AbortSignal) => Promise<T>,
  { what, timeout, patience, signal }: ConnectWithinOptions,
): Promise<T> {
  const late = new AbortController();
  const deadline = patience.deadline(() => late.abort());
  deadline.set(timeout);
  try {
    return await change(AbortSignal.any([signal, late.signal]));
  } catch (error) {
    signal.throwIfAborted();
    if (!late.signal.aborted) throw networkError(what, error);
    const why = `${what}: no end of the handshake in ${timeout / 1000} seconds`;
    throw new NetworkError("timeout", why);
  } finally {
    deadline.drop();
  }
}
