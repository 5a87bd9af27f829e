/**
 * Verbs that send files.
 *
 * @module
 */

import { UsageError } from "../../../../lib/cli.ts";
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
import { expandLocal } from "../local_glob.ts";
import { isFolder, lastName } from "../local_names.ts";
import { type PathFor, remoteTarget } from "../remote_target.ts";
import { localPath, type Shell } from "../shell.ts";
import { runTransfers } from "../transfer_run.ts";
import { ANY_NUMBER, type Call, defineVerb, type Verb } from "../verb.ts";

const put = defineVerb({
  names: ["put", "send"],
  group: "Transfer",
  summary: "send a file",
  usage: "[options] FILE [REMOTE]",
  oneShotUsage: "[options] FILE... URL",
  examples: [
    ["put a.txt", "into the folder on the server"],
    ["put a.txt b.txt", "under another name"],
    ["put - log.txt", "what comes on the standard input"],
  ],
  oneShotExamples: [
    ["ftp put *.pdf ftp://bob@host/in/", "into the folder in"],
    ["ftp put a.txt ftp://bob@host/b.txt", "under another name"],
    ["make | ftp put - ftp://bob@host/log", "what another program says"],
  ],
  options: {
    ...MANNER_OPTIONS,
    unique: { type: "flag", help: "let the server choose a free name (STOU)" },
  },
  positionals: { min: 1, max: ANY_NUMBER },
  completes: ["local", "remote"],
  urls: "last",
  run: (shell, call) => {
    const { unique } = call.options;
    return unique ? sendUnique(shell, call) : send(shell, call, {});
  },
});

const reput = defineVerb({
  names: ["reput"],
  group: "Transfer",
  summary: "send the rest of a file",
  usage: "FILE [REMOTE]",
  oneShotUsage: "[options] FILE... URL",
  positionals: { min: 1, max: ANY_NUMBER },
  completes: ["local", "remote"],
  urls: "last",
  run: (shell, call) => send(shell, call, { resume: true }),
});

const append = defineVerb({
  names: ["append"],
  group: "Transfer",
  summary: "add a file to the end of one on the server",
  usage: "[options] FILE [REMOTE]",
  oneShotUsage: "[options] FILE URL",
  options: { type: MANNER_OPTIONS.type },
  positionals: { min: 1, max: ANY_NUMBER },
  completes: ["local", "remote"],
  urls: "last",
  run: (shell, call) => send(shell, call, { append: true }),
});

const mput = defineVerb({
  names: ["mput"],
  group: "Transfer",
  summary: "send all files that patterns match",
  usage: "[options] PATTERN...",
  oneShotUsage: "[options] PATTERN... URL",
  examples: [["mput *.jpg -o photos/", "all of them into photos"]],
  options: {
    ...MANNER_OPTIONS,
    output: {
      type: "text",
      short: "o",
      placeholder: "FOLDER",
      help: "the folder on the server",
    },
  },
  positionals: { min: 1, max: ANY_NUMBER },
  completes: ["local"],
  globs: true,
  urls: "last",
  run: async (shell, call) => {
    const { options, args, isOneShot, signal } = call;
    const patterns = isOneShot ? args.slice(0, -1) : args;
    const typed = isOneShot ? args.at(-1) : options.output;
    const pathFor = await remoteTarget(shell, typed, true, signal);
    const found = await matched(shell, patterns, pathFor);
    const distinct = distinctJobs(found, nameRulesOf(shell.machine.system));
    const jobs = await askEach(shell, "put", distinct, signal);
    await runTransfers(shell, jobs, { manner: mannerOf(shell, call), signal });
  },
});

/** What {@linkcode send} needs of a call. */
type SendCall = Pick<Call, "args" | "isOneShot" | "signal"> & MannerCall;

