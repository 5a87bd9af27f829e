/**
 * Compares our FTP server and client, with TLS and without, and our echo server
 * with others: the same machine, files and other end, in turns (A B C A B C …),
 * medians.
 *
 * Everything stays on 127.0.0.1 and is bounded in time and count; it ends only
 * what it started itself. Nothing in the tests depends on its figures.
 *
 * ```sh
 * deno task bench client --case get,put --runs 5
 * ```
 *
 * @module
 */

import process from "node:process";
import { parseArgs } from "node:util";
import { benchClients } from "./client_bench.ts";
import { clientCases, clientTlsCases, type Scale } from "./client_cases.ts";
import { mustHaveMarks, writeInto } from "./document.ts";
import { benchEcho } from "./echo_bench.ts";
import { echoCasesFor } from "./echo_cases.ts";
import { type Findings, toMarkdown } from "./report.ts";
import { benchServers } from "./server_bench.ts";
import { serverCases } from "./server_cases.ts";
import { serverTlsCases } from "./server_tls_cases.ts";
import { benchTls } from "./tls_bench.ts";
import { reasonOf } from "./turns.ts";

const HELP =
  `Compare FTP servers, FTP clients, both over TLS, echo servers, or all in turn.

  deno task bench [server] [client] [tls] [echo] [options]

  --case LIST        server: ${wordsOf(serverCases)}
                     client: ${wordsOf(clientCases)}
                     tls: ${wordsOf([...serverTlsCases, ...clientTlsCases])}
                     echo: tcp-1-16 … tcp-100-65536, udp-1-16 … udp-64-1024,
                     churn, pace-tcp, pace-udp, idle, or beginnings such as
                     tcp-10 (default: all)
  --server LIST      only servers whose names contain one of these words
                     (default: all for servers, vsftpd and ours for clients)
  --client LIST      only clients whose names contain one of these words
  --runs N           measured repetitions of each case (default: 5; for clients
                     5 of what is short and 3 of the rest)
  --files N          how many small files clients move (default: 10000, and
                     500 over TLS)
  --quick            a try with few and small files or short runs, once
                     (not for servers)
  --dir DIR          where the files go (default: memory, else /tmp)
  --json FILE        also write every single value there
  --write-docs FILE  also put the tables between the marks in this document
  --help             show this text

WHARF_DIST (default: dist) holds the compiled ftpd, ftp and echod, PURE_FTPD
and PROFTPD name a Pure-FTPd and a ProFTPD that are not installed. vsftpd, these
two and xinetd run only as root. Where the binaries have no TLS, it is measured
from the sources.
`;

/** Each benchmark ends after this many milliseconds, done or not. */
const LIFETIME = 25 * 60_000;

const FULL: Scale = { large: 2 ** 30, small: 10_000 };
/** Small files over TLS, where each needs a handshake. */
const FEW = 500;
const QUICK: Scale = { large: 2 ** 26, small: 1000 };

const OPTIONS = {
  case: { type: "string" },
  server: { type: "string" },
  client: { type: "string" },
  runs: { type: "string" },
  files: { type: "string" },
  quick: { type: "boolean" },
  dir: { type: "string" },
  json: { type: "string" },
  "write-docs": { type: "string" },
  help: { type: "boolean" },
} as const;

type Values = ReturnType<typeof parse>["values"];

/** Each benchmark, as it runs when asked for by its name. */
const BENCHES = {
  server: runServers,
  client: runClients,
  tls: runTls,
  echo: runEcho,
};
type Bench = keyof typeof BENCHES;

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parse(args);
  if (values.help) return print(HELP);
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
  const docs = values["write-docs"];
  const all: Partial<Record<Bench, Findings>> = {};
  for (const name of names.map(known)) {
    if (docs !== undefined) await mustHaveMarks(docs, name); // Before the wait.
    const findings = await BENCHES[name](values);
    const markdown = toMarkdown(findings);
    print(markdown);
    if (docs !== undefined && findings.tables.length > 0) {
      await writeInto(docs, name, markdown);
    }
    all[name] = findings;
  }
  if (values.json === undefined) return;
  await Deno.writeTextFile(values.json, JSON.stringify(all, null, 2));
}

