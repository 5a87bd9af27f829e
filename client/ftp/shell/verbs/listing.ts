/**
 * Verbs that list folders of the server.
 *
 * @module
 */

import { isGlob } from "../../../../lib/glob.ts";
import { visible } from "../../../../lib/visible.ts";
import type { FtpClient } from "../../client.ts";
import type { ListEntry } from "../../listing.ts";
import { entryOrder, LIST_OPTIONS } from "../entry_order.ts";
import { failureOf, ShellError } from "../failure.ts";
import { onEach, onPath } from "../on_server.ts";
import { type EntryForm, printEntries } from "../print_entries.ts";
import { printLines } from "../print_lines.ts";
import { readListing } from "../read_listing.ts";
import { exactPath, expandRemote } from "../remote_glob.ts";
import type { Shell } from "../shell.ts";
import { ANY_NUMBER, type Call, defineVerb, type Verb } from "../verb.ts";

const OPTIONS = {
  ...LIST_OPTIONS,
  directory: {
    type: "flag",
    short: "d",
    help: "the folder itself, not what is in it",
  },
  raw: { type: "flag", help: "what the server sends, line by line" },
} as const;

type ListCall = Call<typeof OPTIONS>;

/** How the options and the settings want entries to be shown. */
export function formOf(
  { state, output }: Shell,
  { options, given }: Call<typeof LIST_OPTIONS>,
  isLong: boolean,
): EntryForm {
  const ordered = ["time", "size", "reverse"].some((name) => given.has(name));
  return {
    long: options.long || (isLong && !options.names),
    human: options.human,
    // Programs need not wait for an order that nobody asked for.
    order: output.json && !ordered ? null : entryOrder(options),
    hidden: options.all || state.settings.hidden === "on",
    label: "name",
  };
}

async function list(
  shell: Shell,
  call: ListCall,
  isLong: boolean,
): Promise<void> {
  const { args, signal, isOneShot } = call;
  const form = formOf(shell, call, isLong);
  const paths = args.length > 0 ? args : [""];
  let first = true;
  await onEach(shell, paths, signal, async (arg) => {
    if (!first) shell.output.line("");
    first = false;
    const path = isOneShot ? arg : exactPath(arg);
    if (path === null) await listMatches(shell, arg, form, signal);
    else await listPath(shell, path, form, call);
  });
}

/** Shows what is in a folder, or a file, or with `-d` just what it is. */
async function listPath(
  shell: Shell,
  path: string,
  form: EntryForm,
  { args, options, isOneShot, signal }: ListCall,
): Promise<void> {
  const { hidden } = form;
  const titled = args.length > 1;
  if (options.raw) {
    const command = "LIST";
    const all = options.all; // Whoever wants it as it is gets what they typed.
    return await printLines(shell, path, { command, hidden: all, signal });
  }
  try {
    await onPath(shell, path, async (client, signal) => {
      if (options.directory) {
        const entry = await entryOf(client, path, signal);
        return await printEntries(shell, [entry], pathForm(form));
      }
      const entries = readListing(client, path, { hidden, signal });
      await printEntries(shell, entries, form, { path, titled });
    }, signal);
  } catch (error) {
    const isMissing = failureOf(error).kind === "missing";
    if (!isOneShot || !isMissing || !isGlob(path)) throw error;
    await listMatches(shell, path, form, signal);
  }
}

/** What was asked for by name is shown by its path, dot or not. */
function pathForm(form: EntryForm): EntryForm {
  return { ...form, label: "path", hidden: true };
}

async function entryOf(
  client: FtpClient,
  path: string,
  signal: AbortSignal,
): Promise<ListEntry> {
  const known = await client.stat(path || ".", { signal });
  if (known !== null) return { ...known, path: path || "." };
  throw new ShellError(
    "missing",
    `${visible(path)}: there is no such file or folder on the server`,
  );
}

async function listMatches(
  shell: Shell,
  pattern: string,
  form: EntryForm,
  signal: AbortSignal,
): Promise<void> {
  const found = await expandRemote(shell, pattern, { signal });
  if (found.length === 0) throw noMatch(pattern);
  await printEntries(shell, found, pathForm(form));
}

/** Nothing has the name that a pattern asks for. */
export function noMatch(pattern: string): ShellError {
  return new ShellError(
    "missing",
    `nothing on the server matches ${visible(pattern)}; ` +
      `put a name that has * ? or [ in it in quotes`,
  );
}

const COMMON = {
  group: "Folders",
  options: OPTIONS,
  positionals: { max: ANY_NUMBER },
  completes: ["remote"],
  globs: true,
} as const;

const ls = defineVerb({
  ...COMMON,
  names: ["ls", "dir"],
  summary: "list folders of the server",
  usage: "[options] [PATH | PATTERN]...",
  examples: [
    ["ls -lt", "newest first"],
    ["ls -1 *.iso", "names that match"],
  ],
  oneShotExamples: [
    ["ftp ls -lt ftp://host/pub", "newest first"],
    ["ftp ls --json ftp://host/pub", "for programs"],
  ],
  urls: "all",
  oneShotUsage: "[options] URL...",
  run: (shell, call) => list(shell, call, true),
});

const mls = defineVerb({
  ...COMMON,
  names: ["mls"],
  summary: "list names, of several folders or patterns",
  usage: "[options] PATH | PATTERN...",
  positionals: { min: 1, max: ANY_NUMBER },
  run: (shell, call) => list(shell, call, false),
});

const mdir = defineVerb({
  ...COMMON,
  names: ["mdir"],
  summary: "the same with mode, size and time",
  usage: "[options] PATH | PATTERN...",
  positionals: { min: 1, max: ANY_NUMBER },
  run: (shell, call) => list(shell, call, true),
});

const nlist = defineVerb({
  names: ["nlist"],
  group: "Folders",
  summary: "list names, as the server writes them: NLST",
  usage: "[PATH]...",
  positionals: { max: ANY_NUMBER },
  completes: ["remote"],
  run: async (shell, { args, signal }) => {
    const options = { command: "NLST", hidden: false, signal } as const;
    const paths = args.length > 0 ? args : [""];
    await onEach(
      shell,
      paths,
      signal,
      (path) => printLines(shell, path, options),
    );
  },
});

/** Verbs that list folders. */
export const LISTING_VERBS: readonly Verb[] = [ls, nlist, mls, mdir];
