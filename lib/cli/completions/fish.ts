/**
 * Completions for fish.
 *
 * @module
 */

import type { Tool } from "../tool.ts";
import {
  argumentNames,
  jobWord,
  type OptionWord,
  optionWords,
} from "./words.ts";

/**
 * A file for fish's folder of completions.
 *
 * @example
 * ```ts
 * import { fishCompletions } from "./fish.ts";
 * const text = fishCompletions({
 *   name: "echod",
 *   summary: "",
 *   usage: "",
 *   examples: [],
 *   options: {},
 * }, []);
 * console.assert(text.includes("complete -c echod -l help"));
 * ```
 */
export function fishCompletions(tool: Tool, jobs: readonly Tool[]): string {
  const words = jobs.map(jobWord);
  const none = words.length === 0
    ? ""
    : ` -n ${quoted(`not __fish_seen_subcommand_from ${words.join(" ")}`)}`;
  return [
    `# Completions of ${tool.name} for fish, made by ` +
    `${tool.name} --completions fish.`,
    ...argumentLines(tool, tool, none),
    ...optionWords(tool).map((option) => line(tool, none, option)),
    ...jobs.flatMap((job) => jobLines(tool, job)),
    "",
  ].join("\n");
}

function jobLines(tool: Tool, job: Tool): string[] {
  const word = jobWord(job);
  const seen = ` -n ${quoted(`__fish_seen_subcommand_from ${word}`)}`;
  const help = quoted(job.summary);
  return [
    `complete -c ${tool.name} -n __fish_use_subcommand -f -a ${word} -d ${help}`,
    ...argumentLines(tool, job, seen),
    ...optionWords(job).map((option) => line(tool, seen, option)),
  ];
}

/** What arguments that are no options can be. */
function argumentLines(tool: Tool, each: Tool, when: string): string[] {
  switch (argumentNames(each)) {
    case "nothing":
      return [`complete -c ${tool.name}${when} -f`];
    case "folder":
      return [
        `complete -c ${tool.name}${when} -f ` +
        `-a '(__fish_complete_directories)'`,
      ];
    default:
      return [];
  }
}

function line(tool: Tool, when: string, option: OptionWord): string {
  const { name, short, help } = option;
  const letter = short === undefined ? "" : ` -s ${short}`;
  return `complete -c ${tool.name}${when} -l ${name}${letter}` +
    `${valueFlags(option)} -d ${quoted(help)}`;
}

/** \`-x\`: a value and no file; \`-r\`: a value; \`-F\`: files after all. */
function valueFlags(
  { placeholder, choices, names, mayStandAlone }: OptionWord,
) {
  if (placeholder === "" || mayStandAlone) return "";
  if (choices.length > 0) return ` -x -a ${quoted(choices.join(" "))}`;
  if (names === "file") return " -r -F";
  return names === "folder" ? " -x -a '(__fish_complete_directories)'" : " -x";
}

function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
}
