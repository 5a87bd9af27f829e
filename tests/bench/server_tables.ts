/**
 * What the cases yielded, as tables: metrics with the same title share one.
 *
 * @module
 */

import type { Row, Table } from "./report.ts";
import type { Expected, ServerMetric } from "./server_case.ts";

/** What one metric yielded. */
export interface Yield {
  /** The metric. */
  metric: ServerMetric;
  /** What each server reached, without a group. */
  rows: Row[];
}

/** The measurements of servers under one title. */
export interface ServerTable extends Table {
  /** What our server must reach, and in which group. */
  expected?: { group?: string; wanted: Expected }[];
}

/** Tables of `yields`, in the order in which their titles come first. */
export function tablesOf(yields: readonly Yield[]): ServerTable[] {
  const titles = Map.groupBy(yields, ({ metric }) => metric.title);
  return [...titles.values()].map(toTable);
}

function toTable(yields: Yield[]): ServerTable {
  const { title, unit, better, group } = yields[0]!.metric;
  return {
    title,
    unit,
    better,
    heads: group === undefined ? ["server"] : [group.head, "server"],
    reference: "vsftpd",
    rows: yields.flatMap(toRows),
    expected: yields.flatMap(({ metric }) => expectedOf(metric)),
  };
}

/** A server that a metric does not fit (`NaN` throughout) gets no row. */
function toRows({ metric: { group }, rows }: Yield): Row[] {
  return rows
    .filter(({ values, failure }) =>
      failure !== undefined || values.some((value) => !Number.isNaN(value))
    )
    .map((row) => group === undefined ? row : { group: group.value, ...row });
}

function expectedOf({ group, expected = [] }: ServerMetric) {
  return expected.map((wanted) =>
    group === undefined ? { wanted } : { group: group.value, wanted }
  );
}
