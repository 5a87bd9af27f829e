/**
 * Verbs that fetch files.
 *
 * @module
 */

import { UsageError } from "../../../../lib/cli.ts";
import { hasMachineListings } from "../../../../lib/ftp/replies.ts";
import { visible } from "../../../../lib/visible.ts";
import { nameRulesOf } from "../../mirror/local_name.ts";
import { askEach } from "../ask_each.ts";
import { distinctJobs } from "../distinct_jobs.ts";
import { ShellError } from "../failure.ts";
import {
  type FileJob,
  type Manner,
  MANNER_OPTIONS,
  type MannerCall,
  mannerOf,
} from "../file_jobs.ts";
import {
  type Destination,
  destinationOf,
  lastName,
  pathForName,
} from "../local_names.ts";
import { expandRemote } from "../remote_glob.ts";
import type { ListEntry } from "../../listing.ts";
import { type Shell, siteOf } from "../shell.ts";
import { runTransfers } from "../transfer_run.ts";
import { ANY_NUMBER, type Call, defineVerb, type Verb } from "../verb.ts";

const OUTPUT = {
  type: "text",
  short: "o",
  placeholder: "PLACE",
  help:
    "where it goes: a file, a folder with / at its end, or - for the standard output",
} as const;

const SEGMENTS = {
  type: "integer",
  default: 0,
  max: 64,
  placeholder: "N",
  help: "fetch each file over so many connections (see parallel)",
} as const;

const OPTIONS = { ...MANNER_OPTIONS, output: OUTPUT, segments: SEGMENTS };

const get = defineVerb({
  names: ["get", "recv"],
  group: "Transfer",
  summary: "fetch a file",
  usage: "[options] FILE [LOCAL]",
  oneShotUsage: "[options] URL...",
  examples: [
    ["get a.iso", "into the local folder"],
    ["get a.txt -", "on the standard output"],
    ["get -c a.iso isos/", "into isos, going on where it stopped"],
  ],
  oneShotExamples: [
    ["ftp get ftp://host/pub/a.iso", "into this folder"],
    ["ftp get ftp://host/pub/a.iso -o b.iso", "under another name"],
    ["ftp get ftp://host/pub/a.txt -o -", "on the standard output"],
  ],
  options: OPTIONS,
  positionals: { min: 1, max: ANY_NUMBER },
  completes: ["remote", "local"],
  urls: "all",
  run: (shell, call) => fetch(shell, call, {}),
});

const reget = defineVerb({
  names: ["reget"],
  group: "Transfer",
  summary: "fetch the rest of a file",
  usage: "[options] FILE [LOCAL]",
  oneShotUsage: "[options] URL...",
  options: { output: OUTPUT },
  positionals: { min: 1, max: ANY_NUMBER },
  completes: ["remote", "local"],
  urls: "all",
  run: (shell, call) => fetch(shell, call, { resume: true }),
});

const newer = defineVerb({
  names: ["newer"],
  group: "Transfer",
  summary: "fetch a file that is newer than the local one",
  usage: "[options] FILE [LOCAL]",
  oneShotUsage: "[options] URL...",
  options: { type: MANNER_OPTIONS.type, output: OUTPUT },
  positionals: { min: 1, max: ANY_NUMBER },
  completes: ["remote", "local"],
  urls: "all",
  run: (shell, call) => fetch(shell, call, { onlyNewer: true, clobber: true }),
});

const pget = defineVerb({
  names: ["pget"],
  group: "Transfer",
  summary: "fetch a large file over several connections",
  usage: "[options] FILE [LOCAL]",
  oneShotUsage: "[options] URL...",
  examples: [["pget --segments 8 a.iso", "over up to 8 connections"]],
  oneShotExamples: [
    ["ftp pget --segments 8 ftp://host/a.iso", "over up to 8 connections"],
  ],
  options: {
    "continue": MANNER_OPTIONS.continue,
    output: OUTPUT,
    segments: { ...SEGMENTS, default: 4, min: 1 },
  },
  positionals: { min: 1, max: ANY_NUMBER },
  completes: ["remote", "local"],
  urls: "all",
  run: (shell, call) => fetch(shell, call, {}),
});

const mget = defineVerb({
  names: ["mget"],
  group: "Transfer",
  summary: "fetch all files that patterns match",
  usage: "[options] PATTERN...",
  oneShotUsage: "[options] URL...",
  examples: [["mget *.log -o logs/", "all of them into logs"]],
  oneShotExamples: [
    ["ftp mget 'ftp://host/*.log' -o logs/", "all of them into logs"],
  ],
  options: OPTIONS,
  positionals: { min: 1, max: ANY_NUMBER },
  completes: ["remote"],
  globs: true,
  urls: "all",
  run: async (shell, call) => {
    const { args, options, signal } = call;
    const place = await placeOf(shell, options.output, true);
    const found = await matched(shell, place, args, signal);
    const distinct = distinctJobs(
      found,
      nameRulesOf(shell.machine.system),
      call.taken,
    );
    const jobs = await askEach(shell, "get", distinct, signal);
    await run(shell, call, place, jobs, {});
  },
});

