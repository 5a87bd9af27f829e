/**
 * Telling a peer that went away from a fault of ours.
 *
 * @module
 */

/** The runtime's names and codes for "the other side is no longer there". */
const GONE: ReadonlySet<unknown> = new Set([
  "ConnectionReset",
  "ConnectionAborted",
  "BrokenPipe",
  "NotConnected",
  "UnexpectedEof",
  "TimedOut",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ENOTCONN",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

/**
 * Whether `error` only says that the other side of a connection is gone:
 * reset, aborted, closed while we were writing, unreachable. On the network
 * that is everyday life, not a fault.
 *
 * @example
 * ```ts
 * import { isPeerGone } from "./peer_gone.ts";
 * console.assert(isPeerGone(new Deno.errors.ConnectionReset("reset")));
 * console.assert(!isPeerGone(new TypeError("a mistake of ours")));
 * ```
 */
export function isPeerGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return GONE.has(error.name) || GONE.has((error as { code?: unknown }).code);
}