function parse(args: string[]) {
  return parseArgs({ args, options: OPTIONS, allowPositionals: true });
}

function known(name: string): Bench {
  if (name in BENCHES) return name as Bench;
  const names = Object.keys(BENCHES).join(", ");
  throw new Error(`there is no benchmark "${name}": ${names}`);
}

async function runServers(values: Values): Promise<Findings> {
  return await benchServers({
    cases: chosen(serverCases, values.case),
    servers: wordsIn(values.server ?? ""),
    runs: wholeNumber("--runs", values.runs ?? "5", 100),
    ...common(values),
  });
}

async function runClients(values: Values): Promise<Findings> {
  const runs = values.runs ?? (values.quick ? "1" : undefined);
  return await benchClients({
    cases: chosen(clientCases, values.case),
    clients: wordsIn(values.client ?? ""),
    servers: wordsIn(values.server ?? "vsftpd,wharf"),
    scale: scaleOf(values),
    ...runs !== undefined && { runs: wholeNumber("--runs", runs, 100) },
    ...common(values),
  });
}

/** The words of `--case` choose among both; all, when there are none. */
async function runTls(values: Values): Promise<Findings> {
  const cases = [...serverTlsCases, ...clientTlsCases];
  const wanted = chosen<{ name: string }>(cases, values.case);
  const runs = values.runs ?? (values.quick ? "1" : undefined);
  const times = runs === undefined
    ? undefined
    : wholeNumber("--runs", runs, 100);
  const shared = common(values, 2 * LIFETIME);
  return await benchTls({
    cases: serverTlsCases.filter((each) => wanted.includes(each)),
    servers: wordsIn(values.server ?? ""),
    runs: times ?? 5,
    ...shared,
  }, {
    cases: clientTlsCases.filter((each) => wanted.includes(each)),
    clients: wordsIn(values.client ?? ""),
    servers: wordsIn(values.server ?? "vsftpd,wharf"),
    scale: scaleOf(values, FEW),
    ...times !== undefined && { runs: times },
    ...shared,
  });
}

async function runEcho(values: Values): Promise<Findings> {
  const words = values.case?.split(",") ?? [""];
  const runs = values.runs ?? (values.quick ? "1" : "5");
  return await benchEcho({
    cases: echoCasesFor(words),
    servers: wordsIn(values.server ?? ""),
    runs: wholeNumber("--runs", runs, 100),
    seconds: values.quick ? 0.3 : 0.7,
    signal: endOfWork(LIFETIME),
    say,
  });
}

function scaleOf({ quick, files }: Values, most = Infinity): Scale {
  const { large, small } = quick ? QUICK : FULL;
  if (files === undefined) return { large, small: Math.min(small, most) };
  return { large, small: wholeNumber("--files", files, 100_000) };
}

function common({ dir }: Values, lifetime = LIFETIME) {
  const signal = endOfWork(lifetime);
  return { signal, say, ...dir !== undefined && { dir } };
}

function wordsOf(cases: readonly { name: string }[]): string {
  return cases.map(({ name }) => name).join(",");
}

function wordsIn(list: string): string[] {
  return list.toLowerCase().split(",");
}

function chosen<T extends { name: string }>(
  cases: T[],
  list: string | undefined,
): T[] {
  return list === undefined ? cases : list.split(",").map((name) => {
    const found = cases.find((known) => known.name === name);
    if (found === undefined) {
      throw new Error(`there is no case "${name}": ${wordsOf(cases)}`);
    }
    return found;
  });
}

function wholeNumber(option: string, text: string, most: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new Error(`${option} takes a number from 1 to ${most}, not "${text}"`);
}

/** Aborts at Ctrl-C or in time, so that servers and files are cleared away. */
function endOfWork(lifetime: number): AbortSignal {
  const interrupted = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(name, () => interrupted.abort(new Error(name)));
  }
  return AbortSignal.any([interrupted.signal, AbortSignal.timeout(lifetime)]);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Progress, on stderr. */
function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

if (import.meta.main) {
  try {
    await main(Deno.args);
  } catch (error) {
    say(`ftp_bench: ${reasonOf(error)}`);
    Deno.exitCode = 1;
  }
}
