/**
 * The measurements of clients as tables, and how ours fared.
 *
 * @module
 */

import {
  type ClientCase,
  isLarge,
  type Scale,
  type Wanted,
} from "./client_cases.ts";
import type { Errand } from "./client_run.ts";
import { figure, groupOf, median, medianOf } from "./figures.ts";
import { type Row, type Table, tableLine } from "./report.ts";
import type { Outcome } from "./turns.ts";

/** The measurements of one case of clients. */
export interface ClientTable extends Table {
  /** What our client must reach. */
  wanted?: Wanted;
}

/** The client that is judged, and the other ways to use it. */
const OURS = "Wharf ftp";
/** The client that the others are compared with. */
const REFERENCE = "lftp";

/** The outcomes of the errands of one case. */
export function tableOf(
  of: ClientCase,
  scale: Scale,
  errands: readonly Errand[],
  outcomes: readonly Outcome[],
): ClientTable {
  return {
    title: of.title(scale),
    unit: isLarge(of.task) ? "GB/s" : "files/s",
    better: "more",
    heads: ["server", "client"],
    reference: REFERENCE,
    more: ["peak memory, MB", "time stamps", "runs"],
    rows: errands.map((errand, index) => rowOf(errand, outcomes[index]!)),
    ...of.wanted && { wanted: of.wanted },
  };
}

function rowOf({ client, server }: Errand, outcome: Outcome): Row {
  const { values, failure } = outcome;
  const memory = median(values.map(([, bytes = NaN]) => bytes / 1e6));
  const isDated = values.every(([, , dated]) => dated === 1);
  return {
    group: server.name,
    name: client.name,
    values: values.map(([speed = NaN]) => speed),
    more: [figure(memory), isDated ? "kept" : "lost", `${values.length}`],
    ...failure !== undefined && { failure },
  };
}

/** A section with a line for each case and server in which ours took part. */
export function summaryOf(tables: readonly ClientTable[]): string[] {
  const lines = tables.flatMap((table) =>
    table.rows.filter((row) => row.name === OURS)
      .map((row) => summaryLine(row, table))
  );
  if (lines.length === 0) return [];
  const heads = ["", "server", "× lftp", "× fastest other", "wanted"];
  return [
    "#### Wharf ftp and the others",
    "",
    "How many times as fast as the others it was.",
    "",
    tableLine(heads),
    tableLine(["---", "---", "---:", "---:", "---"]),
    ...lines,
    "",
  ];
}

function summaryLine(row: Row, { title, rows, wanted }: ClientTable): string {
  const group = groupOf(row, rows);
  const ours = medianOf(group, OURS);
  const fastest = fastestOther(group);
  const overFastest = ours / fastest.speed;
  const overLftp = ours / medianOf(group, "lftp");
  const ratio = wanted?.of === "lftp" ? overLftp : overFastest;
  return tableLine([
    title,
    row.group ?? "",
    figure(overLftp),
    `${figure(overFastest)} (${fastest.name})`,
    wanted === undefined ? "" : verdict(wanted, ratio),
  ]);
}

function fastestOther(rows: readonly Row[]): { name: string; speed: number } {
  return rows.filter(({ name }) => !name.startsWith(OURS))
    .map(({ name }) => ({ name, speed: medianOf(rows, name) }))
    .filter(({ speed }) => !Number.isNaN(speed))
    .toSorted((a, b) => b.speed - a.speed)[0] ?? { name: "–", speed: NaN };
}

function verdict({ times, of }: Wanted, ratio: number): string {
  const wanted = `≥ ${times} × ${of === "lftp" ? of : "the fastest"}`;
  if (Number.isNaN(ratio)) return wanted;
  return `${wanted}: ${ratio >= times ? "met" : "**missed**"}`;
}
