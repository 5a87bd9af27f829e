/**
 * Verbs that remove, rename and change files of the server.
 *
 * @module
 */

import { UsageError } from "../../../../lib/cli.ts";
import { askYesNo } from "../../../../lib/terminal/mod.ts";
import { visible } from "../../../../lib/visible.ts";
import { pathIn } from "../../listing.ts";
import { failureOf, ShellError } from "../failure.ts";
import { type ModeChange, parseMode } from "../file_mode.ts";
import { lastName } from "../local_names.ts";
import { onEach, onPath, onServer } from "../on_server.ts";
import { exactPath, expandRemote } from "../remote_glob.ts";
import type { Shell } from "../shell.ts";
import { ANY_NUMBER, type Call, defineVerb, type Verb } from "../verb.ts";
import { noMatch } from "./listing.ts";

const remove = defineVerb({
  names: ["delete"],
  group: "Change",
  summary: "remove a file of the server",
  usage: "FILE",
  positionals: { min: 1, max: 1 },
  completes: ["remote"],
  run: async (shell, { args: [path = ""], signal }) => {
    await removeFile(shell, path, signal);
  },
});

async function removeFile(
  shell: Shell,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  await onPath(
    shell,
    path,
    (client, signal) => client.remove(path, { signal }),
    signal,
  );
}

const RM_OPTIONS = {
  recursive: {
    type: "flag",
    short: "r",
    help: "folders, too, with all that is in them",
  },
  force: { type: "flag", short: "f", help: "what is missing is no failure" },
} as const;

const rm = defineVerb({
  names: ["rm"],
  group: "Change",
  summary: "remove files of the server, by their exact names",
  usage: "[-r] [-f] PATH...",
  options: RM_OPTIONS,
  positionals: { min: 1, max: ANY_NUMBER },
  completes: ["remote"],
  urls: "all",
  oneShotUsage: "[-r] [-f] URL...",
  run: async (shell, call) => {
    const { args, signal } = call;
    for (const path of args) refuseWhole(path);
    await onEach(shell, args, signal, (path) => removePath(shell, path, call));
  },
});

/** A slip must not empty a server. */
function refuseWhole(path: string): void {
  if (!/^[./]*$/.test(path)) return;
  throw new UsageError(
    `rm: ${path || "a URL without a path"} is a folder to work in; ` +
      `name what is in it`,
  );
}

async function removePath(
  shell: Shell,
  path: string,
  { options, signal }: Call<typeof RM_OPTIONS>,
): Promise<void> {
  try {
    if (!options.recursive) return await removeFile(shell, path, signal);
    await onPath(
      shell,
      path,
      (client, signal) =>
        client.removeDirectory(path, { recursive: true, signal }),
      signal,
    );
  } catch (error) {
    signal.throwIfAborted();
    if (!options.force || failureOf(error).kind !== "missing") throw error;
  }
}

const mdelete = defineVerb({
  names: ["mdelete", "mrm"],
  group: "Change",
  summary: "remove files of the server whose names match",
  usage: "PATTERN...",
  examples: [["mdelete *.tmp", "set prompt on asks for each"]],
  positionals: { min: 1, max: ANY_NUMBER },
  completes: ["remote"],
  globs: true,
  run: async (shell, { args, signal }) => {
    const paths = await filesOf(shell, args, signal);
    await onEach(shell, paths, signal, async (path) => {
      if (await isWanted(shell, path, signal)) {
        await removeFile(shell, path, signal);
      }
    });
  },
});

/** Nothing is removed before all is known. */
async function filesOf(
  shell: Shell,
  patterns: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const paths = new Set<string>();
  for (const pattern of patterns) {
    const path = exactPath(pattern);
    if (path !== null) paths.add(path);
    else {for (const path of await matches(shell, pattern, signal)) {
        paths.add(path);
      }}
  }
  return [...paths];
}

async function matches(
  shell: Shell,
  pattern: string,
  signal: AbortSignal,
): Promise<string[]> {
  const found = await expandRemote(shell, pattern, { signal });
  if (found.length === 0) throw noMatch(pattern);
  const files = found.filter(({ type }) => type !== "directory");
  const folders = found.length - files.length;
  if (folders > 0) shell.output.note(`folders are left: ${folders}`);
  return files.map(({ path }) => path);
}

async function isWanted(
  { state, terminal }: Shell,
  path: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (state.settings.prompt !== "on" || terminal === null) return true;
  const question = `Remove ${visible(path)}?`;
  return await askYesNo(terminal, question, { signal });
}

const rename = defineVerb({
  names: ["rename", "mv"],
  group: "Change",
  summary: "give a file or folder of the server another name",
  usage: "FROM TO",
  examples: [
    ["mv draft.txt final.txt", "another name"],
    ["mv final.txt done/", "into the folder done"],
  ],
  oneShotExamples: [
    ["ftp mv ftp://bob@host/in/a.txt b.txt", "another name, same folder"],
    ["ftp mv ftp://bob@host/in/a.txt /done/", "into the folder done"],
  ],
  positionals: { min: 2, max: 2 },
  completes: ["remote", "remote"],
  urls: "first",
  oneShotUsage: "URL NEW",
  run: async (shell, { args: [from = "", to = ""], signal }) => {
    if (from === "") throw new UsageError("mv: the URL names nothing to move");
    const target = to.endsWith("/") ? pathIn(to, lastName(from)) : to;
    await onPath(
      shell,
      from,
      (client, signal) => client.rename(from, target, { signal }),
      signal,
    );
  },
});

const chmod = defineVerb({
  names: ["chmod"],
  group: "Change",
  summary: "change who may do what with files of the server",
  usage: "MODE FILE...",
  examples: [
    ["chmod 644 a.html", "all may read, you may write"],
    ["chmod u+x,go-w run.sh", "a change of what is there"],
  ],
  positionals: { min: 2, max: ANY_NUMBER },
  completes: ["any", "remote"],
  run: async (shell, { args: [text = "", ...paths], signal }) => {
    const change = parseMode(text);
    await onEach(shell, paths, signal, async (path) => {
      const mode = await modeFor(shell, path, change, signal);
      await onPath(
        shell,
        path,
        (client, signal) => client.chmod(path, mode, { signal }),
        signal,
      );
    });
  },
});

async function modeFor(
  shell: Shell,
  path: string,
  change: ModeChange,
  signal: AbortSignal,
): Promise<number> {
  if (change.absolute) return change.apply(0, false);
  const entry = await onServer(
    shell,
    (client, signal) => client.stat(path, { signal }),
    signal,
  );
  const shown = visible(path);
  if (entry === null) {
    throw new ShellError(
      "missing",
      `${shown}: there is no such file or folder`,
    );
  }
  if (entry.mode !== undefined) {
    return change.apply(entry.mode, entry.type === "directory");
  }
  throw new ShellError(
    "failed",
    `${shown}: the server does not tell its mode; give all of the new one, ` +
      `such as 644`,
  );
}

/** Verbs that change what is on the server. */
export const CHANGE_VERBS: readonly Verb[] = [
  remove,
  rm,
  mdelete,
  rename,
  chmod,
];
