/**
 * Verbs: what the shell and the command line can be told to do. A verb is one
 * row of a table; how it is spelled, completed and explained follows from it.
 *
 * @module
 */

import type { OptionTable, OptionValues } from "../../../lib/cli.ts";
import type { TakenPlaces } from "./distinct_jobs.ts";
import type { Shell } from "./shell.ts";

/** The headings that verbs stand under in the help. */
export type VerbGroup =
  | "Connection"
  | "Folders"
  | "Transfer"
  | "Change"
  | "Jobs"
  | "Settings"
  | "General";

/** What an argument names, for completion. */
export type ArgumentKind =
  | "remote"
  | "remote-folder"
  | "local"
  | "local-folder"
  | "verb"
  | "bookmark"
  | "setting"
  | "any";

/** One verb. */
export interface Verb<O extends OptionTable = OptionTable> {
  /** Its name, then others that mean the same. */
  readonly names: readonly [string, ...string[]];
  /** The heading it stands under. */
  readonly group: VerbGroup;
  /** What it does, in a few words. */
  readonly summary: string;
  /** Its arguments, such as `[options] FILE...`. */
  readonly usage?: string;
  /** Lines to copy, each with its meaning. */
  readonly examples?: readonly (readonly [command: string, meaning: string])[];
  /** Its own options. */
  readonly options?: O;
  /** How many arguments it takes besides options. Default: none. */
  readonly positionals?: { readonly min?: number; readonly max?: number };
  /** What its arguments name; the last kind stands for all that follow. */
  readonly completes?: readonly ArgumentKind[];
  /** Whether its arguments are patterns, unless they are quoted. */
  readonly globs?: boolean;
  /**
   * Which of its arguments are URLs when it stands on the command line;
   * without it, it is a verb of the shell only.
   */
  readonly urls?: "all" | "first" | "last" | "one" | "optional";
  /** Command lines to copy, each with its meaning. */
  readonly oneShotExamples?: readonly (readonly [
    command: string,
    meaning: string,
  ])[];
  /** Its arguments on the command line, where they are others. */
  readonly oneShotUsage?: string;
  /**
   * Takes everything behind the verb as one argument: as text without its
   * quotes, or as a command that can be run.
   */
  readonly raw?: "text" | "command";
  /** Does it. */
  run(shell: Shell, call: Call<O>): Promise<void> | void;
}

/** A verb with what it was told. */
export interface Call<O extends OptionTable = OptionTable> {
  /** Its options. */
  readonly options: OptionValues<O>;
  /** Its arguments. */
  readonly args: readonly string[];
  /** The names of the options that were given. */
  readonly given: ReadonlySet<string>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Whether it stands on the command line, with URLs instead of paths. */
  readonly isOneShot: boolean;
  /** On the command line, which argument was the URL; `null` for all or none. */
  readonly remoteArgument: number | null;
  /** On the command line, what files of other servers are called already. */
  readonly taken?: TakenPlaces;
}

/**
 * Gives back `verb` with the exact type of its options forgotten, after they
 * were checked against what `run` expects.
 *
 * @example
 * ```ts
 * import { defineVerb } from "./verb.ts";
 * const verb = defineVerb({
 *   names: ["pwd"],
 *   group: "Folders",
 *   summary: "print the current folder",
 *   run: () => {},
 * });
 * console.assert(verb.names[0] === "pwd");
 * ```
 */
export function defineVerb<const O extends OptionTable>(verb: Verb<O>): Verb {
  return verb as unknown as Verb;
}

/** Many, for `positionals.max`. */
export const ANY_NUMBER: number = Number.MAX_SAFE_INTEGER;
