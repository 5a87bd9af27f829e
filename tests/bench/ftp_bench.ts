/**
 * Compares our FTP server with vsftpd, Pure-FTPd and pyftpdlib: the same
 * machine, folder and client, in turns (A B C A B C …), medians.
 *
 * Everything stays on 127.0.0.1 and is bounded in time and count; it ends only
 * what it started itself. Nothing in the tests depends on its figures.
 *
 * ```sh
 * deno run -A tests/bench/ftp_bench.ts --case retr,stor --runs 5
 * ```
 *
 * @module
 */

import process from "node:process";
import { parseArgs } from "node:util";
import { type Case, cases } from "./cases.ts";
import { toMarkdown, writeInto } from "./report.ts";
import { reasonOf, runAll } from "./run.ts";

const HELP = `Compare FTP servers on this machine.

  deno run -A tests/bench/ftp_bench.ts [options]

  --case LIST        ${cases.map(({ name }) => name).join(",")} (default: all)
  --server LIST      only servers whose names contain one of these words
  --runs N           measured repetitions of each case (default: 5)
  --dir DIR          where the served files go (default: memory, else /tmp)
  --json FILE        also write every single value there
  --write-docs FILE  also put the tables between the marks in this document
  --help             show this text

WHARF_DIST (default: dist) holds the compiled ftpd, PURE_FTPD names a Pure-FTPd
that is not installed. vsftpd and Pure-FTPd are measured only as root.
`;

/** The whole benchmark ends after this many milliseconds, done or not. */
const LIFETIME = 15 * 60_000;

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      case: { type: "string" },
      server: { type: "string", default: "" },
      runs: { type: "string", default: "5" },
      dir: { type: "string" },
      json: { type: "string" },
      "write-docs": { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return print(HELP);
  const results = await runAll({
    cases: chosenCases(values.case),
    servers: values.server.toLowerCase().split(","),
    runs: wholeNumber(values.runs),
    ...(values.dir !== undefined && { dir: values.dir }),
    signal: endOfWork(),
    say,
  });
  const markdown = toMarkdown(results);
  print(markdown);
  const docs = values["write-docs"];
  if (docs !== undefined) await writeInto(docs, markdown);
  if (values.json === undefined) return;
  await Deno.writeTextFile(values.json, JSON.stringify(results, null, 2));
}

function chosenCases(list: string | undefined): Case[] {
  return list === undefined ? cases : list.split(",").map((name) => {
    const found = cases.find((known) => known.name === name);
    if (found === undefined) throw new Error(`there is no case "${name}"`);
    return found;
  });
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 100) return number;
  throw new Error(`--runs takes a number from 1 to 100, not "${text}"`);
}

/** Aborts at Ctrl-C or in time, so that servers and files are cleared away. */
function endOfWork(): AbortSignal {
  const interrupted = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(name, () => interrupted.abort(new Error(name)));
  }
  return AbortSignal.any([interrupted.signal, AbortSignal.timeout(LIFETIME)]);
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
