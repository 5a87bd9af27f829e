/**
 * What the Tab key can add to a line of the shell: verbs, options, names here
 * and on the server, bookmarks, settings.
 *
 * @module
 */

import type {
  Candidate,
  Completer,
  Completion,
} from "../../../lib/terminal/mod.ts";
import { readBookmarks } from "./bookmarks_file.ts";
import { findVerb } from "./dispatch.ts";
import {
  type FolderNames,
  folderNames,
  type KnownName,
} from "./folder_names.ts";
import { type SettingName, SETTINGS } from "./settings.ts";
import type { Shell } from "./shell.ts";
import type { ArgumentKind, Verb } from "./verb.ts";
import { quoteWord, type UnfinishedWord, wordAt } from "./words.ts";

/** Aliases and `queue`s in front of a verb that are too many. */
const MOST_DETOURS = 20;

/**
 * Completes lines of this shell. Names on the server come from a listing of
 * their folder, which is asked for at most once in some seconds. What cannot
 * be found out is left out without a word.
 */
export function shellCompleter(shell: Shell): Completer {
  const names = folderNames(shell);
  return async (line, cursor, signal) => {
    const word = wordAt(line, cursor);
    if (word === null) return null;
    const candidates = await candidatesFor({ shell, names, signal }, word);
    return { from: word.start, candidates } satisfies Completion;
  };
}

interface Scene {
  readonly shell: Shell;
  readonly names: FolderNames;
  readonly signal: AbortSignal;
}

async function candidatesFor(
  scene: Scene,
  { before, text, typed, redirect }: UnfinishedWord,
): Promise<readonly Candidate[]> {
  if (redirect) return await localNames(scene, text, false);
  const words = before.map((word) => word.text);
  const command = commandOf(scene.shell, words);
  if (command === null) return [];
  if (command.verb === null) return beginning(verbNames(scene.shell), text);
  const { verb, args } = command;
  if (typed.startsWith("-")) return beginning(optionNames(verb), text);
  const plain = args.filter((arg) => !arg.startsWith("-"));
  return await argumentsFor(scene, verb, plain, text);
}

/** The verb that a word belongs to: `null` when the word is one itself. */
interface Command {
  readonly verb: Verb | null;
  readonly args: readonly string[];
}

/** `null` when the line makes no sense. */
function commandOf(
  shell: Shell,
  words: readonly string[],
): Command | null {
  let left = words;
  for (let detours = 0; detours < MOST_DETOURS; detours++) {
    const [name, ...args] = left;
    if (name === undefined) return { verb: null, args };
    const alias = shell.state.aliases.get(name);
    if (alias === undefined) {
      const verb = verbOf(shell, name);
      if (verb === null || verb.raw !== "command") {
        return verb && { verb, args };
      }
      if (verb.completes?.[0] !== "verb") return { verb, args };
      left = args;
    } else left = [...alias.split(/\s+/), ...args];
  }
  return null;
}

function verbOf({ verbs }: Shell, name: string): Verb | null {
  try {
    return findVerb(verbs, name);
  } catch {
    return null;
  }
}

async function argumentsFor(
  scene: Scene,
  { completes = [] }: Verb,
  args: readonly string[],
  text: string,
): Promise<readonly Candidate[]> {
  const kind = completes[args.length] ?? completes.at(-1) ?? "any";
  if (kind.startsWith("remote")) {
    return await remoteNames(scene, text, kind === "remote-folder");
  }
  if (kind.startsWith("local")) {
    return await localNames(scene, text, kind === "local-folder");
  }
  return beginning(await wordsOf(scene.shell, kind, args), text);
}

/** The words of a kind that is no path. */
async function wordsOf(
  shell: Shell,
  kind: ArgumentKind,
  args: readonly string[],
): Promise<readonly string[]> {
  switch (kind) {
    case "verb":
      return verbNames(shell);
    case "bookmark": {
      const urls = await readBookmarks(shell.machine).catch(() => new Map());
      return [...urls.keys()];
    }
    case "setting":
      return args.length === 0 ? Object.keys(SETTINGS) : valuesOf(args[0]!);
    default:
      return [];
  }
}

function valuesOf(setting: string): readonly string[] {
  const spec = Object.hasOwn(SETTINGS, setting)
    ? SETTINGS[setting as SettingName]
    : null;
  if (spec?.type === "choice") return spec.choices;
  return spec?.type === "flag" ? ["on", "off"] : [];
}

function verbNames({ state, verbs }: Shell): readonly string[] {
  return [...verbs.flatMap(({ names }) => names), ...state.aliases.keys()];
}

function optionNames({ options = {} }: Verb): readonly string[] {
  return [...Object.keys(options), "help"].map((name) => `--${name}`);
}

function beginning(words: readonly string[], text: string): Candidate[] {
  return [...new Set(words)].filter((word) => word.startsWith(text)).sort()
    .map((value) => ({ value }));
}

async function remoteNames(
  { names, signal }: Scene,
  text: string,
  foldersOnly: boolean,
): Promise<readonly Candidate[]> {
  const { folder, name } = split(text);
  const known = await names.remote(folder, signal);
  return pathsOf(known, { folder, name, foldersOnly });
}

async function localNames(
  { names, signal }: Scene,
  text: string,
  foldersOnly: boolean,
): Promise<readonly Candidate[]> {
  const { folder, name } = split(text);
  const known = await names.local(folder, signal);
  return pathsOf(known, { folder, name, foldersOnly });
}

/** What was typed of a path: up to the last slash, and behind it. */
function split(text: string): { folder: string; name: string } {
  const end = text.lastIndexOf("/") + 1;
  return { folder: text.slice(0, end), name: text.slice(end) };
}

function pathsOf(
  known: readonly KnownName[],
  { folder, name, foldersOnly }: {
    readonly folder: string;
    readonly name: string;
    readonly foldersOnly: boolean;
  },
): Candidate[] {
  const fitting = known.filter((one) =>
    one.name.startsWith(name) && (name !== "" || !one.name.startsWith(".")) &&
    (one.type !== "file" || !foldersOnly)
  );
  fitting.sort((a, b) => a.name < b.name ? -1 : 1);
  return fitting.map(({ name, type }) => {
    const slash = type === "directory" ? "/" : "";
    const value = quoteWord(harmless(`${folder}${name}${slash}`));
    return { value, label: `${name}${slash}`, suffix: slash === "" ? " " : "" };
  });
}

/** No verb takes a name with a dash in front for an option, nor `-` for itself. */
function harmless(path: string): string {
  return path.startsWith("-") ? `./${path}` : path;
}
