/**
 * What is measured of servers. Each case prepares a folder once, is tried once per
 * server with every byte compared, and then measured in turns.
 *
 * @module
 */

import { join } from "node:path";
import type { Load } from "./load.ts";
import type { Running } from "./processes.ts";
import type { Metric } from "./report.ts";

/** What our server must reach: times another row's median, or a limit. */
export type Expected = { times: number; of: string } | { atMost: number };

/** One quantity that a case yields. */
export interface ServerMetric extends Metric {
  /** What our server must reach. Default: nothing. */
  expected?: Expected[];
}

/** One thing to measure. */
export interface Case {
  /** Its word for `--case`. */
  name: string;
  /** What {@linkcode measure} yields, in this order. */
  metrics: ServerMetric[];
  /** Writes the file it needs into the served folder, when it needs one. */
  prepare?(load: Load, folder: string): Promise<void>;
  /** An unmeasured run that warms up and compares every byte. */
  verify?(load: Load, server: Running): Promise<void>;
  /** One measured run. */
  measure(load: Load, server: Running): Promise<number[]>;
}

const GIB = 2 ** 30;
const SMALL = 10_000_000;
const UPLOAD = "incoming/upload.bin";
/** Sessions of the cases with many. */
export const SESSIONS = 300;
const AT_ONCE = 20;
const MB = 1e6;
const GB = 1e9;

/** One stream down. */
export const retr: Case = {
  name: "retr",
  metrics: [{
    title: "RETR of 1 GiB",
    unit: "GB/s",
    better: "more",
    expected: [{ times: 1.2, of: "vsftpd" }],
  }],
  prepare: makeFile("large.bin", GIB),
  verify: async (load, { port }) => {
    await load.run("retr", port, "large.bin", GIB, "verify");
  },
  measure: async (load, { port }) => [
    GIB / GB / await load.run("retr", port, "large.bin", GIB),
  ],
};

/** One stream up. */
export const stor: Case = {
  name: "stor",
  metrics: [{
    title: "STOR of 1 GiB",
    unit: "GB/s",
    better: "more",
    expected: [{ times: 1, of: "vsftpd" }],
  }],
  verify: async (load, { port, folder }) => {
    await load.run("stor", port, UPLOAD, GIB, "verify");
    await load.run("check", join(folder, UPLOAD), GIB);
    await Deno.remove(join(folder, UPLOAD));
  },
  measure: async (load, { port, folder }) => {
    const seconds = await load.run("stor", port, UPLOAD, GIB);
    const { size } = await Deno.stat(join(folder, UPLOAD));
    if (size !== GIB) throw new Error(`the upload has ${size} bytes`);
    await Deno.remove(join(folder, UPLOAD));
    return [GIB / GB / seconds];
  },
};

/** Sessions that do nothing but to log in. */
export const login: Case = {
  name: "login",
  metrics: [
    {
      title: `${SESSIONS} log-ins, one after the other`,
      unit: "log-ins/s",
      better: "more",
      expected: [{ times: 20, of: "vsftpd" }],
    },
    {
      title: `${SESSIONS} log-ins, ${AT_ONCE} at a time`,
      unit: "log-ins/s",
      better: "more",
    },
  ],
  verify: async (load, { port }) => void await load.run("login", port, 10),
  measure: async (load, { port }) => [
    SESSIONS / await load.run("login", port, SESSIONS),
    SESSIONS / await load.run("login", port, SESSIONS, AT_ONCE),
  ],
};

const concurrent: Case = {
  name: "concurrent",
  metrics: [{
    title: `${SESSIONS} downloads of 10 MB at the same time`,
    unit: "GB/s",
    better: "more",
  }],
  prepare: makeFile("small.bin", SMALL),
  verify: async (load, { port }) => {
    await load.run("retr", port, "small.bin", SMALL, "verify");
  },
  measure: async (load, { port }) => {
    const words = ["concurrent", port, "small.bin", SMALL, SESSIONS];
    return [SESSIONS * SMALL / GB / await load.run(...words)];
  },
};

const idle: Case = {
  name: "idle",
  metrics: [
    {
      title: `Memory with ${SESSIONS} idle sessions, PSS of all processes`,
      unit: "MB",
      better: "less",
      expected: [{ atMost: 120 }],
    },
    {
      title: `Memory with ${SESSIONS} idle sessions, RSS of all processes`,
      unit: "MB",
      better: "less",
    },
    {
      title: `Processes with ${SESSIONS} idle sessions`,
      unit: "processes",
      better: "less",
    },
  ],
  measure: async (load, server) => {
    const memory = () => server.memory();
    const { pss, rss, processes } = await load.whileIdle(
      server.port,
      SESSIONS,
      memory,
    );
    return [pss / MB, rss / MB, processes];
  },
};

/** Every case, in the order in which they run. */
export const serverCases: Case[] = [retr, stor, login, concurrent, idle];

/**
 * How fast the client takes one stream that no server slows down, in GB/s;
 * with TLS it needs a file with a certificate and its key.
 */
export async function ceiling(load: Load, ...pem: string[]): Promise<number> {
  return GIB / GB / await load.run("ceiling", GIB, ...pem);
}

function makeFile(name: string, size: number): NonNullable<Case["prepare"]> {
  return async (load, folder) => {
    await load.run("make", join(folder, name), size);
  };
}
