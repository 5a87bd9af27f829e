/**
 * What was expected of our server, and what was found.
 *
 * @module
 */

import { figure, medianOf } from "./figures.ts";
import { isPeer, OURS } from "./names.ts";
import type { Row } from "./report.ts";
import { BEST_PEER, type Expected } from "./server_case.ts";
import type { ServerTable } from "./server_tables.ts";

/** What a verdict says. */
interface Finding {
  wanted: string;
  found: string;
  met: boolean;
}

/** A section with a line for each expectation that could be checked. */
export function verdictsOf(tables: readonly ServerTable[]): string[] {
  const lines = tables.flatMap((table) =>
    (table.expected ?? []).flatMap(({ group, wanted }) => {
      const finding = findingOf(wanted, table, group);
      return finding === undefined ? [] : [lineOf(table, group, finding)];
    })
  );
  return lines.length === 0
    ? []
    : ["#### Expected and found", "", ...lines, ""];
}

function lineOf(
  { title, heads }: ServerTable,
  group: string | undefined,
  { wanted, found, met }: Finding,
): string {
  const place = group === undefined ? "" : ` (${heads[0]}: ${group})`;
  const verdict = met ? "met" : "**missed**";
  return `- ${title}${place}: ${wanted} wanted, ${found} found, ${verdict}`;
}

/** `undefined` when ours, or what it is compared with, was not measured. */
function findingOf(
  wanted: Expected,
  { rows, unit, better }: ServerTable,
  group: string | undefined,
): Finding | undefined {
  const rivals = rows.filter((row) => row.group === group);
  const ours = medianOf(rivals, OURS);
  if (Number.isNaN(ours)) return undefined;
  if ("atMost" in wanted || "atLeast" in wanted) {
    return withLimit(wanted, ours, unit);
  }
  const other = "ofGroup" in wanted
    ? medianOf(rows.filter((row) => row.group === wanted.ofGroup), OURS)
    : rivalOf(wanted.of, rivals, better);
  if (Number.isNaN(other)) return undefined;
  return withRatio(wanted, ours / other);
}

function withLimit(
  wanted: { atMost: number } | { atLeast: number },
  ours: number,
  unit: string,
): Finding {
  const found = `${figure(ours)} ${unit}`;
  if ("atMost" in wanted) {
    const { atMost } = wanted;
    return { wanted: `≤ ${atMost} ${unit}`, found, met: ours <= atMost };
  }
  const { atLeast } = wanted;
  return { wanted: `≥ ${atLeast} ${unit}`, found, met: ours >= atLeast };
}

function withRatio(
  wanted: Exclude<Expected, { atMost: number } | { atLeast: number }>,
  ratio: number,
): Finding {
  const found = `${figure(ratio)} ×`;
  if ("times" in wanted) {
    const { times, of } = wanted;
    return { wanted: `≥ ${times} × ${of}`, found, met: ratio >= times };
  }
  const of = "of" in wanted ? wanted.of : `that of ${wanted.ofGroup}`;
  const met = ratio <= wanted.atMostTimes;
  return { wanted: `≤ ${wanted.atMostTimes} × ${of}`, found, met };
}

function rivalOf(name: string, rows: Row[], better: "more" | "less"): number {
  if (name !== BEST_PEER) return medianOf(rows, name);
  const medians = rows.filter(({ name }) => isPeer(name))
    .map(({ name }) => medianOf(rows, name))
    .filter((median) => !Number.isNaN(median));
  if (medians.length === 0) return NaN;
  return better === "more" ? Math.max(...medians) : Math.min(...medians);
}
