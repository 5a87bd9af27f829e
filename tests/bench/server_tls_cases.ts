/**
 * What is measured of servers with TLS: the same as without, except that
 * sessions begin with AUTH TLS and PROT P, and what a session costs in memory.
 *
 * @module
 */

import type { Running } from "./processes.ts";
import {
  type Case,
  type Expected,
  login,
  retr,
  SESSIONS,
  stor,
} from "./server_cases.ts";
import { OURS_IN_PLAIN } from "./tls_servers.ts";

const MB = 1e6;
const KB = 1e3;

const TRANSFER: Expected[] = [
  { times: 3, of: "vsftpd" },
  { times: 0.6, of: OURS_IN_PLAIN },
];

/** Bytes of a server that has served a few sessions, and no crowd yet. */
const atRest = new WeakMap<Running, number>();

const idle: Case = {
  name: "idle",
  metrics: [
    {
      title: `Memory with ${SESSIONS} idle TLS sessions, PSS of all processes`,
      unit: "MB",
      better: "less",
    },
    {
      title: `What each of ${SESSIONS} idle TLS sessions adds, PSS`,
      unit: "KB",
      better: "less",
    },
  ],
  verify: async (load, server) => {
    await load.run("login", server.port, 10);
    atRest.set(server, (await server.memory()).pss);
  },
  measure: async (load, server) => {
    const memory = () => server.memory();
    const { pss } = await load.whileIdle(server.port, SESSIONS, memory);
    return [pss / MB, (pss - atRest.get(server)!) / SESSIONS / KB];
  },
};

/** Every case, in the order in which they run. */
export const serverTlsCases: Case[] = [
  overTls(retr, TRANSFER),
  overTls(stor, TRANSFER),
  overTls(login),
  idle,
];

function overTls({ metrics, ...rest }: Case, expected: Expected[] = []): Case {
  const renamed = metrics.map(({ title, unit, better }) => {
    return { title: `${title}, over TLS`, unit, better, expected };
  });
  return { ...rest, metrics: renamed };
}
