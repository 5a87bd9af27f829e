/**
 * The findings of a benchmark as a Markdown text.
 *
 * @module
 */

import { figure, median, range, ratioOf } from "./figures.ts";

/** What a benchmark found. */
export interface Findings {
  /** On what, with what and how it was measured, one line each. */
  facts: string[];
  /** The programs under comparison. @default {none that are told apart} */
  programs?: { name: string; version: string }[];
  /** What was not there. */
  missing: { name: string; reason: string }[];
  /** The measurements. */
  tables: Table[];
  /** What follows from them, as lines of Markdown. */
  ending: string[];
}

/** One quantity that is measured. */
export interface Metric {
  /** What it is, as the heading of its table. */
  title: string;
  /** Its unit. */
  unit: string;
  /** Which direction is good. */
  better: "more" | "less";
}

/** The measurements of one metric. */
export interface Table extends Metric {
  /** The heads of the columns with names: that of the group, if any, first. */
  heads: string[];
  /** The row that the others of its group are compared with. */
  reference: string;
  /** The heads of further columns. */
  more?: string[];
  /** A line for each that was measured. */
  rows: Row[];
}

/** The measurements of one program. */
export interface Row {
  /** With which others it is compared. Default: with all. */
  group?: string;
  /** What was measured. */
  name: string;
  /** The value of each repetition. */
  values: number[];
  /** What further columns say. */
  more?: string[];
  /** Why there are no values. */
  failure?: string;
}

/** `findings` as Markdown. */
export function toMarkdown(findings: Findings): string {
  const { facts, missing, tables, ending } = findings;
  return [
    ...facts.map((fact) => `- ${fact}`),
    ...missing.map(({ name, reason }) => `- ${name} is left out: ${reason}`),
    "",
    ...tables.flatMap(toTable),
    ...ending,
  ].join("\n");
}

function toTable(table: Table): string[] {
  const { title, unit, better, heads, reference, more = [], rows } = table;
  const numbers = ["median", "min–max", `× ${reference}`, ...more];
  return [
    `#### ${title}`,
    "",
    `${unit}, ${better} is better.`,
    "",
    tableLine([...heads, ...numbers]),
    tableLine([...heads.map(() => "---"), ...numbers.map(() => "---:")]),
    ...rows.map((row) => toRow(row, table)),
    "",
  ];
}

function toRow(row: Row, { rows, reference, more = [] }: Table): string {
  const { group, name, values, failure } = row;
  const names = group === undefined ? [name] : [group, name];
  if (failure !== undefined) {
    const cells = ["–", "–", ...more.map(() => "–")];
    return tableLine([...names, `failed: ${failure}`, ...cells]);
  }
  const ratio = ratioOf(row, rows, reference);
  const numbers = [figure(median(values)), range(values), figure(ratio)];
  return tableLine([...names, ...numbers, ...row.more ?? []]);
}

/** A line of a table. */
export function tableLine(cells: string[]): string {
  return `| ${cells.join(" | ")} |`;
}
