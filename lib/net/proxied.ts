/**
 * Whose connection it is, where load balancers stand in front of a server.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { HostPort } from "../host_port.ts";
import { type Cidr, isWithin } from "./cidr.ts";
import { isPeerGone } from "./peer_gone.ts";
import { type ProxiedEnds, readProxyHeader } from "./proxy_protocol.ts";
import { within } from "./wait.ts";

/** Milliseconds for a header to come: it is the first that is sent. */
const PATIENCE = 5000;
/** Connections that may wait for their headers at a time. */
const MOST_WAITING = 256;

/** What is known of a connection before anything was read from it. */
export interface Unidentified {
  /** The other end, normalised. */
  readonly peer: HostPort;
  /** Aborts when nobody needs the answer any more. */
  readonly stopping: AbortSignal;
}

/**
 * Says whose connection it is: the ends that its header tells, `null` for those
 * that it has by itself, `"nobody"` when it must be closed. Never rejects.
 */
export type Identify = (
  conn: Pick<Deno.Conn, "read">,
  known: Unidentified,
) => null | Promise<ProxiedEnds | null | "nobody">;

/** Options for {@linkcode proxyHeaders}. */
export interface ProxyHeadersOptions {
  /** Where balancers are: each connection from there must begin with a header. */
  readonly from: readonly Cidr[];
  /** Milliseconds for a header to come. @default {5000} */
  readonly timeout?: number;
  /** Connections that may wait for theirs at a time. @default {256} */
  readonly max?: number;
  /** Whose milliseconds count. @default {systemClock} */
  readonly clock?: Clock | undefined;
  /** Hears why a connection is closed. @default nobody does */
  onRefused?(peer: HostPort, reason: string): void;
}

/**
 * Reads the headers of balancers. What others send is not looked at: whoever is
 * not in one of the blocks cannot pretend to be somebody else.
 *
 * @example
 * ```ts
 * import { parseCidr } from "./cidr.ts";
 * import { memoryConn } from "./memory_conn.ts";
 * import { proxyHeaders } from "./proxied.ts";
 * const identify = proxyHeaders({ from: [parseCidr("10.0.0.0/8")] });
 * const known = {
 *   peer: { hostname: "10.0.0.2", port: 40001 },
 *   stopping: new AbortController().signal,
 * };
 * const line = "PROXY TCP4 192.0.2.7 203.0.113.1 40001 21\r\n";
 * const ends = await identify(memoryConn(line), known);
 * console.assert(ends !== "nobody" && ends?.peer.hostname === "192.0.2.7");
 * ```
 */
export function proxyHeaders(options: ProxyHeadersOptions): Identify {
  const { from, max = MOST_WAITING } = options;
  let waiting = 0;
  return (conn, known) => {
    const { peer } = known;
    if (!from.some((block) => isWithin(peer.hostname, block))) return null;
    if (waiting >= max) {
      options.onRefused?.(peer, `${max} others wait for their headers`);
      return Promise.resolve("nobody");
    }
    waiting++;
    return identified(conn, known, options).finally(() => waiting--);
  };
}

async function identified(
  conn: Pick<Deno.Conn, "read">,
  { peer, stopping }: Unidentified,
  { timeout = PATIENCE, clock, onRefused }: ProxyHeadersOptions,
): Promise<ProxiedEnds | null | "nobody"> {
  try {
    const options = { signal: stopping, clock };
    const reading = readProxyHeader(conn);
    const header = await within(reading, timeout, "late", options);
    if (header === "late") {
      // The read ends when the connection is closed.
      reading.catch(() => {});
      if (!stopping.aborted) {
        onRefused?.(peer, `no header came within ${timeout / 1000} s`);
      }
      return "nobody";
    }
    // Checks of whether anybody listens end without a word.
    return header === null ? "nobody" : header.ends;
  } catch (error) {
    if (!isPeerGone(error)) onRefused?.(peer, (error as Error).message);
    return "nobody";
  }
}
