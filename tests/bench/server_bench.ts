/**
 * Compares our FTP server with others: the same machine, folder and client, in
 * turns. All servers are started anew for each case.
 *
 * @module
 */

import { choose, versionsOf } from "./choose.ts";
import { figure, median, range } from "./figures.ts";
import { makeFolder } from "./folder.ts";
import { buildLoad, buildTlsLoad, type Load } from "./load.ts";
import { Rest, whenAndWhere } from "./machine.ts";
import { type Contestant, findContestants } from "./peers.ts";
import { type Running, startServer } from "./processes.ts";
import type { Findings } from "./report.ts";
import type { Case } from "./server_case.ts";
import { ceiling } from "./server_cases.ts";
import { tablesOf, type Yield } from "./server_tables.ts";
import { verdictsOf } from "./server_verdicts.ts";
import { findTlsContestants, type Identity } from "./tls_servers.ts";
import { type Entrant, inTurns, type Outcome, times } from "./turns.ts";

/** Milliseconds that may be spent on waiting for a quiet machine. */
const REST_BUDGET = 30_000;

/**
 * Milliseconds for all cases together: while the benchmark is behind, cases get
 * fewer rounds, one at least.
 */
const BUDGET = { plain: 11 * 60_000, tls: 7 * 60_000 };

/** Milliseconds after which a server gets no further turn in a case. */
const ENOUGH = 8_000;

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
  const all = await (tls ? findTlsContestants() : findContestants());
  const { found: contestants, missing } = choose(all, options.servers, say);
  const folder = await makeFolder(options.dir);
  try {
    const loads = await loadsFor(folder.path, tls !== undefined);
    const rest = new Rest(REST_BUDGET);
    const bench: Bench = { ...options, loads, rest, folder: folder.path };
    const alone = await times(runs, () => ceilingOf(loads, tls));
    const yields: Yield[] = [];
    const start = performance.now();
    const share = (tls ? BUDGET.tls : BUDGET.plain) /
      options.cases.length;
    for (const [index, each] of options.cases.entries()) {
      const until = start + (index + 1) * share;
      yields.push(...await runCase(each, contestants, { ...bench, until }));
    }
    const servers = contestants.filter(({ extra }) => extra === undefined);
    const facts = [
      ...await whenAndWhere(),
      `Served files: in the page cache, on ${folder.fileSystem}`,
      `Servers: ${versionsOf(servers)}`,
      `Repetitions: ${runs}, in turns, fewer of what takes long; ${rest.line}`,
      `The client alone, fed from memory: ${figure(median(alone))} GB/s ` +
      `(${range(alone)})`,
    ];
    const tables = tablesOf(yields);
    const programs = contestants.map(({ name, version }) => ({
      name,
      version,
    }));
    return { facts, programs, missing, tables, ending: verdictsOf(tables) };
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
  /** When the case should be done (`performance.now()`). */
  until?: number;
  loads: Loads;
  rest: Rest;
  folder: string;
}

/** Starts all servers anew, measures them in turns, and ends them. */
async function runCase(
  each: Case,
  contestants: Contestant[],
  bench: Bench,
): Promise<Yield[]> {
  await each.prepare?.(bench.loads.plain, bench.folder);
  const racing = contestants.filter(({ extra }) =>
    extra === undefined || each.also?.includes(extra)
  );
  const starts = each.fresh
    ? []
    : racing.map((server) => startServer(server, bench.folder));
  const started = Promise.allSettled(starts);
  const entrants = racing.map((server, index) =>
    entrantOf(each, server, bench, starts[index])
  );
  const runs = Math.min(bench.runs, each.runs ?? Infinity);
  const enough = each.enough ?? ENOUGH;
  try {
    const turns = { ...bench, name: each.name, runs, enough };
    return yieldsOf(each, racing, await inTurns(entrants, turns));
  } finally {
    await Promise.all((await started).map(end));
  }
}

async function end(start: PromiseSettledResult<Running>): Promise<void> {
  if (start.status === "fulfilled") await start.value.stop();
}

function yieldsOf(
  { metrics }: Case,
  racing: Contestant[],
  outcomes: Outcome[],
): Yield[] {
  return metrics.map((metric, index) => ({
    metric,
    rows: outcomes.map(({ values, ...rest }, row) => ({
      name: racing[row]!.name,
      values: values.map((value) => value[index] ?? NaN),
      ...rest,
    })),
  }));
}

/** Measures a server that stands, or one that is started for each turn. */
function entrantOf(
  each: Case,
  server: Contestant,
  { loads, folder }: Bench,
  start: Promise<Running> | undefined,
): Entrant {
  const { name } = server;
  const load = server.secure ? loads.secure! : loads.plain;
  if (start === undefined) {
    const measure = () => measureFresh(each, server, load, folder);
    return { name, measure };
  }
  return {
    name,
    prepare: async () => await each.verify?.(load, await start),
    measure: async () => await each.measure(load, await start),
  };
}

async function measureFresh(
  each: Case,
  server: Contestant,
  load: Load,
  folder: string,
): Promise<number[]> {
  const running = await startServer(server, folder);
  try {
    await each.verify?.(load, running);
    return await each.measure(load, running);
  } finally {
    await running.stop();
  }
}
