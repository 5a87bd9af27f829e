/**
 * Verbs for folders with all that is below them.
 *
 * @module
 */

import { UsageError } from "../../../../lib/cli.ts";
import { globMatcher } from "../../../../lib/glob.ts";
import { visible } from "../../../../lib/visible.ts";
import type { ListEntry } from "../../listing.ts";
import { bytesText } from "../entry_lines.ts";
import { entryRecord, plainType } from "../entry_record.ts";
import {
  createTally,
  onEach,
  onPath,
  shownPath,
  type Tally,
} from "../on_server.ts";
import type { Shell } from "../shell.ts";
import { ANY_NUMBER, type Call, defineVerb, type Verb } from "../verb.ts";
import { createUnreadable } from "../unreadable.ts";
import { type Totals, type Visitor, walk } from "../walk.ts";

/** What is deeper has no end. */
const DEEPEST = 100;

const FIND_OPTIONS = {
  name: {
    type: "text",
    placeholder: "GLOB",
    help: "only names like this: '*.jpg'",
  },
  type: {
    type: "choice",
    choices: ["file", "directory", "link"],
    help: "only these",
  },
  "max-depth": {
    type: "integer",
    default: DEEPEST,
    min: 1,
    max: DEEPEST,
    help: "folders in folders to look into",
    placeholder: "N",
  },
} as const;

const find = defineVerb({
  names: ["find"],
  group: "Folders",
  summary: "list everything below a folder of the server",
  usage: "[options] [PATH]",
  examples: [["find --name '*.jpg' pub", "pictures anywhere in pub"]],
  oneShotExamples: [
    ["ftp find --name '*.jpg' ftp://host/pub", "pictures anywhere in pub"],
  ],
  options: FIND_OPTIONS,
  positionals: { max: 1 },
  completes: ["remote-folder"],
  urls: "one",
  oneShotUsage: "[options] URL",
  run: async (shell, call) => {
    const { args: [path = ""], options, signal } = call;
    const tally = createTally(shell);
    const fits = filterOf(call);
    const unreadable = createUnreadable(shell);
    const print = (entry: ListEntry) => {
      shell.output.line(visible(entry.path));
      shell.output.record(entryRecord(entry));
    };
    await onPath(shell, path, (client, signal) =>
      walk(client, path, {
        entry(entry) {
          if (!unreadable.add(entry) && fits(entry)) print(entry);
        },
        failed: (path, error) => tally.add(path, error),
      }, { depth: depthOf(options["max-depth"]), signal }), signal);
    unreadable.end();
    tally.end(notListed(tally));
  },
});

/** Deeper folders are left out when that was wanted, else they are told. */
function depthOf(depth: number): number {
  return depth < DEEPEST ? depth : Infinity;
}

function notListed({ failed }: Tally): string {
  return `${failed} folder${failed === 1 ? "" : "s"} could not be listed`;
}

function filterOf(
  { options: { name, type } }: Call<typeof FIND_OPTIONS>,
): (entry: ListEntry) => boolean {
  const fits = name === undefined ? () => true : globMatcher(name);
  return (entry) =>
    (type === undefined || plainType(entry) === type) && fits(entry.name);
}

const DU_OPTIONS = {
  summarize: { type: "flag", short: "s", help: "only the sum of each PATH" },
  human: { type: "flag", short: "h", help: "sizes with units" },
  "max-depth": {
    type: "integer",
    default: DEEPEST,
    max: DEEPEST,
    help: "folders in folders to show; all are counted",
    placeholder: "N",
  },
} as const;

const du = defineVerb({
  names: ["du"],
  group: "Folders",
  summary: "how many bytes folders of the server have",
  usage: "[options] [PATH]...",
  examples: [["du -sh pub", "one line for pub"]],
  oneShotExamples: [["ftp du -sh ftp://host/pub", "one line for pub"]],
  options: DU_OPTIONS,
  positionals: { max: ANY_NUMBER },
  completes: ["remote-folder"],
  urls: "all",
  oneShotUsage: "[options] URL...",
  run: async (shell, { args, options, given, signal }) => {
    if (options.summarize && given.has("max-depth")) {
      throw new UsageError(
        "du: --summarize and --max-depth exclude each other",
      );
    }
    const depth = options.summarize ? 0 : options["max-depth"];
    const paths = args.length > 0 ? args : [""];
    await onEach(shell, paths, signal, async (path) => {
      await sumUp(shell, path, { depth, human: options.human, signal });
    });
  },
});

interface SumOptions {
  readonly depth: number;
  readonly human: boolean;
  readonly signal: AbortSignal;
}

async function sumUp(
  shell: Shell,
  path: string,
  { depth, human, signal }: SumOptions,
): Promise<void> {
  const { output } = shell;
  const tally = createTally(shell);
  const unreadable = createUnreadable(shell);
  const visitor: Visitor = {
    entry: (entry) => void unreadable.add(entry),
    folder(path, at, { size, files, directories }: Totals) {
      if (at > depth) return;
      const name = path === "" ? "." : path;
      output.line(`${bytesText(size, human).padStart(12)}  ${shownPath(path)}`);
      output.record({ path: name, size, files, directories });
    },
    failed: (path, error) => tally.add(path, error),
  };
  await onPath(
    shell,
    path,
    (client, signal) => walk(client, path, visitor, { signal }),
    signal,
  );
  unreadable.end();
  tally.end(`${notListed(tally)}: the sum lacks what is in there`);
}

/** Verbs for trees of folders. */
export const TREE_VERBS: readonly Verb[] = [find, du];
