/**
 * Compares our FTP client with others: the same machine, files and server, in
 * turns. The servers are started anew for each case.
 *
 * @module
 */

import { choose, versionsOf } from "./choose.ts";
import { type ClientCase, isLarge, type Scale } from "./client_cases.ts";
import { type Cargo, makeLarge, makeSmall } from "./client_files.ts";
import { entrantOf, type Errand } from "./client_run.ts";
import { type ClientTable, summaryOf, tableOf } from "./client_summary.ts";
import { type Client, findClients } from "./clients.ts";
import { makeFolder } from "./folder.ts";
import { buildLoad, type Load } from "./load.ts";
import { Rest, whenAndWhere } from "./machine.ts";
import { startServer } from "./processes.ts";
import { type Candidate, findServers } from "./servers.ts";
import { findTlsServers, type Identity } from "./tls_servers.ts";
import { inTurns } from "./turns.ts";
import type { Findings } from "./report.ts";

/** Milliseconds that may be spent on waiting for a quiet machine. */
const REST_BUDGET = 60_000;

/** Milliseconds after which a client gets no further turn in a case. */
const ENOUGH = 20_000;

/** What to run. */
export interface ClientOptions {
  /** The cases, in this order. */
  cases: ClientCase[];
  /** Only clients whose names contain one of these words, in small letters. */
  clients: string[];
  /** Only servers whose names contain one of these words, in small letters. */
  servers: string[];
  /** Measured repetitions. @default {those of each case} */
  runs?: number;
  /** How much is moved. */
  scale: Scale;
  /** Measures clients with TLS, on servers that show this. @default {no TLS} */
  tls?: Identity;
  /** Where the files go. @default {memory, else "/tmp"} */
  dir?: string;
  /** Ends the work before the next measurement. */
  signal: AbortSignal;
  /** Takes a line about the progress. */
  say(line: string): void;
}

interface Bench extends ClientOptions {
  load: Load;
  rest: Rest;
  folder: string;
}

/**
 * Measures every client that is there in every case.
 *
 * @throws {Error} If there is no compiler, no room, or `signal` was aborted.
 */
export async function benchClients(options: ClientOptions): Promise<Findings> {
  const { say, tls } = options;
  const withTls = tls !== undefined;
  const all = await (withTls ? findTlsServers() : findServers());
  const servers = choose(all, options.servers, say);
  const able = (await findClients({ withTls }))
    .filter((client) => !withTls || !("tls" in client && !client.tls));
  const clients = choose(able, options.clients, say);
  const folder = await makeFolder(options.dir);
  try {
    const load = await buildLoad(folder.path);
    const rest = new Rest(REST_BUDGET);
    const bench: Bench = { ...options, load, rest, folder: folder.path };
    const cargo = await loadUp(clients.found, bench);
    const tables: ClientTable[] = [];
    for (const each of options.cases) {
      const loaded = clients.found.filter((client) => canDo(client, each))
        .map((client) => ({ client, cargo: cargo(client, each) }));
      tables.push(await runCase(each, servers.found, loaded, bench));
    }
    const programs = clients.found.filter(({ variant }) => !variant);
    const facts = [
      ...await whenAndWhere(),
      `Files, here and there: in the page cache, on ${folder.fileSystem}`,
      `Clients: ${versionsOf(programs)}`,
      `Servers: ${versionsOf(servers.found)}`,
      `Repetitions: in turns; ${rest.line}`,
    ];
    const missing = [...clients.missing, ...servers.missing];
    const all = [...programs, ...servers.found]
      .map(({ name, version }) => ({ name, version }));
    const ending = summaryOf(tables);
    return { facts, programs: all, missing, tables, ending };
  } finally {
    await folder.remove();
  }
}

/** A client, and the files that it is given. */
type Loaded = Pick<Errand, "client" | "cargo">;

/** Makes the files, and says which ones a client is given in a case. */
async function loadUp(
  clients: Client[],
  { cases, scale, load, folder }: Bench,
): Promise<(client: Client, of: ClientCase) => Cargo> {
  const cargo = new Map<number, Cargo>();
  const countOf = ({ most = Infinity }: Client, { task }: ClientCase) =>
    isLarge(task) ? 0 : Math.min(most, scale.small);
  for (const client of clients) {
    for (const each of cases) {
      const count = countOf(client, each);
      if (!canDo(client, each) || cargo.has(count)) continue;
      const making = count === 0
        ? makeLarge(load, folder, scale.large)
        : makeSmall(folder, count);
      cargo.set(count, await making);
    }
  }
  return (client, of) => cargo.get(countOf(client, of))!;
}

function canDo(client: Client, { task, connections }: ClientCase): boolean {
  return task in client.ways && (client.parallel || connections === 1);
}

/** Starts all servers anew, lets the clients take turns, and ends them. */
async function runCase(
  of: ClientCase,
  servers: Candidate[],
  loaded: Loaded[],
  bench: Bench,
): Promise<ClientTable> {
  const errands: Errand[] = [];
  const ends: (() => Promise<void>)[] = [];
  try {
    for (const candidate of servers) {
      const { name } = candidate;
      const { port, stop } = await startServer(candidate, bench.folder);
      ends.push(stop);
      for (const each of loaded) {
        const place = await Deno.makeTempDir({ dir: bench.folder });
        ends.push(() => Deno.remove(place, { recursive: true }));
        const authority = bench.tls?.authority;
        errands.push({
          ...bench,
          ...each,
          of,
          server: { name, port },
          place,
          ...authority !== undefined && { authority },
        });
      }
    }
    const turns = { ...bench, name: of.name, enough: ENOUGH };
    const runs = bench.runs ?? of.runs;
    const outcomes = await inTurns(errands.map(entrantOf), { ...turns, runs });
    return tableOf(of, bench.scale, errands, outcomes);
  } finally {
    for (const end of ends) await end();
  }
}
