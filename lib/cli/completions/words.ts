/**
 * What can stand on a tool's command line, as every shell wants to know it.
 *
 * @module
 */

import { defaultNote, placeholderOf, standardOptions } from "../help.ts";
import type { OptionSpec, OptionTable, Tool } from "../tool.ts";

/** An option. */
export interface OptionWord {
  /** Its name, without hyphens. */
  readonly name: string;
  /** Its letter, without a hyphen. */
  readonly short?: string | undefined;
  /** What it does. */
  readonly help: string;
  /** What stands for its value; empty for a flag. */
  readonly placeholder: string;
  /** What its value can be, where that is known. */
  readonly choices: readonly string[];
  /** What of the file system its value names. */
  readonly names?: "file" | "folder" | undefined;
  /** Whether the value stands in the same word, or is missing. */
  readonly mayStandAlone: boolean;
  /** Whether it may be given more than once. */
  readonly isRepeatable: boolean;
}

/** Every option of a tool, those of all tools last. */
export function optionWords(tool: Tool): OptionWord[] {
  const table: OptionTable = { ...tool.options, ...standardOptions(tool) };
  return Object.entries(table).map(([name, spec]) => ({
    name,
    short: spec.short,
    help: spec.help + defaultNote(spec),
    placeholder: placeholderOf(spec),
    choices: spec.type === "choice" ? spec.choices : [],
    names: spec.names ?? guess(spec),
    mayStandAlone: spec.type === "text" && spec.alone !== undefined,
    isRepeatable: spec.type === "texts" || spec.type === "forms",
  }));
}

/** Many tables say it by the word alone. */
function guess(
  { placeholder = "" }: OptionSpec,
): "file" | "folder" | undefined {
  if (/^(FILE|PATH)$/.test(placeholder)) return "file";
  return /^(DIR|FOLDER)$/.test(placeholder) ? "folder" : undefined;
}

/** The argument that chooses a job: the last word of its name. */
export function jobWord({ name }: Tool): string {
  return name.slice(name.lastIndexOf(" ") + 1);
}

/** What of the file system arguments that are no options name. */
export function argumentNames(
  { positionals = {} }: Tool,
): "file" | "folder" | "nothing" {
  const { max = 0, names = "file" } = positionals;
  return max === 0 ? "nothing" : names;
}

/** A tool's name as that of a function. */
export function functionName({ name }: Tool): string {
  return `_${name.replaceAll(/\W/g, "_")}`;
}
