/**
 * Runs the cases: all servers started anew for each, measured in turns.
 *
 * @module
 */

import { type Case, ceiling } from "./cases.ts";
import { buildLoad, type Load } from "./load.ts";
import { makeFolder } from "./folder.ts";
import { machineLine, Rest } from "./machine.ts";
import { type Running, startServer } from "./processes.ts";
import type { Results, Table } from "./report.ts";
import {
  type Candidate,
  findServers,
  isFound,
  type Missing,
} from "./servers.ts";

/** Milliseconds that may be spent on waiting for a quiet machine. */
const REST_BUDGET = 60_000;

/** What to run. */
export interface Options {
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
export async function runAll(options: Options): Promise<Results> {
  const all = (await findServers()).filter(({ name }) =>
    options.servers.some((word) => name.toLowerCase().includes(word))
  );
  const servers = all.filter(isFound);
  const missing = all.filter((server): server is Missing => !isFound(server));
  for (const { name, reason } of missing) {
    options.say(`${name} left out: ${reason}`);
  }
  const folder = await makeFolder(options.dir);
  try {
    const load = await buildLoad(folder.path);
    const rest = new Rest(REST_BUDGET);
    const bench: Bench = { ...options, load, rest, folder: folder.path };
    const alone = await times(options.runs, () => ceiling(load));
    const tables: Table[] = [];
    for (const each of options.cases) {
      tables.push(...await runCase(each, servers, bench));
    }
    return {
      date: new Date().toISOString().slice(0, 10),
      machine: await machineLine(),
      fileSystem: folder.fileSystem,
      runs: options.runs,
      ceiling: alone,
      disturbed: rest.disturbed,
      servers: servers.map(({ name, version }) => ({ name, version })),
      missing,
      tables,
    };
  } finally {
    await folder.remove();
  }
}

interface Bench extends Options {
  load: Load;
  rest: Rest;
  folder: string;
}

/** A server in a case; it drops out at its first failure. */
interface Entrant {
  server: Candidate;
  running?: Running;
  values: number[][];
  failure?: string;
}

/** Starts all servers anew, measures them in turns, and ends them. */
async function runCase(
  each: Case,
  servers: Candidate[],
  bench: Bench,
): Promise<Table[]> {
  const entrants: Entrant[] = servers.map((server) => ({ server, values: [] }));
  await each.prepare?.(bench.load, bench.folder);
  try {
    for (const entrant of entrants) {
      await attempt(entrant, bench, async () => {
        entrant.running = await startServer(entrant.server, bench.folder);
        await each.verify?.(bench.load, entrant.running);
      });
    }
    for (let run = 1; run <= bench.runs; run++) {
      bench.say(`${each.name} ${run}/${bench.runs}`);
      await runTurn(each, entrants, bench);
    }
  } finally {
    await Promise.all(entrants.map(({ running }) => running?.stop()));
  }
  return each.metrics.map((metric, index) => ({
    metric,
    rows: entrants.map(({ server, values, failure }) => ({
      server: server.name,
      values: values.map((value) => value[index] ?? NaN),
      ...(failure !== undefined && { failure }),
    })),
  }));
}

async function runTurn(
  each: Case,
  entrants: Entrant[],
  bench: Bench,
): Promise<void> {
  for (const entrant of entrants) {
    const { running, failure, values } = entrant;
    if (running === undefined || failure !== undefined) continue;
    await bench.rest.wait();
    bench.signal.throwIfAborted();
    await attempt(entrant, bench, async () => {
      values.push(await each.measure(bench.load, running));
    });
  }
}

async function attempt(
  entrant: Entrant,
  { say }: Bench,
  action: () => Promise<void>,
): Promise<void> {
  try {
    await action();
  } catch (error) {
    entrant.failure = reasonOf(error);
    say(`${entrant.server.name} failed: ${entrant.failure}`);
  }
}

/** The message of `error` and of what caused it, on one line. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return `${error}`;
  const message = error.message.trim();
  if (error.cause === undefined) return message;
  return `${message}: ${reasonOf(error.cause)}`;
}

async function times<T>(count: number, action: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  while (results.length < count) results.push(await action());
  return results;
}
