/**
 * Connecting that ends.
 *
 * @module
 */

import type { HostPort } from "../../lib/host_port.ts";
import { formatHostPort } from "../../lib/net/address.ts";
import type {
  ClientConnection,
  ClientNetwork,
} from "../../lib/net/client_network.ts";
import { NetworkError } from "./errors.ts";
import { networkError } from "./network_errors.ts";
import type { Patience } from "./patience.ts";
import { unlessAborted } from "./unless_aborted.ts";

/** Options for {@linkcode connectWithin}. */
export interface ConnectWithinOptions {
  /** What is tried, for messages, as `Cannot connect to`. */
  what: string;
  /** Milliseconds. */
  timeout: number;
  /** Measures them. */
  patience: Patience;
  /** Gives up. */
  signal: AbortSignal;
}

const LATE = Symbol("late");

/**
 * Connects within a time. A connection that comes later is closed.
 *
 * @throws {NetworkError} when there is none in time; the signal's reason.
 */
export async function connectWithin(
  network: ClientNetwork,
  to: HostPort,
  options: ConnectWithinOptions,
): Promise<ClientConnection> {
  const { timeout, patience, signal } = options;
  const what = `${options.what} ${formatHostPort(to.hostname, to.port)}`;
  signal.throwIfAborted();
  const enough = new AbortController();
  const attempt = network.connect(to, enough.signal);
  try {
    const inTime = patience.within(attempt, timeout, LATE);
    const made = await unlessAborted(inTime, signal);
    if (made !== LATE) return made as ClientConnection;
  } catch (error) {
    if (!signal.aborted) throw networkError(what, error);
  }
  attempt.then((late) => late.close(), () => {});
  enough.abort();
  signal.throwIfAborted();
  const seconds = timeout / 1000;
  throw new NetworkError("timeout", `${what}: no answer in ${seconds} seconds`);
}
