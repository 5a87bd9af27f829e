/**
 * An echo server in memory whose answers suffer, for tests of its faults.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { type ManualClock, manualClock } from "../../lib/clock.ts";
import { Datagrams } from "../../lib/net/datagrams.ts";
import type { Service } from "../../lib/net/service.ts";
import { echoService } from "../../server/services/echo.ts";
import { fateOf, type Mishap } from "../../server/services/faults/fate.ts";
import {
  type FaultCounts,
  type Faults,
  withFaults,
} from "../../server/services/faults.ts";

/** The server's address. */
export const LOCAL = { hostname: "192.0.2.1", port: 7007 };

/** Nothing was done on purpose. */
export const ZERO: FaultCounts = {
  delayed: 0,
  dropped: 0,
  duplicated: 0,
  reordered: 0,
  corrupted: 0,
};

/** What the server sent. */
export interface Sent {
  number: number;
  data: Bytes;
  /** The port of whom. */
  to: number;
}

/** What {@linkcode setUp} makes. */
export interface Setup {
  /** The clock it goes by. */
  clock: ManualClock;
  /** The loop around the service. */
  datagrams: Datagrams;
  /** Everything it sent. */
  sent: readonly Sent[];
  /** Sends it the datagram of this number. */
  ask(number: number, port?: number): void;
  /** What its counters say was done on purpose. */
  counts(): FaultCounts;
  /** The numbers of what it sent. */
  numbers(): number[];
}

/** A server of numbered datagrams with faults. */
export function setUp(faults: Faults, inner: Service = echoService()): Setup {
  const clock = manualClock();
  const service = withFaults(inner, faults, { clock });
  const sent: Sent[] = [];
  const datagrams = new Datagrams(service.datagram!, {
    ownPorts: new Set(),
    maxPending: 10_000,
    clock,
  });
  const take = datagrams.from({
    send(data, to) {
      const bytes = data.slice() as Bytes;
      const number = new DataView(bytes.buffer).getUint32(0);
      sent.push({ number, data: bytes, to: (to as Deno.NetAddr).port });
      return Promise.resolve(data.length);
    },
  }, LOCAL);
  return {
    clock,
    datagrams,
    sent,
    ask: (number, port = 40001) =>
      take(question(number), { transport: "udp", hostname: "192.0.2.7", port }),
    counts: () => countsOf(service),
    numbers: () => sent.map(({ number }) => number),
  };
}

function countsOf(service: Service): FaultCounts {
  const entries = Object.entries(service.counters?.() ?? {})
    .map(([name, count]) => [name.replace("injected-", ""), count]);
  return Object.fromEntries(entries);
}

/** A datagram of 64 bytes that begins with its number. */
export function question(number: number): Bytes {
  const data = new Uint8Array(64).fill(number);
  new DataView(data.buffer).setUint32(0, number);
  return data;
}

/** Which of so many datagrams have this fate. */
export function fated(mishap: Mishap, faults: Faults, count: number): number[] {
  const all = {
    ...{ delay: 0, jitter: 0, drop: 0, duplicate: 0, reorder: 0, corrupt: 0 },
    seed: 1,
    ...faults,
  };
  return Array.from({ length: count }, (_, n) => n)
    .filter((n) => fateOf(all, n).mishap === mishap);
}
