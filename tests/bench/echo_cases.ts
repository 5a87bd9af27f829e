/**
 * What is measured of echo servers.
 *
 * @module
 */

import type { Job } from "./echo_load.ts";
import type { Transport } from "./echo_servers.ts";

/** One row group of a table: a job that every server gets. */
export interface EchoCase {
  /** Its word: `tcp-1-16` is chosen by `tcp`, by `tcp-1` and as a whole. */
  name: string;
  /** The table that it belongs to. */
  table: EchoTable;
  /** What the table calls it. */
  group: string;
  /** What the servers have to speak. */
  transport: Transport;
  /** What the generator does. */
  job: Job;
  /** How many times the yard-stick's rate ours must reach. @default none */
  wanted?: number;
}

/** One table of the findings. */
export interface EchoTable {
  /** Its heading. */
  title: string;
  /** The unit of its first number. */
  unit: string;
  /** Which direction is good. */
  better: "more" | "less";
  /** What its groups are. */
  groups: string;
  /** Which of the measured numbers comes first. */
  value: "rate" | "p99" | "memory";
  /** Whether ours must be ahead of Node and Python in each group. */
  contest: boolean;
}

const KIB = 1024;
const SIZES = [16, KIB, 64 * KIB];
const MESSAGES = { unit: "messages/s", better: "more", value: "rate" } as const;

const TCP: EchoTable = {
  ...MESSAGES,
  title: "TCP: each connection sends when its answer is there",
  groups: "connections × size",
  contest: true,
};

const UDP: EchoTable = {
  ...MESSAGES,
  title: "UDP: a window of datagrams under way",
  groups: "window × size",
  contest: true,
};

const CHURN: EchoTable = {
  ...MESSAGES,
  title: "TCP: connect, echo once, close",
  unit: "connections/s",
  groups: "at a time × size",
  contest: true,
};

const PACED: EchoTable = {
  title: "Waiting at a steady pace, from the moment a message was due",
  unit: "µs, 99 % take at most that",
  better: "less",
  groups: "messages/s",
  value: "p99",
  contest: false,
};

const IDLE: EchoTable = {
  title: "Memory with idle connections, PSS of all processes",
  unit: "MB",
  better: "less",
  groups: "connections",
  value: "memory",
  contest: false,
};

/** What ours must reach of the yard-stick's rate. */
const WANTED_TCP = { connections: 100, times: 0.9 };
const WANTED_UDP = 0.5;

const PACE = 5000;
const IDLE_CONNECTIONS = 500;

/** Every case, in the order in which they run. */
export const echoCases: EchoCase[] = [
  ...grid([1, 10, 100], SIZES).map(([lanes, size]) =>
    loop("tcp", TCP, lanes, size)
  ),
  ...grid([1, 16, 64], SIZES.slice(0, 2)).map(([lanes, size]) =>
    loop("udp", UDP, lanes, size)
  ),
  {
    name: "churn",
    table: CHURN,
    group: "10 × 16 B",
    transport: "tcp",
    job: { mode: "churn", lanes: 10, size: 16 },
  },
  paced("tcp"),
  paced("udp"),
  {
    name: "idle",
    table: IDLE,
    group: `${IDLE_CONNECTIONS}`,
    transport: "tcp",
    job: { mode: "idle", lanes: IDLE_CONNECTIONS, size: 16 },
  },
];

function grid(lanes: number[], sizes: number[]): [number, number][] {
  return lanes.flatMap((lane) =>
    sizes.map((size): [number, number] => [lane, size])
  );
}

function loop(
  mode: Transport,
  table: EchoTable,
  lanes: number,
  size: number,
): EchoCase {
  const wanted = wantedOf(mode, lanes);
  return {
    name: `${mode}-${lanes}-${size}`,
    table,
    group: `${lanes} × ${bytes(size)}`,
    transport: mode,
    job: { mode, lanes, size },
    ...wanted !== undefined && { wanted },
  };
}

function wantedOf(mode: Transport, lanes: number): number | undefined {
  if (mode === "udp") return WANTED_UDP;
  return lanes === WANTED_TCP.connections ? WANTED_TCP.times : undefined;
}

/** Ten senders, so that a busy one keeps none of the others waiting. */
function paced(mode: Transport): EchoCase {
  return {
    name: `pace-${mode}`,
    table: PACED,
    group: `${PACE} (${mode.toUpperCase()}, 16 B)`,
    transport: mode,
    job: { mode, lanes: 10, size: 16, rate: PACE },
  };
}

function bytes(size: number): string {
  return size < KIB ? `${size} B` : `${size / KIB} KiB`;
}
