/**
 * Completions for zsh: a file `_TOOL` in a folder of `$fpath`.
 *
 * @module
 */

import type { Tool } from "../tool.ts";
import {
  argumentNames,
  functionName,
  jobWord,
  type OptionWord,
  optionWords,
} from "./words.ts";

/**
 * A file for zsh's completion system.
 *
 * @example
 * ```ts
 * import { zshCompletions } from "./zsh.ts";
 * const text = zshCompletions({
 *   name: "echod",
 *   summary: "",
 *   usage: "",
 *   examples: [],
 *   options: {},
 * }, []);
 * console.assert(text.startsWith("#compdef echod\n"));
 * ```
 */
export function zshCompletions(tool: Tool, jobs: readonly Tool[]): string {
  const name = functionName(tool);
  const cases = jobs.map((job) =>
    `    ${jobWord(job)})\n${call(job, [`'1: :(${jobWord(job)})'`])}\n` +
    `      return\n      ;;\n`
  );
  const choose = jobs.length === 0
    ? ""
    : `  case "\${words[2]}" in\n${cases.join("")}  esac\n`;
  return `#compdef ${tool.name}
# Made by ${tool.name} --completions zsh.
${name}() {
${choose}${call(tool, firstArgument(jobs, tool))}
}
if [[ $funcstack[1] == ${name} ]]; then ${name} "$@"; else compdef ${name} ${tool.name}; fi
`;
}

/** A call that lists every option, and arguments behind \`first\`. */
function call(tool: Tool, first: readonly string[]): string {
  const names = argumentNames(tool);
  const rest = names === "nothing" ? [] : [`'*: :${actionOf(names)}'`];
  const lines = [...first, ...optionWords(tool).flatMap(specs), ...rest];
  return `    _arguments -S ${
    lines.map((line) => `\\\n      ${line}`).join(" ")
  }`;
}

/** A job, or what the tool itself takes. */
function firstArgument(jobs: readonly Tool[], tool: Tool): string[] {
  if (jobs.length === 0) return [];
  const words = jobs.map((job) =>
    `${jobWord(job)}\\:${quoted(described(job.summary)).slice(1, -1)}`
  );
  const list = words.map((word) => `${word.replaceAll(" ", "\\ ")}`).join(" ");
  const names = argumentNames(tool);
  const files = names === "nothing" ? "" : ` "files:file:${actionOf(names)}"`;
  return [`'1: : _alternative "jobs:job:((${list}))"${files}'`];
}

function specs(option: OptionWord): string[] {
  const { name, short, placeholder, isRepeatable } = option;
  const help = `[${described(option.help)}]`;
  const value = placeholder === ""
    ? ""
    : `:${described(placeholder)}:${valueAction(option)}`;
  // "=" takes both forms; "=-" only the value in the same word.
  const sign = placeholder === "" ? "" : option.mayStandAlone ? "=-" : "=";
  const colon = option.mayStandAlone ? ":" : "";
  const star = isRepeatable ? "*" : "";
  const long = quoted(`${star}--${name}${sign}${help}${colon}${value}`);
  if (short === undefined) return [long];
  return [long, quoted(`${star}-${short}${help}${value}`)];
}

function valueAction({ choices, names }: OptionWord): string {
  if (choices.length > 0) return `(${choices.join(" ")})`;
  return names === undefined ? " " : actionOf(names);
}

function actionOf(names: "file" | "folder"): string {
  return names === "file" ? "_files" : "_files -/";
}

/** A text that stands between brackets or colons. */
function described(text: string): string {
  return text.replaceAll(/[\\[\]:]/g, "\\$&");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
