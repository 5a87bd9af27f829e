/**
 * What a small server counts.
 *
 * @module
 */

import type { Fields } from "../../lib/log.ts";
import type { Refusal } from "../../lib/net/admission.ts";
import type { UdpCounters } from "../../lib/net/udp.ts";

/** How a connection ended. */
export type Ending =
  /** Both sides were done. */
  | "done"
  /** The peer broke off. */
  | "reset"
  /** Nothing moved for too long. */
  | "idle"
  /** It lived too long. */
  | "lifetime"
  /** The server stopped. */
  | "stopped"
  /** The service failed. */
  | "failed";

/** What happened to connections so far. */
export interface StreamCounters {
  /** Connections that were let in. */
  accepted: number;
  /** Connections being served now. */
  open: number;
  /** Bytes that came. */
  bytesIn: number;
  /** Bytes that went. */
  bytesOut: number;
  /** Connections that ended, by how. */
  ended: Record<Ending, number>;
  /** Connections that were refused, by why. */
  refused: Record<Refusal, number>;
}

/** Counters at zero. */
export function streamCounters(): StreamCounters {
  return {
    accepted: 0,
    open: 0,
    bytesIn: 0,
    bytesOut: 0,
    ended: { done: 0, reset: 0, idle: 0, lifetime: 0, stopped: 0, failed: 0 },
    refused: {
      "too-many": 0,
      "too-many-from-address": 0,
      "too-often": 0,
      banned: 0,
      denied: 0,
    },
  };
}

/** The counters of connections as fields of a log line; zeros in groups go. */
export function streamFields(counters: StreamCounters): Fields {
  const { accepted, open, bytesIn, bytesOut, ended, refused } = counters;
  return {
    connections: accepted,
    open,
    "bytes-in": bytesIn,
    "bytes-out": bytesOut,
    ...prefixed("ended", ended),
    ...prefixed("refused", refused),
  };
}

/** The counters of datagrams, summed over sockets, as fields of a log line. */
export function datagramFields(all: readonly UdpCounters[]): Fields {
  const sum = (pick: (one: UdpCounters) => number) =>
    all.reduce((total, one) => total + pick(one), 0);
  const reasons = Object.keys(
    all[0]?.dropped ?? {},
  ) as (keyof UdpCounters["dropped"])[];
  return {
    datagrams: sum(({ received }) => received),
    answered: sum(({ answered }) => answered),
    unanswered: sum(({ unanswered }) => unanswered),
    "datagrams-failed": sum(({ failed }) => failed),
    "datagram-bytes-in": sum(({ bytesReceived }) => bytesReceived),
    "datagram-bytes-out": sum(({ bytesSent }) => bytesSent),
    ...prefixed(
      "dropped",
      Object.fromEntries(
        reasons.map((reason) => [reason, sum((one) => one.dropped[reason])]),
      ),
    ),
  };
}

function prefixed(
  prefix: string,
  counts: Readonly<Record<string, number>>,
): Fields {
  return Object.fromEntries(
    Object.entries(counts).filter(([, count]) => count > 0)
      .map(([name, count]) => [`${prefix}-${name}`, count]),
  );
}
