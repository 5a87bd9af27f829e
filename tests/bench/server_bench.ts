/**
 * Compares our FTP server with others: the same machine, folder and client, in
 * turns. All servers are started anew for each case.
 *
 * @module
 */

import { choose, versionsOf } from "./choose.ts";
import { makeFolder } from "./folder.ts";
import { figure, median, range } from "./figures.ts";
import { buildLoad, type Load } from "./load.ts";
import { Rest, whenAndWhere } from "./machine.ts";
import { type Running, startServer } from "./processes.ts";
import type { Findings } from "./report.ts";
import { type Case, ceiling } from "./server_cases.ts";
import { type ServerTable, verdictsOf } from "./server_verdicts.ts";
import { type Candidate, findServers } from "./servers.ts";
import { type Entrant, inTurns, times } from "./turns.ts";

/** Milliseconds that may be spent on waiting for a quiet machine. */
const REST_BUDGET = 60_000;

/** What to run. */
export interface ServerOptions {
  /** The cases, in this order. */
  cases: Case[];
  /** Only servers whose names contain one of these words, in small letters. */
  servers: string[];
  /** Measured repetitions of each case. */
  runs: number;
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
  const { runs, say } = options;
  const all = await findServers();
  const { found: servers, missing } = choose(all, options.servers, say);
  const folder = await makeFolder(options.dir);
  try {
    const load = await buildLoad(folder.path);
    const rest = new Rest(REST_BUDGET);
    const bench: Bench = { ...options, load, rest, folder: folder.path };
    const alone = await times(runs, () => ceiling(load));
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

interface Bench extends ServerOptions {
  load: Load;
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
  await each.prepare?.(bench.load, bench.folder);
  const entrants = servers.map((server) =>
    entrantOf(each, server, bench, started)
  );
  try {
    const outcomes = await inTurns(entrants, { ...bench, name: each.name });
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
  { load, folder }: Bench,
  started: Running[],
): Entrant {
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
