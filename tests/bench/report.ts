/**
 * The results as a Markdown text, and that text in a document.
 *
 * @module
 */

import type { Metric } from "./cases.ts";

/** What a whole run of the benchmark found. */
export interface Results {
  /** The day, as YYYY-MM-DD. */
  date: string;
  /** Processor, memory, kernel and system. */
  machine: string;
  /** The type of the file system that was served. */
  fileSystem: string;
  /** Measured repetitions of each case. */
  runs: number;
  /** How fast the client alone is, in GB/s, one number per repetition. */
  ceiling: number[];
  /** Measurements that began while something else was running. */
  disturbed: number;
  /** The servers in the order of the tables. */
  servers: { name: string; version: string }[];
  /** The servers that were not there. */
  missing: { name: string; reason: string }[];
  /** The measurements. */
  tables: Table[];
}

/** The measurements of one metric. */
export interface Table {
  /** What was measured. */
  metric: Metric;
  /** For each server the value of each repetition, or why there is none. */
  rows: { server: string; values: number[]; failure?: string }[];
}

/** The server that the others are compared with. */
const REFERENCE = "vsftpd";

/** The server whose expectations are checked. */
const OURS = "Wharf ftpd";

/** The middle of `values`, or the mean of the two in the middle. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? NaN;
  const high = sorted[Math.floor(middle)] ?? NaN;
  return (low + high) / 2;
}

/** `results` as Markdown. */
export function toMarkdown(results: Results): string {
  const versions = results.servers.map((server) =>
    `${server.name} ${server.version}`
  );
  const missing = results.missing.map(({ name, reason }) =>
    `- ${name} is left out: ${reason}`
  );
  const [low, high] = range(results.ceiling);
  return [
    `- Day: ${results.date}`,
    `- Machine: ${results.machine}`,
    `- Served files: in the page cache, on ${results.fileSystem}`,
    `- Servers: ${versions.join(", ")}`,
    `- Repetitions: ${results.runs}, in turns; ${results.disturbed} of them ` +
    `began while the machine was busy with something else`,
    `- The client alone, fed from memory: ` +
    `${figure(median(results.ceiling))} GB/s (${low}–${high})`,
    ...missing,
    "",
    ...results.tables.flatMap(toTable),
    ...toVerdicts(results.tables),
  ].join("\n");
}

function toTable({ metric, rows }: Table): string[] {
  const reference = medianOf(rows, REFERENCE);
  return [
    `### ${metric.title}`,
    "",
    `${metric.unit}, ${metric.better} is better.`,
    "",
    "| server | median | min–max | × vsftpd |",
    "| --- | ---: | ---: | ---: |",
    ...rows.map((row) => toRow(row, reference)),
    "",
  ];
}

function toRow(row: Table["rows"][number], reference: number): string {
  if (row.failure !== undefined) {
    return `| ${row.server} | failed: ${row.failure} | – | – |`;
  }
  const middle = median(row.values);
  const [low, high] = range(row.values);
  const ratio = Number.isNaN(reference) ? "–" : figure(middle / reference);
  return `| ${row.server} | ${figure(middle)} | ${low}–${high} | ${ratio} |`;
}

function toVerdicts(tables: Table[]): string[] {
  const lines = tables.flatMap(({ metric, rows }) => {
    const { expected, title, unit } = metric;
    const ours = medianOf(rows, OURS);
    if (expected === undefined || Number.isNaN(ours)) return [];
    if ("atMost" in expected) {
      const met = ours <= expected.atMost;
      return [
        verdict(
          met,
          title,
          `≤ ${expected.atMost} ${unit}`,
          `${figure(ours)} ${unit}`,
        ),
      ];
    }
    const ratio = ours / medianOf(rows, REFERENCE);
    if (Number.isNaN(ratio)) return [];
    const met = ratio >= expected.timesVsftpd;
    const wanted = `≥ ${expected.timesVsftpd} × ${REFERENCE}`;
    return [verdict(met, title, wanted, `${figure(ratio)} ×`)];
  });
  return lines.length === 0 ? [] : ["### Expected and found", "", ...lines, ""];
}

function verdict(
  met: boolean,
  title: string,
  wanted: string,
  found: string,
): string {
  return `- ${title}: ${wanted} wanted, ${found} found, ${
    met ? "met" : "**missed**"
  }`;
}

function medianOf(rows: Table["rows"], server: string): number {
  const row = rows.find((row) => row.server === server);
  return row?.failure === undefined ? median(row?.values ?? []) : NaN;
}

function range(values: number[]): [string, string] {
  return [figure(Math.min(...values)), figure(Math.max(...values))];
}

/** Three significant digits, and never an exponent. */
function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

const BEGIN = "<!-- results: written by tests/bench/ftp_bench.ts -->";
const END = "<!-- end of results -->";

/**
 * Puts `markdown` between the two marks in the document at `path`, and leaves
 * the rest of it alone but for the formatter.
 *
 * @throws {Error} If the document has no such marks.
 */
export async function writeInto(path: string, markdown: string): Promise<void> {
  const text = await Deno.readTextFile(path);
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) {
    throw new Error(`${path} lacks the marks "${BEGIN}" and "${END}"`);
  }
  const head = text.slice(0, begin + BEGIN.length);
  const whole = `${head}\n\n${markdown}\n${text.slice(end)}`;
  await Deno.writeTextFile(path, whole);
  const args = ["fmt", "--quiet", path];
  await new Deno.Command(Deno.execPath(), { args }).output();
}
