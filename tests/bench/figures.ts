/**
 * Numbers as the tables show them, and who is compared with whom.
 *
 * @module
 */

import type { Row } from "./report.ts";

/** The middle of `values`, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? NaN;
  const high = sorted[Math.floor(middle)] ?? NaN;
  return (low + high) / 2;
}

/** Three significant digits, and never an exponent; a dash for no number. */
export function figure(value: number): string {
  if (Number.isNaN(value)) return "–";
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** The smallest and the largest of `values`, as in `1.00–2.00`. */
export function range(values: readonly number[]): string {
  return `${figure(Math.min(...values))}–${figure(Math.max(...values))}`;
}

/** The median of the row called `name`; `NaN` if it is not there or failed. */
export function medianOf(rows: readonly Row[], name: string): number {
  const row = rows.find((row) => row.name === name);
  return row?.failure === undefined ? median(row?.values ?? []) : NaN;
}

/** The rows that are compared with `row`: those of its group. */
export function groupOf(row: Row, rows: readonly Row[]): Row[] {
  return rows.filter(({ group }) => group === row.group);
}
