/**
 * Connections to small services, over TCP and Unix sockets. The other ways to
 * talk to one are exported here, too: {@linkcode exchange} over UDP, and reads
 * that end.
 *
 * @module
 */

import {
  formatHostPort,
  ipVersion,
  normalizeAddress,
} from "../../lib/net/address.ts";
import { closeQuietly } from "../../lib/net/close.ts";
import type { ServiceConn } from "../../lib/net/service.ts";
import { ServiceError, serviceError } from "./errors.ts";
import { inTime, type WaitLimits } from "./in_time.ts";
import { addressesOf } from "./resolve.ts";
import { formatTarget, type StreamTarget, type TcpTarget } from "./target.ts";

export { exchange, type ExchangeOptions } from "./exchange.ts";
export { readExactly, type ReadLimits, readUntilEnd } from "./reads.ts";

/**
 * A connection to a service. What fails throws a {@linkcode ServiceError};
 * reads and writes that were pending when we close fail, too.
 */
export interface ClientConn extends ServiceConn {
  /** The other end: `127.0.0.1:7`, or the path of the socket. */
  readonly remote: string;
  /** Closes both directions. Safe to call more than once. */
  close(): void;
}

/**
 * Connects over TCP or to a Unix socket. A name stands for all its addresses:
 * the next one is tried when one refuses.
 *
 * @throws {ServiceError} when there is no connection within `timeout`
 * milliseconds; the signal's reason when it aborts.
 *
 * @example
 * ```ts
 * import { connectTo } from "./connect.ts";
 * const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const { port } = listener.addr;
 * const conn = await connectTo(
 *   { transport: "tcp", hostname: "127.0.0.1", port },
 *   { timeout: 2000 },
 * );
 * console.assert(conn.remote === `127.0.0.1:${port}`);
 * conn.close();
 * (await listener.accept()).close();
 * listener.close();
 * ```
 */
export async function connectTo(
  target: StreamTarget,
  limits: WaitLimits,
): Promise<ClientConn> {
  limits.signal?.throwIfAborted();
  const end = performance.now() + limits.timeout;
  try {
    if (target.transport === "unix") {
      return clientConn(await open(target, limits, target), target);
    }
    return clientConn(await openTcp(target, limits, end), target);
  } catch (error) {
    limits.signal?.throwIfAborted();
    throw serviceError("cannot connect to", target, error);
  }
}

/** A runtime's connection as clients use it. */
function clientConn(conn: Deno.Conn, target: StreamTarget): ClientConn {
  if ("setNoDelay" in conn) (conn as Deno.TcpConn).setNoDelay(true);
  const from = (error: unknown) =>
    serviceError("cannot read from", target, error);
  const to = (error: unknown) => serviceError("cannot write to", target, error);
  return {
    remote: remoteOf(conn, target),
    read: (buffer) => conn.read(buffer).catch(failAs(from)),
    write: (bytes) => conn.write(bytes).catch(failAs(to)),
    closeWrite: () => conn.closeWrite().catch(failAs(to)),
    close: () => closeQuietly(conn),
  };
}

function failAs(make: (error: unknown) => Error): (error: unknown) => never {
  return (error) => {
    throw make(error);
  };
}

function remoteOf(conn: Deno.Conn, target: StreamTarget): string {
  if (target.transport === "unix") return target.path;
  const { hostname, port } = conn.remoteAddr as Deno.NetAddr;
  return formatHostPort(normalizeAddress(hostname), port);
}

/** Lets the runtime choose an address first; older ones try only one. */
async function openTcp(
  target: TcpTarget,
  { signal }: WaitLimits,
  end: number,
): Promise<Deno.Conn> {
  const limits = () => ({ timeout: end - performance.now(), signal });
  try {
    return await open(target, limits(), target);
  } catch (error) {
    const isName = ipVersion(target.hostname) === null;
    if (!isName || !mayWorkElsewhere(target, error)) throw error;
    const addresses = await addressesOf(target, limits()).catch(() => []);
    for (const hostname of addresses) {
      const opened = await open({ ...target, hostname }, limits(), target)
        .catch(() => null);
      if (opened) return opened;
    }
    throw error;
  }
}

function mayWorkElsewhere(target: TcpTarget, error: unknown): boolean {
  const { kind } = serviceError("cannot connect to", target, error);
  return kind === "refused" || kind === "unreachable";
}

/** One attempt; it is called off, or closed, when it comes to nothing. */
async function open(
  at: StreamTarget,
  limits: WaitLimits,
  target: StreamTarget,
): Promise<Deno.Conn> {
  const given = new AbortController();
  const attempt = connect(at, given.signal);
  try {
    return await inTime(attempt, limits, () => late(target, limits));
  } catch (error) {
    attempt.then(closeQuietly, () => {});
    given.abort();
    throw error;
  }
}

function connect(at: StreamTarget, signal: AbortSignal): Promise<Deno.Conn> {
  if (at.transport === "unix") {
    return Deno.connect({ transport: "unix", path: at.path });
  }
  const hostname = normalizeAddress(at.hostname);
  return Deno.connect({ hostname, port: at.port, signal });
}

function late(target: StreamTarget, { timeout }: WaitLimits): ServiceError {
  const seconds = Number((timeout / 1000).toFixed(1));
  return new ServiceError(
    "timeout",
    `cannot connect to ${formatTarget(target)}: no answer in ${seconds} s`,
  );
}
