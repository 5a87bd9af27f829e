/**
 * The network as clients see it: connections that are made, and connections
 * that are waited for (active mode).
 *
 * @module
 */

import type { HostPort } from "../host_port.ts";
import { normalizeAddress } from "./address.ts";
import { closeQuietly } from "./close.ts";
import { type Stream, streamOf } from "./stream.ts";

/** A connection that knows its two ends. */
export interface ClientConnection extends Stream {
  /** The other end, numeric. */
  readonly remote: HostPort;
  /** This end, numeric. */
  readonly local: HostPort;
  /** Sends nothing more, where that can be told; reading goes on. */
  closeWrite?(): Promise<void>;
}

/** A port where connections arrive. */
export interface ClientListener {
  /** Its number. */
  readonly port: number;
  /** The next connection; rejects once the listener is closed. */
  accept(): Promise<ClientConnection>;
  /** Stops listening. Safe to call more than once. */
  close(): void;
}

/** Ports to choose from, both ends included. */
export interface PortRange {
  /** The lowest. */
  readonly first: number;
  /** The highest. */
  readonly last: number;
}

/** Makes connections. What it throws are the runtime's own errors. */
export interface ClientNetwork {
  /** Connects; rejects with the signal's reason when that comes first. */
  connect(to: HostPort, signal: AbortSignal): Promise<ClientConnection>;
  /** Listens on an address of this machine, on any free port or in a range. */
  listen(hostname: string, ports?: PortRange): ClientListener;
}

/**
 * The network of this machine.
 *
 * @example
 * ```ts
 * import { socketNetwork } from "./client_network.ts";
 * const network = socketNetwork();
 * const listener = network.listen("127.0.0.1");
 * const accepted = listener.accept();
 * const to = { hostname: "127.0.0.1", port: listener.port };
 * const connection = await network.connect(to, AbortSignal.timeout(5000));
 * console.assert(connection.remote.port === listener.port);
 * connection.close();
 * (await accepted).close();
 * listener.close();
 * ```
 */
export function socketNetwork(): ClientNetwork {
  return { connect, listen };
}

async function connect(
  { hostname, port }: HostPort,
  signal: AbortSignal,
): Promise<ClientConnection> {
  signal.throwIfAborted();
  const attempt = Deno.connect({ hostname: normalizeAddress(hostname), port });
  const late = Promise.withResolvers<never>();
  const onAbort = () => late.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return connectionOf(await Promise.race([attempt, late.promise]));
  } catch (error) {
    attempt.then(closeQuietly, () => {});
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function connectionOf(conn: Deno.TcpConn): ClientConnection {
  conn.setNoDelay(true);
  const ends = { remote: endOf(conn.remoteAddr), local: endOf(conn.localAddr) };
  // It may be closed, or broken: then it has ended anyway.
  const closeWrite = () => conn.closeWrite().catch(() => {});
  return { ...streamOf(conn), ...ends, closeWrite };
}

function endOf({ hostname, port }: Deno.Addr & HostPort): HostPort {
  return { hostname: normalizeAddress(hostname), port };
}

function listen(hostname: string, ports?: PortRange): ClientListener {
  const listener = ports === undefined
    ? Deno.listen({ hostname, port: 0 })
    : listenInRange(hostname, ports);
  return {
    port: listener.addr.port,
    accept: async () => connectionOf(await listener.accept()),
    close: () => closeQuietly(listener),
  };
}

function listenInRange(
  hostname: string,
  { first, last }: PortRange,
): Deno.TcpListener {
  const count = last - first + 1;
  // A random start keeps the next port from being guessed.
  const start = Math.floor(Math.random() * count);
  for (let step = 0; step < count; step++) {
    const port = first + (start + step) % count;
    try {
      return Deno.listen({ hostname, port });
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Deno.errors.AddrInUse(`no port from ${first} to ${last} is free`);
}
