/**
 * The benchmarks by their names, and which of their cases words choose.
 *
 * @module
 */

import { benchClients } from "./client_bench.ts";
import { clientCases, clientTlsCases, type Scale } from "./client_cases.ts";
import { benchEcho } from "./echo_bench.ts";
import { echoCases } from "./echo_cases.ts";
import type { Findings } from "./report.ts";
import { benchServers } from "./server_bench.ts";
import { casesFor } from "./server_case.ts";
import { serverCases, serverTlsCases } from "./server_cases.ts";
import { benchTls } from "./tls_bench.ts";

/** What all benchmarks are told. */
export interface Settings {
  /** Files small and few, runs short, and once. */
  quick: boolean;
  /** Measured repetitions. @default {what each benchmark holds for enough} */
  repeat?: number;
  /** Only servers whose names contain one of these words. @default all */
  servers?: string[];
  /** Only clients whose names contain one of these words. @default all */
  clients?: string[];
  /** Small files that clients move. @default {10000, and 500 over TLS} */
  files?: number;
  /** Where the files go. @default {memory, else "/tmp"} */
  dir?: string;
  /** Ends the work before the next measurement. */
  signal: AbortSignal;
  /** Takes a line about the progress. */
  say(line: string): void;
}

/** One that can be run by its name. */
interface Bench {
  /** Its cases, as words choose them. */
  cases: readonly Named[];
  /** Those that run only when a word chooses them. @default none */
  onDemand?: readonly Named[];
  /** Runs the cases that are wanted. */
  run(isWanted: IsWanted, settings: Settings): Promise<Findings>;
}

type Named = { name: string; words?: string[] };
type IsWanted = (one: Named) => boolean;

const FULL: Scale = { large: 2 ** 30, small: 10_000 };
const QUICK: Scale = { large: 2 ** 26, small: 1000 };
/** Small files over TLS, where each needs a handshake. */
const FEW = 500;

/** Repetitions of each case of servers, and of echo. */
const SERVER_RUNS = 3;
const ECHO_RUNS = 5;
/** What shows most of how clients compare: they are many. */
const OF_CLIENTS = ["vsftpd", "wharf"];
const EVERYBODY = [""];

/** Every benchmark, in the order in which they run. */
export const benches: Readonly<Record<string, Bench>> = {
  server: { cases: serverCases(false), run: runServers },
  client: { cases: clientCases, run: runClients },
  tls: {
    cases: serverTlsCases(false),
    onDemand: clientTlsCases,
    run: runTls,
  },
  echo: { cases: echoCases, run: runEcho },
};

/** One benchmark, and what it is to run. */
export interface Choice {
  /** Its name. */
  name: string;
  /** Whether it is to run a case. */
  isWanted: IsWanted;
}

/**
 * What `words` choose: names of benchmarks, and names of cases or groups of
 * them in those, or in all when none is named.
 *
 * @throws {Error} If a word fits nothing.
 */
export function choicesOf(words: readonly string[]): Choice[] {
  const named = words.filter((word) => Object.hasOwn(benches, word));
  const further = words.filter((word) => !Object.hasOwn(benches, word));
  const names = Object.keys(benches).filter((name) =>
    named.length === 0 || named.includes(name)
  );
  if (further.length === 0) return names.map(wholly);
  for (const word of further) {
    if (names.some((name) => casesFor(allOf(name), [word]).length > 0)) {
      continue;
    }
    throw new Error(`there is no benchmark and no case "${word}"; see --help`);
  }
  return names.flatMap((name) => {
    const chosen = casesFor(allOf(name), further).map(({ name }) => name);
    const isWanted: IsWanted = ({ name }) => chosen.includes(name);
    return chosen.length === 0 ? [] : [{ name, isWanted }];
  });
}

function wholly(name: string): Choice {
  const { onDemand = [] } = benches[name]!;
  return { name, isWanted: (one) => !onDemand.includes(one) };
}

function allOf(name: string): Named[] {
  const { cases, onDemand = [] } = benches[name]!;
  return [...cases, ...onDemand];
}

async function runServers(
  isWanted: IsWanted,
  settings: Settings,
): Promise<Findings> {
  const cases = serverCases(settings.quick).filter(isWanted);
  return await benchServers({ cases, ...serverOptions(settings) });
}

function serverOptions(settings: Settings) {
  const { servers = EVERYBODY } = settings;
  return {
    ...settings,
    servers,
    runs: repetitions(settings) ?? SERVER_RUNS,
  };
}

async function runClients(
  isWanted: IsWanted,
  settings: Settings,
): Promise<Findings> {
  const cases = clientCases.filter(isWanted);
  return await benchClients({ cases, ...clientOptions(settings) });
}

function clientOptions(settings: Settings, most = Infinity) {
  const { quick, files, servers = OF_CLIENTS, clients = EVERYBODY } = settings;
  const { large, small } = quick ? QUICK : FULL;
  const runs = repetitions(settings);
  return {
    ...settings,
    servers,
    clients,
    scale: { large, small: files ?? Math.min(small, most) },
    ...runs !== undefined && { runs },
  };
}

async function runTls(
  isWanted: IsWanted,
  settings: Settings,
): Promise<Findings> {
  const cases = serverTlsCases(settings.quick).filter(isWanted);
  const ofClients = clientTlsCases.filter(isWanted);
  return await benchTls(
    { cases, ...serverOptions(settings) },
    { cases: ofClients, ...clientOptions(settings, FEW) },
  );
}

async function runEcho(
  isWanted: IsWanted,
  settings: Settings,
): Promise<Findings> {
  return await benchEcho({
    ...settings,
    cases: echoCases.filter(isWanted),
    servers: settings.servers ?? EVERYBODY,
    runs: repetitions(settings) ?? ECHO_RUNS,
    seconds: settings.quick ? 0.3 : 0.7,
  });
}

function repetitions({ quick, repeat }: Settings): number | undefined {
  return repeat ?? (quick ? 1 : undefined);
}
