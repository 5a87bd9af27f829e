/**
 * A ping for programs: CSV and JSON.
 *
 * @module
 */

import { visibleJson } from "../../lib/visible.ts";
import type { ProbeEvent } from "./events.ts";
import type { PingResult } from "./result.ts";

/** The first line of the CSV. */
export const CSV_HEADER =
  "sequence,size,length,time_ms,status,reordered,wrong_at";

/**
 * One reply or loss as CSV, with no line end. Statuses are `received`, `late`,
 * `duplicate`, `lost` and `unsent`.
 *
 * @example
 * ```ts
 * import { csvLine } from "./records.ts";
 * const line = csvLine({ kind: "lost", sequence: 3, size: 56, error: null });
 * console.assert(line === "3,56,,,lost,,");
 * ```
 */
export function csvLine(event: ProbeEvent): string {
  const { sequence, size } = event;
  if (event.kind === "lost") {
    const status = event.error === null ? "lost" : "unsent";
    return `${sequence},${size},,,${status},,`;
  }
  const { length, time, status, isReordered, wrongAt } = event;
  const reordered = isReordered ? 1 : 0;
  return [sequence, size, length, rounded(time), status, reordered, wrongAt]
    .join(",");
}

/**
 * A result as one JSON object: the counts, `rtt` in milliseconds (`null` where
 * there was no reply), and behind them everything else.
 */
export function jsonResult(result: PingResult): string {
  const { sent, received, lost, duplicates, reordered } = result;
  const { corrupted, late, truncated, rtt, jitter } = result;
  const { unexpected, otherSource, sendErrors, unfinished } = result;
  const { target, remote, connectTime, duration, rate, goodput } = result;
  const { largestWhole, smallestBroken, failure } = result;
  const counts = { sent, received, lost, duplicates, reordered };
  const faults = { corrupted, late, truncated };
  const side = { unexpected, otherSource, sendErrors, unfinished };
  const speed = { connectTime, duration, rate, goodput };
  const record = {
    ...counts,
    ...faults,
    rtt,
    jitter,
    ...side,
    target,
    remote,
    ...speed,
    largestWhole,
    smallestBroken,
    failure: failure?.message ?? null,
  };
  return visibleJson(JSON.stringify(record, roundedNumber));
}

function roundedNumber(_name: string, value: unknown): unknown {
  return typeof value === "number" ? rounded(value) : value;
}

/** To the nanosecond: further digits are none of the clock's. */
function rounded(number: number): number {
  return Math.round(number * 1e6) / 1e6;
}