/** What {@linkcode fetch} needs of a call. */
type FetchCall = Pick<Call, "args" | "isOneShot" | "signal" | "taken"> & {
  readonly options: MannerCall["options"] & {
    readonly output?: string | undefined;
    readonly segments?: number;
  };
};

/** Files that are named one by one. */
async function fetch(
  shell: Shell,
  call: FetchCall,
  manner: Partial<Manner>,
): Promise<void> {
  const { paths, typed } = argumentsOf(call);
  const place = await placeOf(shell, typed, paths.length > 1);
  const named = paths.map((path) => jobFor(shell, place, { path }));
  const jobs = distinctJobs(
    named,
    nameRulesOf(shell.machine.system),
    call.taken,
  );
  await run(shell, call, place, jobs, manner);
}

/** In the shell a second argument is the local name. */
function argumentsOf(
  { args, options, isOneShot }: FetchCall,
): { paths: readonly string[]; typed: string | undefined } {
  if (isOneShot) return { paths: args, typed: options.output };
  const [path, local, extra] = args;
  if (extra !== undefined || local && options.output !== undefined) {
    throw new UsageError(
      "expected FILE [LOCAL]; mget takes any number of files",
    );
  }
  return { paths: [path!], typed: local ?? options.output };
}

async function placeOf(
  shell: Shell,
  typed: string | undefined,
  several: boolean,
): Promise<Destination> {
  const place = await destinationOf(shell, typed, several);
  if (place.kind !== "output" || !shell.output.json) return place;
  throw new UsageError(
    "files and records cannot share the standard output; leave out --json",
  );
}

async function run(
  shell: Shell,
  call: FetchCall,
  place: Destination,
  jobs: readonly FileJob[],
  more: Partial<Manner>,
): Promise<void> {
  const { segments = 0 } = call.options;
  const manner = { ...mannerOf(shell, call), ...more };
  const { limit } = siteOf(shell).pool;
  if (segments > limit) {
    shell.output.note(`${limit} connection(s) at most: see parallel`);
  }
  await runTransfers(shell, jobs, {
    manner: segments > 1 ? { ...manner, segments } : manner,
    signal: call.signal,
    inOrder: place.kind === "output" || segments > 1,
  });
}

/** A name that cannot be used here is a failure of that file alone. */
function jobFor(
  shell: Shell,
  place: Destination,
  entry: Pick<ListEntry, "path"> & Partial<ListEntry>,
): FileJob {
  const { path, size, modified } = entry;
  const facts = { size, modified };
  const job = { direction: "download", remote: path, ...facts } as const;
  try {
    if (path === "" || path.endsWith("/")) throw isFolder(path);
    if (place.kind === "output") return { ...job, local: null };
    if (place.kind === "file") return { ...job, local: place.path };
    const local = pathForName(shell, place.path, lastName(path));
    return { ...job, local };
  } catch (error) {
    return { direction: "none", path, skipped: null, error };
  }
}

function isFolder(path: string): ShellError {
  const what = visible(path) || "this";
  return new ShellError("usage", `${what} is a folder; mirror fetches folders`);
}

/** What the patterns match; each one that matches nothing is a failure. */
async function matched(
  shell: Shell,
  place: Destination,
  patterns: readonly string[],
  signal: AbortSignal,
): Promise<FileJob[]> {
  const jobs: FileJob[] = [];
  for (const pattern of patterns) {
    const found = await expandRemote(shell, pattern, { signal });
    for (const entry of found) jobs.push(matchJob(shell, place, entry));
    if (found.length > 0) continue;
    const path = visible(pattern);
    const line = `nothing on the server matches ${path}`;
    const error = new ShellError("missing", line);
    jobs.push({ direction: "none", path, skipped: null, error });
  }
  return jobs;
}

function matchJob(
  shell: Shell,
  place: Destination,
  entry: ListEntry,
): FileJob {
  const { path, type } = entry;
  if (type === "directory") {
    const skipped = "is a folder (mirror fetches folders)";
    return { direction: "none", path, skipped };
  }
  // What LIST tells is the time of some zone, and what it tells of a link is
  // the link's own.
  const exact = hasMachineListings(siteOf(shell).pool.features);
  return jobFor(shell, place, {
    path,
    ...(type === "file" ? { size: entry.size } : {}),
    ...(type === "file" && exact ? { modified: entry.modified } : {}),
  });
}

/** Verbs that fetch files. */
export const GET_VERBS: readonly Verb[] = [get, reget, newer, pget, mget];
