/**
 * Listening for data connections, and whose they are.
 *
 * @module
 */

import { normalizeAddress } from "../../../lib/net/address.ts";
import { closeQuietly } from "../../../lib/net/close.ts";
import type { Identify } from "../../../lib/net/proxied.ts";
import { type Stream, streamOf } from "../../../lib/net/stream.ts";
import { cannotOpen } from "./refusal.ts";

/** Ports to choose from, both ends included. */
export interface Ports {
  /** The lowest. */
  readonly first: number;
  /** The highest. */
  readonly last: number;
}

/**
 * The ports of a range, each once, in a row that begins anywhere: that keeps
 * the next one from being guessed.
 *
 * @example
 * ```ts
 * import { portsOf } from "./listen.ts";
 * const ports = [...portsOf({ first: 50000, last: 50002 })];
 * console.assert(ports.sort().join() === "50000,50001,50002");
 * ```
 */
export function* portsOf({ first, last }: Ports): Generator<number> {
  const count = last - first + 1;
  const start = Math.floor(Math.random() * count);
  for (let step = 0; step < count; step++) {
    yield first + (start + step) % count;
  }
}

/**
 * Listens on a port; `null` when somebody else does.
 *
 * @throws {DataPortError} when nobody can.
 */
export function tryListen(
  hostname: string,
  port: number,
): Deno.TcpListener | null {
  try {
    return Deno.listen({ hostname, port });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return null;
    const why = error instanceof Deno.errors.NotCapable
      ? "the server has no permission for passive mode; use PORT or EPRT"
      : "no port could be opened";
    throw cannotOpen(why, error);
  }
}

/** A data connection; TLS sends little records, and none waits for an answer. */
export function dataStream(conn: Deno.TcpConn): Stream {
  try {
    conn.setNoDelay(true);
  } catch { /* It is gone already: reading or writing will tell. */ }
  return streamOf(conn);
}

/** Whose connections arrive, where that must be found out. */
export interface Arrivals {
  /** Reads the headers of balancers. @default nobody sends any */
  readonly identify?: Identify | undefined;
  /** Aborts when nobody waits for any of them any more. */
  readonly closed: AbortSignal;
}

/**
 * Hands a connection on with the address of its client, and closes it when
 * nobody takes it. A header is waited for without keeping others waiting.
 */
export function welcome(
  conn: Deno.TcpConn,
  { identify, closed: stopping }: Arrivals,
  take: (address: string) => boolean,
): void {
  const hostname = normalizeAddress(conn.remoteAddr.hostname);
  const peer = { hostname, port: conn.remoteAddr.port };
  const telling = identify?.(conn, { peer, stopping }) ?? null;
  if (telling === null) {
    if (!take(hostname)) closeQuietly(conn);
    return;
  }
  telling.then((ends) => {
    // A balancer has no data of its own to fetch.
    const isClients = ends !== null && ends !== "nobody";
    if (!isClients || !take(ends.peer.hostname)) closeQuietly(conn);
  });
}