/** Files that are named one by one. */
async function send(
  shell: Shell,
  call: SendCall,
  more: Partial<Manner>,
): Promise<void> {
  const { files, typed } = argumentsOf(call);
  const { signal } = call;
  const several = files.length > 1;
  const pathFor = await remoteTarget(shell, typed, several, signal);
  const named: FileJob[] = [];
  for (const file of files) named.push(await jobFor(shell, file, pathFor));
  const manner = { ...mannerOf(shell, call), ...more };
  // Several may be added to one file, in the order in which they were named.
  const { append: inOrder = false } = manner;
  const jobs = inOrder
    ? named
    : distinctJobs(named, nameRulesOf(shell.machine.system));
  await runTransfers(shell, jobs, { manner, signal, inOrder });
}

/** The server is only told a name when there is one to tell. */
async function sendUnique(shell: Shell, call: SendCall): Promise<void> {
  const { files, typed = "" } = argumentsOf(call);
  const { signal } = call;
  const jobs: FileJob[] = [];
  for (const file of files) jobs.push(await jobFor(shell, file, () => typed));
  const manner = { ...mannerOf(shell, call), unique: true };
  await runTransfers(shell, jobs, { manner, signal });
}

/** The last argument is the place on the server; in the shell there need be none. */
function argumentsOf(
  { args, isOneShot }: SendCall,
): { files: readonly string[]; typed: string | undefined } {
  if (isOneShot) {
    if (args.length > 1) {
      return { files: args.slice(0, -1), typed: args.at(-1) };
    }
    throw new UsageError("expected FILE... and a URL, got no file");
  }
  if (args.length <= 2) return { files: [args[0]!], typed: args[1] };
  throw new UsageError(
    "expected FILE [REMOTE]; mput takes any number of files",
  );
}

/** What cannot be sent is a failure of that file alone. */
async function jobFor(
  shell: Shell,
  file: string,
  pathFor: PathFor,
): Promise<FileJob> {
  try {
    if (file === "-") return inputJob(pathFor);
    const name = lastName(file, nameRulesOf(shell.machine.system));
    const local = localPath(shell, file);
    const remote = pathFor(name);
    const job = { direction: "upload", name: file, local, remote } as const;
    if (await isFolder(shell.files, local)) throw folderError(file);
    const there = await shell.files.stat(local);
    return there?.type === "file" ? { ...job, size: there.size } : job;
  } catch (error) {
    return { direction: "none", path: file, skipped: null, error };
  }
}

/** What comes on the standard input has no name of its own. */
function inputJob(pathFor: PathFor): FileJob {
  const remote = pathFor("-");
  if (remote !== pathFor("x")) {
    throw new UsageError("put - NAME: the standard input has no name");
  }
  return { direction: "upload", name: "standard input", local: null, remote };
}

function folderError(file: string): ShellError {
  const line = `${visible(file)} is a folder; mirror -R sends folders`;
  return new ShellError("local", line);
}

/** What the patterns match; each one that matches nothing is a failure. */
async function matched(
  shell: Shell,
  patterns: readonly string[],
  pathFor: PathFor,
): Promise<FileJob[]> {
  const jobs: FileJob[] = [];
  for (const pattern of patterns) {
    const found = await expandLocal(shell, pattern);
    for (const { path, type, size } of found) {
      const skipped = "is a folder (mirror -R sends folders)";
      jobs.push(
        type === "directory"
          ? { direction: "none", path, skipped }
          : matchJob(shell, path, size, pathFor),
      );
    }
    if (found.length > 0) continue;
    const path = visible(pattern);
    const error = new ShellError("local", `nothing here matches ${path}`);
    jobs.push({ direction: "none", path, skipped: null, error });
  }
  return jobs;
}

function matchJob(
  shell: Shell,
  path: string,
  size: number,
  pathFor: PathFor,
): FileJob {
  const local = localPath(shell, path);
  try {
    const remote = pathFor(lastName(path));
    return { direction: "upload", name: path, local, remote, size };
  } catch (error) {
    return { direction: "none", path, skipped: null, error };
  }
}

/** Verbs that send files. */
export const PUT_VERBS: readonly Verb[] = [put, reput, append, mput];
