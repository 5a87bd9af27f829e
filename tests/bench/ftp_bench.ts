/**
 * Compares our FTP server and client, with TLS and without, and our echo server
 * with others: the same machine, files and other end, in turns (A B C A B C …),
 * medians.
 *
 * Everything stays on 127.0.0.1 and is bounded in time and count; it ends only
 * what it started itself. Nothing in the tests depends on its figures.
 *
 * ```sh
 * deno task bench server retr stor-4 --repeat 5
 * ```
 *
 * @module
 */

import process from "node:process";
import { parseArgs } from "node:util";
import { benches, choicesOf, type Settings } from "./benches.ts";
import { mustHaveMarks, writeInto } from "./document.ts";
import { toJson } from "./json.ts";
import { type Findings, toMarkdown } from "./report.ts";
import { reasonOf } from "./turns.ts";

const HELP =
  `Compare FTP servers, FTP clients, servers over TLS, and echo servers.

  deno task bench [NAME ...] [options]

NAME is a benchmark (${Object.keys(benches).join(", ")}), or one of its cases,
or the beginning of some: "server retr" runs ${namesOf("server", "retr")}.
Without a benchmark, cases are looked for in all of them; without anything, all
run. Installs nothing: what is not there is named and left out.

${Object.keys(benches).map(casesLine).join("\n")}

  --repeat N         measured repetitions of each case (default: 3 for servers,
                     5 for echo; for clients 5 of what is short, 3 of the rest)
  --quick            a try with few and small files or short runs, once
  --server LIST      only servers whose names contain one of these words
                     (default: all for servers, vsftpd and ours for clients)
  --client LIST      only clients whose names contain one of these words
  --files N          how many small files clients move (default: 10000, and
                     500 over TLS)
  --dir DIR          where the files go (default: memory, else /tmp)
  --json FILE        also write every single value there
  --write-docs FILE  also put the tables between the marks in this document,
                     in the place of those that are there
  --help             show this text

WHARF_DIST (default: dist) holds the compiled ftpd, ftp and echod; PURE_FTPD,
PROFTPD and FTP_SRV name a Pure-FTPd, a ProFTPD and a folder of ftp-srv that are
not installed. vsftpd, the first two and xinetd run only as root. Where the
binaries have no TLS, it is measured from the sources.
`;

/** Each benchmark ends after this many milliseconds, done or not. */
const LIFETIME = 25 * 60_000;

const OPTIONS = {
  server: { type: "string" },
  client: { type: "string" },
  repeat: { type: "string" },
  files: { type: "string" },
  quick: { type: "boolean" },
  dir: { type: "string" },
  json: { type: "string" },
  "write-docs": { type: "string" },
  help: { type: "boolean" },
} as const;

type Values = ReturnType<typeof parse>["values"];

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parse(args);
  if (values.help) return print(HELP);
  const docs = values["write-docs"];
  const choices = choicesOf(positionals);
  for (const { name } of choices) {
    if (docs !== undefined) await mustHaveMarks(docs, name); // Before the wait.
  }
  const all: Record<string, Findings> = {};
  for (const { name, isWanted } of choices) {
    const findings = await benches[name]!.run(isWanted, settingsFrom(values));
    const markdown = toMarkdown(findings);
    print(markdown);
    if (docs !== undefined && findings.tables.length > 0) {
      await writeInto(docs, name, markdown);
    }
    all[name] = findings;
    const { json } = values;
    if (json !== undefined) await Deno.writeTextFile(json, toJson(all));
  }
}

function parse(args: string[]) {
  return parseArgs({ args, options: OPTIONS, allowPositionals: true });
}

function settingsFrom(values: Values): Settings {
  const { repeat, files, server, client, dir, quick = false } = values;
  return {
    quick,
    ...repeat !== undefined && { repeat: wholeNumber("--repeat", repeat, 100) },
    ...files !== undefined && { files: wholeNumber("--files", files, 100_000) },
    ...server !== undefined && { servers: wordsIn(server) },
    ...client !== undefined && { clients: wordsIn(client) },
    ...dir !== undefined && { dir },
    signal: endOfWork(LIFETIME),
    say,
  };
}

function namesOf(bench: string, word: string): string {
  const [choice] = choicesOf([bench, word]);
  return benches[bench]!.cases.filter(choice!.isWanted)
    .map(({ name }) => name).join(", ");
}

/** The cases of a benchmark, each family (before a hyphen) said once. */
function casesLine(name: string): string {
  const { cases, onDemand = [] } = benches[name]!;
  const told = `  ${`${name}:`.padEnd(9)}${familiesOf(cases)}`;
  if (onDemand.length === 0) return told;
  return `${told}\n           only when named: ${familiesOf(onDemand)}`;
}

function familiesOf(cases: readonly { name: string; words?: string[] }[]) {
  const words = cases.flatMap((
    { name, words = [] },
  ) => [name.replace(/-.*/, ""), ...words]);
  return [...new Set(words)].join(", ");
}

function wordsIn(list: string): string[] {
  return list.toLowerCase().split(",");
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
