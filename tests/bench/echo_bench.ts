/**
 * Compares our echo server with others: the same machine, generator and cores,
 * in turns. All servers are started anew for each case.
 *
 * @module
 */

import { choose, versionsOf } from "./choose.ts";
import type { EchoCase, EchoTable } from "./echo_cases.ts";
import { buildEchoLoad, type EchoLoad } from "./echo_load.ts";
import {
  type EchoRow,
  type Measured,
  toRow,
  toTable,
  valuesOf,
} from "./echo_rows.ts";
import { type EchoServer, findEchoServers } from "./echo_servers.ts";
import { echoSummaryOf } from "./echo_summary.ts";
import { Rest, whenAndWhere } from "./machine.ts";
import type { Running } from "./processes.ts";
import type { Findings, Table } from "./report.ts";
import { type Entrant, inTurns, reasonOf } from "./turns.ts";

/** Milliseconds that may be spent on waiting for a quiet machine. */
const REST_BUDGET = 120_000;
const MB = 1e6;

/** What to run. */
export interface EchoOptions {
  /** The cases, in this order. */
  cases: EchoCase[];
  /** Only servers whose names contain one of these words, in small letters. */
  servers: string[];
  /** Measured repetitions of each case. */
  runs: number;
  /** What counts of each repetition; warming up comes in front of it. */
  seconds: number;
  /** Ends the work before the next measurement. */
  signal: AbortSignal;
  /** Takes a line about the progress. */
  say(line: string): void;
}

/**
 * Measures every server that is there in every case. Without a C compiler
 * there are no findings, and they say so.
 *
 * @throws {Error} If `signal` was aborted.
 */
export async function benchEcho(options: EchoOptions): Promise<Findings> {
  const folder = await Deno.makeTempDir({ prefix: "echo-bench-" });
  try {
    const load = await buildEchoLoad(folder).catch((error) => reasonOf(error));
    if (typeof load === "string") return nothing(load, options);
    return await benchWith(load, options);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function nothing(reason: string, { say }: EchoOptions): Findings {
  say(`echo left out: ${reason}`);
  const missing = [{ name: "The echo benchmark", reason }];
  return { facts: [], missing, tables: [], ending: [] };
}

async function benchWith(
  load: EchoLoad,
  options: EchoOptions,
): Promise<Findings> {
  const { runs, seconds, say } = options;
  const all = await findEchoServers(load.yardstick);
  const { found: servers, missing } = choose(all, options.servers, say);
  const rest = new Rest(REST_BUDGET);
  const bench: Bench = { ...options, load, rest, servers };
  const rows = new Map<EchoTable, EchoRow[]>();
  for (const each of options.cases) {
    const known = rows.get(each.table) ?? [];
    rows.set(each.table, [...known, ...await runCase(each, bench)]);
  }
  const tables: Table[] = [...rows].map(([table, rows]) =>
    toTable(table, rows)
  );
  const facts = [
    ...await whenAndWhere(),
    `Cores: ${load.cores}`,
    `Servers: ${versionsOf(servers)}`,
    `Repetitions: ${runs} of ${seconds} s, in turns; ${rest.line}`,
  ];
  return { facts, missing, tables, ending: echoSummaryOf(rows, options.cases) };
}

interface Bench extends Omit<EchoOptions, "servers"> {
  load: EchoLoad;
  rest: Rest;
  servers: EchoServer[];
}

/** Starts all servers anew, measures them in turns, and ends them. */
async function runCase(each: EchoCase, bench: Bench): Promise<EchoRow[]> {
  const started: Running[] = [];
  const entrants = bench.servers.map((server) =>
    entrantOf(each, server, bench, started)
  );
  try {
    const outcomes = await inTurns(entrants, { ...bench, name: each.name });
    return outcomes.map(({ values, ...rest }, index) =>
      toRow(each, bench.servers[index]!.name, values, rest.failure)
    );
  } finally {
    await Promise.all(started.map((running) => running.stop()));
  }
}

function entrantOf(
  each: EchoCase,
  server: EchoServer,
  { load, seconds }: Bench,
  started: Running[],
): Entrant {
  const isIdle = each.job.mode === "idle";
  let running: Running;
  let fresh = NaN;
  return {
    name: server.name,
    async prepare() {
      running = await load.start(server, each.transport);
      started.push(running);
      if (isIdle) fresh = (await running.memory()).pss;
      else await load.verify(running.port, each.job, seconds);
    },
    measure: async () =>
      isIdle
        ? await memoryOf(each, running, load, fresh)
        : valuesOf(await echoes(each, running, load, seconds)),
  };
}

/** One run of the generator, and what it cost the server. */
async function echoes(
  { job }: EchoCase,
  running: Running,
  load: EchoLoad,
  seconds: number,
): Promise<Measured> {
  const before = await running.processor();
  const { messages, ...measured } = await load.run(running.port, job, seconds);
  const spent = await running.processor() - before;
  return { ...measured, messages, processor: spent / messages * 1e6 };
}

/** Megabytes, kilobytes for each connection, processes. */
async function memoryOf(
  { job }: EchoCase,
  running: Running,
  load: EchoLoad,
  fresh: number,
): Promise<number[]> {
  const memory = () => running.memory();
  const { pss, processes } = await load.whileIdle(running.port, job, memory);
  return [pss / MB, (pss - fresh) / job.lanes / 1000, processes];
}
