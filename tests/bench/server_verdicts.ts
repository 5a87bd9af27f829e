/**
 * What was expected of our server, and what was found.
 *
 * @module
 */

import { figure, medianOf } from "./figures.ts";
import type { Table } from "./report.ts";
import type { Expected } from "./server_cases.ts";

/** The measurements of one metric of servers. */
export interface ServerTable extends Table {
  /** What our server must reach. */
  expected?: Expected[];
}

/** The server whose expectations are checked. */
const OURS = "Wharf ftpd";

/** A section with a line for each expectation that could be checked. */
export function verdictsOf(tables: readonly ServerTable[]): string[] {
  const lines = tables.flatMap((table) =>
    (table.expected ?? []).flatMap((each) => verdictOf(each, table))
  );
  return lines.length === 0
    ? []
    : ["#### Expected and found", "", ...lines, ""];
}

function verdictOf(
  expected: Expected,
  { title, unit, rows }: ServerTable,
): string[] {
  const ours = medianOf(rows, OURS);
  if (Number.isNaN(ours)) return [];
  if ("atMost" in expected) {
    const wanted = `≤ ${expected.atMost} ${unit}`;
    const met = ours <= expected.atMost;
    return [line(met, title, wanted, `${figure(ours)} ${unit}`)];
  }
  const { times, of } = expected;
  const ratio = ours / medianOf(rows, of);
  if (Number.isNaN(ratio)) return [];
  const wanted = `≥ ${times} × ${of}`;
  const met = ratio >= times;
  return [line(met, title, wanted, `${figure(ratio)} ×`)];
}

function line(met: boolean, title: string, wanted: string, found: string) {
  const verdict = met ? "met" : "**missed**";
  return `- ${title}: ${wanted} wanted, ${found} found, ${verdict}`;
}
