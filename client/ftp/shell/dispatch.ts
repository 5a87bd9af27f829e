/**
 * From a typed command to a verb that runs.
 *
 * @module
 */

import {
  type OptionSpec,
  parseOptions,
  STANDARD_OPTIONS,
  UsageError,
} from "../../../lib/cli.ts";
import { nearest } from "../../../lib/cli/nearest.ts";
import { quoted } from "../../../lib/cli/values.ts";
import type { Shell } from "./shell.ts";
import type { Verb } from "./verb.ts";
import { verbHelp } from "./verb_help.ts";
import { toolOf } from "./verb_tool.ts";
import { FTP } from "./options.ts";
import type { Word } from "./words.ts";

/**
 * The verb of a name, or of the beginning of one that no other verb shares.
 *
 * @throws {UsageError} when there is none, or more than one.
 */
export function findVerb(verbs: readonly Verb[], name: string): Verb {
  const exact = verbs.find(({ names }) => names.includes(name));
  if (exact !== undefined) return exact;
  const all = verbs.flatMap((verb) =>
    verb.names.map((name) => ({ name, verb }))
  );
  const fitting = all.filter((row) => name !== "" && row.name.startsWith(name));
  const [first] = fitting;
  if (first !== undefined && fitting.every(({ verb }) => verb === first.verb)) {
    return first.verb;
  }
  if (first !== undefined) {
    const names = fitting.map(({ name }) => name).join(", ");
    throw new UsageError(`${quoted(name)} can mean ${names}`);
  }
  const names = all.map(({ name }) => name);
  const near = nearest(names, name);
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  throw new UsageError(
    `there is no command ${quoted(name)}${hint} (help lists them)`,
  );
}

/** A verb that was named on the command line, with the other arguments. */
export interface OneShot {
  /** The verb. */
  readonly verb: Verb;
  /** Everything but its name. */
  readonly args: readonly string[];
}

/** The verb of a command line; `null` when there is none: it is a shell's. */
export function oneShotVerb(
  verbs: readonly Verb[],
  args: readonly string[],
): OneShot | null {
  const at = firstArgument(args);
  const name = args[at];
  const verb = verbs.find(({ names, urls }) =>
    urls !== undefined && names.includes(name ?? "")
  );
  return verb === undefined ? null : { verb, args: args.toSpliced(at, 1) };
}

/** The place of the first argument that is no option, nor the value of one. */
function firstArgument(args: readonly string[]): number {
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at]!;
    if (!arg.startsWith("-") || arg === "-") break;
    if (arg === "--") return -1;
    if (takesNext(arg)) at++;
  }
  return at;
}

function takesNext(arg: string): boolean {
  const row = Object.entries<OptionSpec>({
    ...FTP.options,
    ...STANDARD_OPTIONS,
  })
    .find(([name, { short }]) => arg === `--${name}` || arg === `-${short}`);
  if (row === undefined || row[1].type === "flag") return false;
  return row[1].type !== "text" || row[1].alone === undefined;
}

/**
 * Does what a verb and its words say.
 *
 * @throws {UsageError} when the words make no sense.
 */
export async function runVerb(
  shell: Shell,
  verb: Verb,
  { words, rest }: { words: readonly Word[]; rest: string },
  signal: AbortSignal,
): Promise<void> {
  const call = { signal, isOneShot: false, remoteArgument: null };
  if (verb.raw !== undefined) {
    const text = verb.raw === "command"
      ? rest.trim()
      : words.map(({ text }) => text).join(" ");
    const args = text === "" ? [] : [text];
    return await verb.run(shell, {
      ...call,
      options: {},
      args,
      given: new Set(),
    });
  }
  const texts = words.map((word) => argumentText(shell, verb, word));
  if (asksForHelp(texts)) return shell.output.text(verbHelp(verb));
  const { options, positionals, given } = parseOptions(toolOf(verb), texts);
  await verb.run(shell, { ...call, options, args: positionals, given });
}

/** Behind `--` it is a file's name. */
function asksForHelp(texts: readonly string[]): boolean {
  const at = texts.indexOf("--help");
  const end = texts.indexOf("--");
  return at >= 0 && (end < 0 || at < end);
}

/** What is quoted is no pattern. */
function argumentText({ state }: Shell, verb: Verb, word: Word): string {
  if (!verb.globs) return word.text;
  return state.settings.glob === "on"
    ? word.glob
    : word.text.replace(/[*?[]/g, "[$&]");
}
