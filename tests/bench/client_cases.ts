/**
 * What is measured of clients.
 *
 * @module
 */

import type { Task } from "./clients.ts";

/** How much is moved. */
export interface Scale {
  /** Bytes of the large file. */
  large: number;
  /** Small files. */
  small: number;
}

/** What our client must reach. */
export interface Wanted {
  /** Times the speed of… */
  times: number;
  /** … this client, or the fastest of all others. */
  of: "lftp" | "fastest";
}

/** One thing to measure. */
export interface ClientCase {
  /** Its word: `fetch-4` is chosen by `fetch-4` and by `fetch`. */
  name: string;
  /** What each client does. */
  task: Task;
  /** What it is called, as the heading of its table. */
  title(scale: Scale): string;
  /** Connections that each client may use. */
  connections: number;
  /** Measured repetitions. */
  runs: number;
  /** What our client must reach. */
  wanted?: Wanted;
}

/** Repetitions of what takes long, and of what does not. */
const LONG = 3;
const SHORT = 5;

const FASTEST: Wanted = { times: 1, of: "fastest" };
const FEWER_TRIPS: Wanted = { times: 1.5, of: "lftp" };

/** Every case, in the order in which they run. */
export const clientCases: ClientCase[] = [
  {
    name: "get",
    task: "get",
    title: ({ large }) => `One file of ${mebibytes(large)}, down`,
    connections: 1,
    runs: SHORT,
    wanted: FASTEST,
  },
  {
    name: "put",
    task: "put",
    title: ({ large }) => `One file of ${mebibytes(large)}, up`,
    connections: 1,
    runs: SHORT,
    wanted: FASTEST,
  },
  ...[1, 4].flatMap((connections): ClientCase[] => [
    {
      name: `fetch-${connections}`,
      task: "fetch",
      title: ({ small }) => `${many(small)}, down, ${over(connections)}`,
      connections,
      runs: LONG,
      wanted: FEWER_TRIPS,
    },
    {
      name: `send-${connections}`,
      task: "send",
      title: ({ small }) => `${many(small)}, up, ${over(connections)}`,
      connections,
      runs: LONG,
      wanted: FEWER_TRIPS,
    },
  ]),
  {
    name: "refetch",
    task: "refetch",
    title: ({ small }) => `Mirror of ${many(small)}, all there already`,
    connections: 1,
    runs: SHORT,
  },
];

/** Those that are measured with TLS, too. */
const WITH_TLS = ["get", "put", "fetch-1", "send-1"];

/** The cases with TLS. */
export const clientTlsCases: ClientCase[] = clientCases
  .filter(({ name }) => WITH_TLS.includes(name))
  .map(({ wanted: _, ...each }) => ({
    ...each,
    title: (scale) => `${each.title(scale)}, over TLS`,
  }));

/** Whether the task is about one large file. */
export function isLarge(task: Task): boolean {
  return task === "get" || task === "put";
}

/** Whether files go to the server. */
export function isUpwards(task: Task): boolean {
  return task === "put" || task === "send";
}

function mebibytes(bytes: number): string {
  const count = bytes / 2 ** 20;
  return count % 1024 === 0 ? `${count / 1024} GiB` : `${count} MiB`;
}

function many(count: number): string {
  return `${count.toLocaleString("en")} files of 1 KiB`;
}

function over(connections: number): string {
  return connections === 1 ? "one connection" : `${connections} connections`;
}
