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
  expected?: Expected;
}

/** The server whose expectations are checked. */
const OURS = "Wharf ftpd";

/** A section with a line for each expectation that could be checked. */
export function verdictsOf(tables: readonly ServerTable[]): string[] {
  const lines = tables.flatMap(verdictOf);
  return lines.length === 0
    ? []
    : ["#### Expected and found", "", ...lines, ""];
}

function verdictOf(table: ServerTable): string[] {
  const { expected, title, unit, rows, reference } = table;
  const ours = medianOf(rows, OURS);
  if (expected === undefined || Number.isNaN(ours)) return [];
  if ("atMost" in expected) {
    const wanted = `≤ ${expected.atMost} ${unit}`;
    const met = ours <= expected.atMost;
    return [line(met, title, wanted, `${figure(ours)} ${unit}`)];
  }
  const ratio = ours / medianOf(rows, reference);
  if (Number.isNaN(ratio)) return [];
  const wanted = `≥ ${expected.timesVsftpd} × ${reference}`;
  const met = ratio >= expected.timesVsftpd;
  return [line(met, title, wanted, `${figure(ratio)} ×`)];
}

function line(met: boolean, title: string, wanted: string, found: string) {
  const verdict = met ? "met" : "**missed**";
  return `- ${title}: ${wanted} wanted, ${found} found, ${verdict}`;
}
