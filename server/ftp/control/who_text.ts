/**
 * What `ftpd who` prints: a line for each session.
 *
 * @module
 */

import {
  formatBytes,
  formatDuration,
  formatRate,
} from "../../../lib/terminal/format.ts";
import { visible } from "../../../lib/visible.ts";
import type { SessionView, TransferView } from "../operations/observer.ts";
import type { ServerStatus } from "./protocol.ts";

const HEADINGS = [
  "ID",
  "ACCOUNT",
  "ADDRESS",
  "SINCE",
  "IDLE",
  "TLS",
  "BYTES",
  "RATE",
  "DOING",
];

/**
 * A table of the sessions that are there.
 *
 * @example
 * ```ts
 * import { whoText } from "./who_text.ts";
 * console.assert(whoText({ now: 0, survey: { sessions: [] } }) === "nobody is there\n");
 * ```
 */
export function whoText(
  { now, survey: { sessions } }: {
    now: number;
    survey: Pick<ServerStatus["survey"], "sessions">;
  },
): string {
  if (sessions.length === 0) return "nobody is there\n";
  return tableText([HEADINGS, ...sessions.map((view) => rowOf(view, now))]);
}

function rowOf(view: SessionView, now: number): string[] {
  const { id, account, address, since, idle, tls, transfer } = view;
  const doing = transfer ? doingOf(transfer) : view.command || "-";
  return [
    String(id),
    account ?? "-",
    address,
    formatDuration(Math.max(0, now - since) / 1000),
    transfer ? "-" : formatDuration(idle / 1000),
    tls ?? "-",
    transfer ? formatBytes(transfer.bytes) : "-",
    transfer ? formatRate(transfer.rate) : "-",
    doing,
  ];
}

function doingOf({ verb, path }: TransferView): string {
  return `${verb} ${path}`;
}

/** Rows with columns as wide as they must be; the last one ends where it ends. */
export function tableText(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(visible));
  const widths = (cells[0] ?? []).map((_, at) =>
    Math.max(...cells.map((row) => [...row[at] ?? ""].length))
  );
  const lines = cells.map((row) =>
    row.map((cell, at) => cell + " ".repeat(widths[at]! - [...cell].length))
      .join("  ").trimEnd()
  );
  return lines.map((line) => `${line}\n`).join("");
}
