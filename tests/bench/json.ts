/**
 * The findings of a benchmark for programs: every single value, and what
 * follows from them.
 *
 * @module
 */

import { median, ratioOf } from "./figures.ts";
import type { Findings, Row, Table } from "./report.ts";

/** `findings` of the benchmarks called by their names, as JSON text. */
export function toJson(findings: Readonly<Record<string, Findings>>): string {
  const benches = Object.entries(findings).map(([name, each]) => {
    const { facts, programs = [], missing, tables, ending } = each;
    const rows = tables.map(tableOf);
    return [name, { facts, programs, missing, tables: rows, ending }];
  });
  const all = { format: 1, benches: Object.fromEntries(benches) };
  return `${JSON.stringify(all, null, 2)}\n`;
}

function tableOf(table: Table) {
  const { title, unit, better, heads, reference, more, rows } = table;
  const lines = rows.map((row) => rowOf(row, table));
  return { title, unit, better, heads, reference, more, rows: lines };
}

function rowOf(row: Row, { rows, reference }: Table) {
  const { group, name, values, more, failure } = row;
  const middle = median(values);
  const min = Math.min(...values);
  const max = Math.max(...values);
  return {
    group,
    name,
    values,
    median: known(middle),
    min: known(min),
    max: known(max),
    // How far apart they are, as a part of the median.
    spread: known((max - min) / middle),
    ratio: known(ratioOf(row, rows, reference)),
    more,
    failure,
  };
}

/** JSON knows no other numbers. */
function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
