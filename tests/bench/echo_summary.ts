/**
 * What was expected of our echo server, and what was found.
 *
 * @module
 */

import type { EchoCase, EchoTable } from "./echo_cases.ts";
import type { EchoRow } from "./echo_rows.ts";
import { OURS, OURS_FROM_SOURCE, YARDSTICK } from "./echo_servers.ts";
import { figure, medianOf } from "./figures.ts";
import { tableLine } from "./report.ts";

/** Those that ours must be ahead of. */
const RIVALS = ["Node", "Python asyncio", "Python uvloop"];
/** Those that stand beside it, too. */
const OTHERS = ["socat", "xinetd"];

/** A section with a line for each contest that ours took part in. */
export function echoSummaryOf(
  tables: ReadonlyMap<EchoTable, readonly EchoRow[]>,
  cases: readonly EchoCase[],
): string[] {
  const lines = cases.filter(({ table }) => table.contest).flatMap((each) => {
    const rows = (tables.get(each.table) ?? [])
      .filter(({ group }) => group === each.group);
    return summaryOf(each, rows);
  });
  if (lines.length === 0) return [];
  const names = [YARDSTICK, ...RIVALS, ...OTHERS].map((name) => `× ${name}`);
  const heads = ["", ...names, "CPU, × C", "wanted"];
  return [
    "#### Wharf echod and the others",
    "",
    "How many times as fast as the others it was, and how many times the " +
    "yard-stick's processor time a message took it.",
    "",
    tableLine(heads),
    tableLine(["---", ...names.map(() => "---:"), "---:", "---"]),
    ...lines,
    "",
  ];
}

function summaryOf(each: EchoCase, rows: readonly EchoRow[]): string[] {
  const mine = [OURS, OURS_FROM_SOURCE]
    .find((name) => !Number.isNaN(medianOf(rows, name)));
  if (mine === undefined) return [];
  const ours = medianOf(rows, mine);
  const times = (name: string) => ours / medianOf(rows, name);
  const ratios = [YARDSTICK, ...RIVALS, ...OTHERS].map((name) =>
    figure(times(name))
  );
  const processor = processorOf(rows, mine) / processorOf(rows, YARDSTICK);
  const title = `${each.name.split("-")[0]!.toUpperCase()} ${each.group}`;
  return [
    tableLine([title, ...ratios, figure(processor), verdictOf(each, times)]),
  ];
}

function processorOf(rows: readonly EchoRow[], name: string): number {
  return rows.find((row) => row.name === name)?.medians.processor ?? NaN;
}

function verdictOf(
  { wanted }: EchoCase,
  times: (name: string) => number,
): string {
  const behind = RIVALS.filter((name) => times(name) < 1);
  const ahead = behind.length === 0
    ? "ahead of Node and Python: met"
    : `ahead of Node and Python: **missed** (${behind.join(", ")})`;
  if (wanted === undefined || Number.isNaN(times(YARDSTICK))) return ahead;
  const met = times(YARDSTICK) >= wanted ? "met" : "**missed**";
  return `≥ ${wanted} × ${YARDSTICK}: ${met}; ${ahead}`;
}
