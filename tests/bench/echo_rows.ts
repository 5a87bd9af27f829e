/**
 * What was measured of an echo server, as rows of tables.
 *
 * @module
 */

import type { EchoCase, EchoTable } from "./echo_cases.ts";
import type { Echoes } from "./echo_load.ts";
import { YARDSTICK } from "./echo_servers.ts";
import { figure, median } from "./figures.ts";
import type { Row, Table } from "./report.ts";

/** One run: what the generator tells, and what it cost the server. */
export interface Measured extends Echoes {
  /** Seconds of the server's processor time for a million messages. */
  processor: number;
}

/** A row with every number that was measured. */
export interface EchoRow extends Row {
  /** The medians, by what they are. */
  medians: Partial<Record<Quantity, number>>;
}

const QUANTITIES = [
  "rate",
  "processor",
  "p50",
  "p99",
  "lost",
  "stray",
  "busy",
  "messages",
] as const;

const MEMORY = ["memory", "each", "processes"] as const;

type Quantity = typeof QUANTITIES[number] | typeof MEMORY[number];

/** The numbers of a run, in the order in which {@linkcode toRow} takes them. */
export function valuesOf(measured: Measured): number[] {
  return QUANTITIES.map((quantity) => measured[quantity]);
}

/** The row of the server `name` in a case; its further cells come later. */
export function toRow(
  { group, table, job }: EchoCase,
  name: string,
  values: number[][],
  failure: string | undefined,
): EchoRow {
  const quantities = job.mode === "idle" ? MEMORY : QUANTITIES;
  const columns = quantities.map((quantity, index) =>
    [quantity, values.map((run) => run[index] ?? NaN)] as const
  );
  return {
    group,
    name,
    values: columns.find(([quantity]) => quantity === table.value)?.[1] ?? [],
    medians: Object.fromEntries(
      columns.map(([quantity, values]) => [quantity, median(values)]),
    ),
    ...failure !== undefined && { failure },
  };
}

/** The table of `rows`. */
export function toTable(table: EchoTable, rows: readonly EchoRow[]): Table {
  const { title, unit, better, groups } = table;
  const more = columnsOf(table, rows);
  return {
    title,
    unit,
    better,
    heads: [groups, "server"],
    reference: YARDSTICK,
    more,
    rows: rows.map((row) => {
      return { ...row, more: more.map((name) => CELLS[name](row)) };
    }),
  };
}

function columnsOf(
  { value }: EchoTable,
  rows: readonly EchoRow[],
): (keyof typeof CELLS)[] {
  if (value === "memory") return ["KB for each", "processes"];
  const lost = rows.some(({ medians }) => medians.lost) ? [LOST] : [];
  // At a given pace the generator never sleeps: how busy it is says nothing.
  return value === "p99"
    ? ["p50, µs", ...lost, "CPU s/million"]
    : ["CPU s/million", "p50, µs", "p99, µs", ...lost, "cores, %", "limit"];
}

const LOST = "lost, %" as const;

const CELLS = {
  "CPU s/million": ({ medians }: EchoRow) => figure(medians.processor ?? NaN),
  "p50, µs": ({ medians }: EchoRow) => figure(medians.p50 ?? NaN),
  "p99, µs": ({ medians }: EchoRow) => figure(medians.p99 ?? NaN),
  [LOST]: ({ medians }: EchoRow) => figure(lostShare(medians)),
  "cores, %": ({ medians }: EchoRow) =>
    `${coreOf(medians)} / ${percent(medians.busy)}`,
  "limit": limitOf,
  "KB for each": ({ medians }: EchoRow) => figure(medians.each ?? NaN),
  "processes": ({ medians }: EchoRow) => `${medians.processes ?? "–"}`,
} as const;

function lostShare({ lost = 0, messages = 0 }: EchoRow["medians"]): number {
  return 100 * lost / (lost + messages);
}

/** How much of its core the server used. */
function coreOf({ rate = NaN, processor = NaN }: EchoRow["medians"]): string {
  return percent(rate * processor / 1e6);
}

function percent(share: number = NaN): string {
  return Number.isNaN(share)
    ? "–"
    : `${Math.min(100, Math.round(share * 100))}`;
}

/** What a core does at most while its work is counted in ticks of 10 ms. */
const FULL = 95;

/**
 * What kept a server from being faster: its core was full, or the generator's,
 * or none of them: then it is the time that it takes to wake each other.
 */
function limitOf({ medians }: EchoRow): string {
  if (Number(coreOf(medians)) >= FULL) return "server";
  return Number(percent(medians.busy)) >= FULL ? "**generator**" : "waking";
}
