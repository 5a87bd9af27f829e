/**
 * The verb that makes one folder like another.
 *
 * @module
 */

import { UsageError } from "../../../../lib/cli.ts";
import { nameRulesOf } from "../../mirror/local_name.ts";
import {
  mirror,
  type MirrorOptions,
  type MirrorSide,
} from "../../mirror/mod.ts";
import { absolutePath } from "../absolute_path.ts";
import { lastName, pathForName } from "../local_names.ts";
import { createMirrorReport } from "../mirror_report.ts";
import { clearer } from "../on_server.ts";
import { localPath, type Shell, siteOf } from "../shell.ts";
import { asIncomplete } from "../transfer_failures.ts";
import { type Call, defineVerb, type Verb } from "../verb.ts";

const OPTIONS = {
  reverse: {
    type: "flag",
    short: "R",
    help: "from here to the server",
    group: "What",
  },
  "dry-run": {
    type: "flag",
    short: "n",
    help: "tell what would be done, and do nothing",
    group: "What",
  },
  delete: {
    type: "flag",
    help: "remove what the source lacks",
    group: "What",
  },
  include: {
    type: "texts",
    short: "i",
    placeholder: "PATTERN",
    help: "only such files: *.jpg, /a/**/b",
    group: "What",
  },
  exclude: {
    type: "texts",
    short: "x",
    placeholder: "PATTERN",
    help: "leave these out; with / at the end folders only",
    group: "What",
  },
  "only-existing": {
    type: "flag",
    help: "leave out what the target lacks",
    group: "What",
  },
  compare: {
    type: "choice",
    choices: ["newer", "size", "time", "hash"],
    default: "newer",
    help: "what makes files of one size different",
    group: "How",
  },
  links: {
    type: "choice",
    choices: ["skip", "follow"],
    default: "skip",
    help: "report links, or mirror what they lead to",
    group: "How",
  },
  segments: {
    type: "integer",
    default: 1,
    min: 1,
    max: 64,
    placeholder: "N",
    help: "connections for one large download",
    group: "How",
  },
  "max-depth": {
    type: "integer",
    default: 100,
    placeholder: "N",
    help: "folders in folders that are too many",
    group: "How",
  },
} as const;

type MirrorCall = Call<typeof OPTIONS>;

const verb = defineVerb({
  names: ["mirror"],
  group: "Transfer",
  summary: "make a folder like another one",
  usage: "[options] REMOTE [LOCAL]  |  mirror -R [options] LOCAL [REMOTE]",
  oneShotUsage: "[options] URL [LOCAL]  |  mirror [options] LOCAL URL",
  examples: [
    ["mirror pub", "fetches what is new of pub"],
    ["mirror -n --delete pub", "tells what would change"],
    ["mirror -R --exclude .git/ site www", "sends site"],
  ],
  oneShotExamples: [
    ["ftp mirror ftp://host/pub ./pub", "fetches what is new of pub"],
    ["ftp mirror -n --delete ./www ftp://bob@host/www", "what would change"],
    ["ftp mirror --exclude .git/ ./www ftp://bob@host/www", "sends www"],
  ],
  options: OPTIONS,
  positionals: { min: 1, max: 2 },
  completes: ["remote-folder", "local-folder"],
  urls: "one",
  run: async (shell, call) => {
    const { settings } = shell.state;
    if (settings.clobber === "off" && !call.options["dry-run"]) {
      throw new UsageError(
        "mirror replaces files that are older, which clobber=off forbids",
      );
    }
    const { source, target } = await sidesOf(shell, call);
    await run(shell, source, target, call);
  },
});

async function run(
  shell: Shell,
  source: MirrorSide,
  target: MirrorSide,
  { options, signal }: MirrorCall,
): Promise<void> {
  const dryRun = options["dry-run"];
  const report = createMirrorReport(shell, { dryRun });
  try {
    report.end(
      await mirror(source, target, {
        ...fromOptions(options),
        ...fromShell(shell),
        onStep: report.step,
        onFailure: report.failure,
        onProgress: report.progress,
        signal,
      }),
    );
  } catch (error) {
    const { path } = [source, target].find((side) => typeof side === "object")!;
    throw asIncomplete(await clearer(shell, path, error, signal), "the mirror");
  } finally {
    report.close();
  }
}

function fromOptions(options: MirrorCall["options"]): MirrorOptions {
  const { compare, links, segments, include, exclude } = options;
  return {
    dryRun: options["dry-run"],
    delete: options.delete,
    onlyExisting: options["only-existing"],
    maxDepth: options["max-depth"],
    compare,
    links,
    segments,
    include,
    exclude,
  };
}

function fromShell({ state, files, machine, clock }: Shell): MirrorOptions {
  const { settings, rateLimit } = state;
  return {
    hidden: settings.hidden === "on",
    verify: settings.verify,
    names: nameRulesOf(machine.system),
    files,
    clock,
    ...(rateLimit === null ? {} : { rateLimit }),
  };
}

/** Which argument is on the server: the URL, or what the direction says. */
async function sidesOf(
  shell: Shell,
  call: MirrorCall,
): Promise<{ source: MirrorSide; target: MirrorSide }> {
  const { args, isOneShot, remoteArgument, options, signal } = call;
  if (isOneShot && options.reverse) {
    throw new UsageError("-R is for the shell: here the URL is the direction");
  }
  const isUpload = isOneShot ? remoteArgument === 1 : options.reverse;
  const [first, second] = [args[0]!, args[1]];
  const { pool } = siteOf(shell);
  const onServer = async (path: string) => ({
    pool,
    path: await absolutePath(shell, path, signal),
  });
  if (!isUpload) {
    const target = second === undefined
      ? folderFor(shell, first)
      : localPath(shell, second);
    return { source: await onServer(first), target };
  }
  const name = lastName(first, nameRulesOf(shell.machine.system));
  const path = second ?? (name === "." ? "" : name);
  if (path === "..") throw nameless(first);
  return { source: localPath(shell, first), target: await onServer(path) };
}

/** A folder of the same name; the current one becomes the current one. */
function folderFor(shell: Shell, path: string): string {
  const name = lastName(path);
  if (name === "..") throw nameless(path);
  if (name === "" || name === ".") return localPath(shell, ".");
  return pathForName(shell, "", name);
}

function nameless(path: string): UsageError {
  return new UsageError(`${path} has no name of its own: name the target, too`);
}

/** The verb that makes one folder like another. */
export const MIRROR_VERBS: readonly Verb[] = [verb];
