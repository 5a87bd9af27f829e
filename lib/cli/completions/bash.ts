/**
 * Completions for bash 4 and later, without any other package.
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

/** How the last word is completed. */
const FILES = `compopt -o filenames; ` +
  `mapfile -t COMPREPLY < <(compgen -f -- "$word")`;
const FOLDERS = `compopt -o filenames; ` +
  `mapfile -t COMPREPLY < <(compgen -d -- "$word")`;

/**
 * A script for bash to source.
 *
 * @example
 * ```ts
 * import { bashCompletions } from "./bash.ts";
 * const text = bashCompletions({
 *   name: "echod",
 *   summary: "",
 *   usage: "",
 *   examples: [],
 *   options: {},
 * }, []);
 * console.assert(text.endsWith("complete -F _echod echod\n"));
 * ```
 */
export function bashCompletions(tool: Tool, jobs: readonly Tool[]): string {
  const name = functionName(tool);
  const words = jobs.map(jobWord);
  return `# Completions of ${tool.name} for bash, made by ${tool.name} --completions bash.
${name}() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  local job=""
  COMPREPLY=()
  ((COMP_CWORD > 1)) && job="\${COMP_WORDS[1]}"
  # "=" is a word of its own here.
  if [[ $word == "=" ]]; then
    word=""
  elif [[ $before == "=" ]]; then
    before="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  case "$job" in
    ${words.length > 0 ? `${words.join("|")}) ;;\n    ` : ""}*) job="" ;;
  esac
  case "$job $before" in
${[tool, ...jobs].flatMap((each) => valueCases(each, tool)).join("")}  esac
  case "$job $word" in
${[tool, ...jobs].map((each) => wordCases(each, tool, words)).join("")}  esac
}
complete -F ${name} ${tool.name}
`;
}

/** The word of a job; empty for the tool itself. */
function keyOf(each: Tool, tool: Tool): string {
  return each === tool ? "" : jobWord(each);
}

/** What may follow each option that takes a value. */
function valueCases(each: Tool, tool: Tool): string[] {
  return optionWords(each)
    .filter(({ placeholder }) => placeholder !== "")
    .map((option) => {
      const names = [`--${option.name}`];
      if (option.short !== undefined) names.push(`-${option.short}`);
      const patterns = names.map((name) => `"${keyOf(each, tool)} ${name}"`);
      // The next word is an argument when the value stands in the same.
      const rest = option.mayStandAlone
        ? `[[ "\${COMP_WORDS[COMP_CWORD-1]}" == "=" ]] && return`
        : `${valueAction(option)}return`;
      return `    ${patterns.join("|")}) ${rest} ;;\n`;
    });
}

function valueAction({ choices, names }: OptionWord): string {
  if (choices.length > 0) {
    return `mapfile -t COMPREPLY < ` +
      `<(compgen -W "${choices.join(" ")}" -- "$word"); `;
  }
  if (names === undefined) return "";
  return `${names === "file" ? FILES : FOLDERS}; `;
}

/** The options, jobs and files that a word can begin. */
function wordCases(
  each: Tool,
  tool: Tool,
  jobs: readonly string[],
): string {
  const key = keyOf(each, tool);
  const options = optionWords(each).map((
    { name, placeholder, mayStandAlone },
  ) => `--${name}${placeholder === "" || mayStandAlone ? "" : "="}`);
  const first = each === tool && jobs.length > 0
    ? `\n      ((COMP_CWORD == 1)) && mapfile -t -O "\${#COMPREPLY[@]}" ` +
      `COMPREPLY < <(compgen -W "${jobs.join(" ")}" -- "$word")`
    : "";
  const files = { file: FILES, folder: FOLDERS, nothing: ":" };
  return `    "${key} -"*)
      mapfile -t COMPREPLY < <(compgen -W "${options.join(" ")}" -- "$word")
      [[ \${COMPREPLY[0]} == *= ]] && compopt -o nospace
      ;;
    "${key} "*)
      ${files[argumentNames(each)]}${first}
      ;;
`;
}
