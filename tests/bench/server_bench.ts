/**
 * Compares our FTP server with others: the same machine, folder and client, in
 * turns. All servers are started anew for each case.
 *
 * @module
 */

import { choose, versionsOf } from "./choose.ts";
import { makeFolder } from "./folder.ts";
import { figure, median, range } from "./figures.ts";
import { buildLoad, buildTlsLoad, type Load } from "./load.ts";
import { Rest, whenAndWhere } from "./machine.ts";
import { type Running, startServer } from "./processes.ts";
import type { Findings } from "./report.ts";
import { type Case, ceiling } from "./server_cases.ts";
import { type ServerTable, verdictsOf } from "./server_verdicts.ts";
import { type Candidate, findServers } from "./servers.ts";
import { findTlsServers, type Identity } from "./tls_servers.ts";
import { type Entrant, inTurns, times } from "./turns.ts";

/** Milliseconds that may be spent on waiting for a quiet machine. */
const REST_BUDGET = 60_000;

/** Milliseconds after which a server gets no further turn in a case. */
const ENOUGH = 30_000;

/** What to run. */
export interface ServerOptions {
  /** The cases, in this order. */
  cases: Case[];
  /** Only servers whose names contain one of these words, in small letters. */
  servers: string[];
  /** Measured repetitions of each case. */
  runs: number;
  /** Measures servers with TLS, and shows them this. @default {no TLS} */
  tls?: Identity;
  /** Where the served files go. @default {memory, else "/tmp"} */
  dir?: string;
  /** Ends the work before the next measurement. */
  signal: AbortSignal;
  /** Takes a line about the progress. */
  say(line: string): void;
}

/**
 * Measures every server that is there in every case.
 *
 * @throws {Error} If there is no compiler, no room, or `signal` was aborted.
 */
export async function benchServers(options: ServerOptions): Promise<Findings> {
  const { runs, say, tls } = options;
  const all = await (tls === undefined ? findServers() : findTlsServers());
  const { found: servers, missing } = choose(all, options.servers, say);
  const folder = await makeFolder(options.dir);
  try {
    const loads = await loadsFor(folder.path, tls !== undefined);
    const rest = new Rest(REST_BUDGET);
    const bench: Bench = { ...options, loads, rest, folder: folder.path };
    const alone = await times(runs, () => ceilingOf(loads, tls));
    const tables: ServerTable[] = [];
    for (const each of options.cases) {
      tables.push(...await runCase(each, servers, bench));
    }
    const facts = [
      ...await whenAndWhere(),
      `Served files: in the page cache, on ${folder.fileSystem}`,
      `Servers: ${versionsOf(servers)}`,
      `Repetitions: ${runs}, in turns; ${rest.line}`,
      `The client alone, fed from memory: ${figure(median(alone))} GB/s ` +
      `(${range(alone)})`,
    ];
    return { facts, missing, tables, ending: verdictsOf(tables) };
  } finally {
    await folder.remove();
  }
}

/** The client with and without TLS. */
interface Loads {
  plain: Load;
  secure: Load | null;
}

async function loadsFor(folder: string, hasTls: boolean): Promise<Loads> {
  if (hasTls) return await buildTlsLoad(folder);
  return { plain: await buildLoad(folder), secure: null };
}

async function ceilingOf({ plain, secure }: Loads, tls?: Identity) {
  if (secure === null || tls === undefined) return await ceiling(plain);
  return await ceiling(secure, tls.both);
}

interface Bench extends ServerOptions {
  loads: Loads;
  rest: Rest;
  folder: string;
}

/** Starts all servers anew, measures them in turns, and ends them. */
async function runCase(
  each: Case,
  servers: Candidate[],
  bench: Bench,
): Promise<ServerTable[]> {
  const started: Running[] = [];
  await each.prepare?.(bench.loads.plain, bench.folder);
  const entrants = servers.map((server) =>
    entrantOf(each, server, bench, started)
  );
  try {
    const turns = { ...bench, name: each.name, enough: ENOUGH };
    const outcomes = await inTurns(entrants, turns);
    return each.metrics.map((metric, index) => ({
      ...metric,
      heads: ["server"],
      reference: "vsftpd",
      rows: outcomes.map(({ values, ...rest }, row) => ({
        name: servers[row]!.name,
        values: values.map((value) => value[index] ?? NaN),
        ...rest,
      })),
    }));
  } finally {
    await Promise.all(started.map((running) => running.stop()));
  }
}

function entrantOf(
  each: Case,
  server: Candidate,
  { loads, folder }: Bench,
  started: Running[],
): Entrant {
  const load = server.secure ? loads.secure! : loads.plain;
  let running: Running;
  return {
    name: server.name,
    async prepare() {
      running = await startServer(server, folder);
      started.push(running);
      await each.verify?.(load, running);
    },
    measure: async () => await each.measure(load, running),
  };
}
