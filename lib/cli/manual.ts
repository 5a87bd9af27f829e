/**
 * A tool's page for `man`, made of the same tables as its help.
 *
 * @module
 */

import { VERSION } from "../version.ts";
import { defaultNote, placeholderOf, standardOptions } from "./help.ts";
import type { OptionSpec, OptionTable, Tool } from "./tool.ts";

/** What the exit codes of all tools mean. */
const CODES: readonly (readonly [code: string, meaning: string])[] = [
  ["0", "the job is done"],
  ["1", "the job was not done"],
  ["2", "the command line, or a file that it names, makes no sense"],
  ["3", "the network: the other side could not be reached, or broke off"],
];

/**
 * The manual page of a tool and of its jobs, for section 1.
 *
 * @example
 * ```ts
 * import { manual } from "./manual.ts";
 * const text = manual({
 *   name: "echod",
 *   summary: "send back what comes",
 *   usage: "echod [options]",
 *   examples: [["echod --listen :7007", "on port 7007"]],
 *   options: {},
 * }, []);
 * console.assert(text.includes(".SH NAME\nechod \\- send back what comes\n"));
 * ```
 */
export function manual(tool: Tool, jobs: readonly Tool[]): string {
  const { name, summary } = tool;
  return [
    `.\\" Made by ${name} --man.`,
    `.TH ${name.toUpperCase()} 1 "" "wharf ${VERSION}" "User Commands"`,
    ".SH NAME",
    `${plain(name)} \\- ${plain(summary)}`,
    ".SH SYNOPSIS",
    ...[tool, ...jobs].flatMap(synopsis),
    ".SH DESCRIPTION",
    line(sentence(summary)),
    ...(jobs.length > 0 ? [".SH COMMANDS"] : []),
    ...jobs.flatMap((job) => jobLines(job, tool)),
    ".SH OPTIONS",
    ...optionLines({ ...tool.options, ...standardOptions(tool) }),
    ".SH EXAMPLES",
    ...[tool, ...jobs].flatMap(exampleLines),
    ".SH EXIT STATUS",
    ...CODES.flatMap(([code, meaning]) => [".TP", `.B ${code}`, line(meaning)]),
    "",
  ].join("\n");
}

function synopsis({ usage }: Tool, at: number): string[] {
  const [name = "", ...rest] = usage.split(" ");
  const words = rest.map((word) =>
    /^[A-Z]/.test(word) ? `\\fI${plain(word)}\\fR` : plain(word)
  );
  const text = `\\fB${plain(name)}\\fR ${words.join(" ")}`;
  return at === 0 ? [text] : [".br", text];
}

/** A job, with the options that it does not share with the tool. */
function jobLines(job: Tool, tool: Tool): string[] {
  const own = Object.entries(job.options)
    .filter(([name, spec]) => tool.options[name] !== spec);
  return [
    `.SS "${plain(job.name)}"`,
    line(sentence(job.summary)),
    ...rowsOf(own),
  ];
}

function optionLines(table: OptionTable): string[] {
  const groups = Map.groupBy(
    Object.entries(table),
    ([, { group = "Options" }]) => group,
  );
  return [...groups].flatMap(([title, rows]) => [
    ...(groups.size > 1 ? [`.SS "${plain(title)}"`] : []),
    ...rowsOf(rows),
  ]);
}

function rowsOf(rows: readonly (readonly [string, OptionSpec])[]): string[] {
  return rows.flatMap(([name, spec]) => [
    ".TP",
    optionText(name, spec),
    line(sentence(spec.help + defaultNote(spec))),
  ]);
}

function optionText(name: string, spec: OptionSpec): string {
  const short = spec.short === undefined
    ? ""
    : `, \\fB\\-${plain(spec.short)}\\fR`;
  const placeholder = plain(placeholderOf(spec));
  const isAlone = spec.type === "text" && spec.alone !== undefined;
  const value = placeholder === ""
    ? ""
    : isAlone
    ? `[=\\fI${placeholder}\\fR]`
    : ` \\fI${placeholder}\\fR`;
  return `\\fB\\-\\-${plain(name)}\\fR${short}${value}`;
}

function exampleLines({ examples }: Tool): string[] {
  return examples.flatMap(([command, meaning]) => [
    ".TP",
    `.B ${plain(command)}`,
    line(sentence(meaning)),
  ]);
}

/** A text as a sentence: a capital first, and a full stop. */
function sentence(text: string): string {
  const first = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

/** A line of text: one that begins like a request is none. */
function line(text: string): string {
  const escaped = plain(text);
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

/** What is special in roff, as itself. */
function plain(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-")
    .replaceAll('"', "\\(dq").replaceAll("…", "...");
}
