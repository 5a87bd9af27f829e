/**
 * The help of a tool: one screen of 80 columns, examples first.
 *
 * @module
 */

import {
  type OptionSpec,
  type OptionTable,
  STANDARD_OPTIONS,
  type Tool,
} from "./tool.ts";

const WIDTH = 80;
/** A left column wider than this leaves too little for the right one. */
const WIDEST_LEFT = 44;

/** A line of a table: what is on the left, and what it means. */
type Row = readonly [left: string, right: string];

/** Options for {@linkcode helpText}. */
export interface HelpOptions {
  /** Whether rare options are listed, too. @default {false} */
  readonly all?: boolean;
}

/**
 * What `--help` prints, with a line end: all but rare options.
 *
 * @example
 * ```ts
 * import { helpText } from "./help.ts";
 * const text = helpText({
 *   name: "echod",
 *   summary: "send back what comes",
 *   usage: "echod [options]",
 *   examples: [["echod --listen :7007", "on port 7007"]],
 *   options: {},
 * });
 * console.assert(text.startsWith("echod: send back what comes\n"));
 * ```
 */
export function helpText(
  tool: Tool,
  { all = false }: HelpOptions = {},
): string {
  const rows = Object.entries({ ...tool.options, ...standardOptions(tool) });
  const shown = all ? rows : rows.filter(([, { rare }]) => !rare);
  const hint = shown.length < rows.length
    ? `${tool.name} --help=all lists all ${rows.length} options.\n`
    : "";
  return [
    `${tool.name}: ${tool.summary}\n`,
    `Usage: ${tool.usage}\n`,
    section("Examples", tool.examples),
    ...optionSections(shown),
    hint,
  ].filter((part) => part !== "").join("\n");
}

/** The options of every tool, without a letter that means something else. */
export function standardOptions({ options }: Tool): OptionTable {
  const taken = new Set(Object.values(options).map(({ short }) => short));
  const rows = Object.entries(STANDARD_OPTIONS).map(([name, spec]) => {
    const { short, ...rest } = spec;
    return [name, taken.has(short) ? rest : spec] as const;
  });
  return Object.fromEntries(rows) as OptionTable;
}

/** One section for each group, all with the same left column. */
function optionSections(
  rows: readonly (readonly [string, OptionSpec])[],
): string[] {
  const groups = Map.groupBy(rows, ([, spec]) => spec.group ?? "Options");
  const width = leftWidth(rows.map(optionRow));
  return [...groups].map(([title, options]) =>
    section(title, options.map(optionRow), width)
  );
}

function optionRow([name, spec]: readonly [string, OptionSpec]): Row {
  const short = spec.short === undefined ? "" : `, -${spec.short}`;
  const placeholder = placeholderOf(spec);
  const mayStandAlone = spec.type === "text" && spec.alone !== undefined;
  const value = mayStandAlone
    ? `[=${placeholder}]`
    : placeholder && ` ${placeholder}`;
  return [`--${name}${short}${value}`, spec.help + defaultNote(spec)];
}

/** What stands for the value of an option; empty for a flag. */
export function placeholderOf(spec: OptionSpec): string {
  switch (spec.type) {
    case "flag":
      return "";
    case "choice":
      return spec.placeholder ?? spec.choices.join("|");
    case "seconds":
      return spec.placeholder ?? "SECONDS";
    case "integer":
      return spec.placeholder ?? "N";
    case "ports":
      return spec.placeholder ?? "FIRST-LAST";
    default:
      return spec.placeholder ?? "TEXT";
  }
}

/** What the help adds about the value of an option that is not given. */
export function defaultNote(spec: OptionSpec): string {
  if (spec.type === "texts" || spec.type === "forms") return " (repeatable)";
  if (!("default" in spec)) return "";
  return ` (default ${spec.default})`;
}

function section(
  title: string,
  rows: readonly Row[],
  width: number = leftWidth(rows),
): string {
  if (rows.length === 0) return "";
  const lines = rows.flatMap((row) => rowLines(row, width));
  return `${title}:\n${lines.join("\n")}\n`;
}

function leftWidth(rows: readonly Row[]): number {
  const widths = rows.map(([left]) => left.length);
  return Math.max(0, ...widths.filter((width) => width <= WIDEST_LEFT));
}

/** A left side that is too wide has a line for itself. */
function rowLines([left, right]: Row, width: number): string[] {
  const indent = width + 4;
  const lines = wrap(right, WIDTH - indent);
  const first = left.length > width ? "" : lines.shift() ?? "";
  return [
    `  ${left.padEnd(width)}  ${first}`.trimEnd(),
    ...lines.map((line) => " ".repeat(indent) + line),
  ];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
