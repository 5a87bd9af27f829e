/**
 * The load balancers in front of a server, which tell whose connections they
 * pass on.
 *
 * @module
 */

import type { Log } from "../../lib/log.ts";
import { parseCidr } from "../../lib/net/cidr.ts";
import { type Identify, proxyHeaders } from "../../lib/net/proxied.ts";

/** Balancers that can become others while the server runs. */
export interface Balancers {
  /** For `serveTcp()`: reads their headers. */
  readonly identify: Identify;
  /** Trusts these addresses and blocks (CIDR) from now on, and no others. */
  change(this: void, from: readonly string[]): void;
}

/**
 * Trusts addresses and blocks (CIDR) to tell whose connections theirs are.
 * Those that send no header, or a broken one, are told to the log.
 *
 * @throws {RangeError} when a text is no block.
 *
 * @example
 * ```ts
 * import { createLog } from "../../lib/log.ts";
 * import { memoryConn } from "../../lib/net/memory_conn.ts";
 * import { balancers } from "./balancers.ts";
 * const log = createLog({ format: "text", write: () => {} });
 * const { identify } = balancers(["10.0.0.0/8"], log);
 * const peer = { hostname: "192.0.2.7", port: 40001 };
 * const stopping = new AbortController().signal;
 * console.assert(identify(memoryConn("USER"), { peer, stopping }) === null);
 * ```
 */
export function balancers(from: readonly string[], log?: Log): Balancers {
  let now = identifyOf(from, log);
  return {
    identify: (conn, known) => now(conn, known),
    change(from) {
      now = identifyOf(from, log);
    },
  };
}

function identifyOf(from: readonly string[], log?: Log): Identify {
  if (from.length === 0) return () => null;
  return proxyHeaders({
    from: from.map(parseCidr),
    onRefused: ({ hostname: address }, reason) =>
      log?.warn("proxy-header", { address, reason }),
  });
}
