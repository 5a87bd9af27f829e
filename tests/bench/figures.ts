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
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
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

/**
 * How many times the median of `reference`, in the group of `row`, that of
 * `row` is; `NaN` where there is no such number, as of slopes downwards.
 */
export function ratioOf(
  row: Row,
  rows: readonly Row[],
  reference: string,
): number {
  const ours = median(row.values);
  const theirs = medianOf(groupOf(row, rows), reference);
  return ours > 0 && theirs > 0 ? ours / theirs : NaN;
}

/** By how much `y` grows with each `x`, of all points taken together. */
export function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (of: 0 | 1) =>
    points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [middle, height] = [mean(0), mean(1)];
  const sum = (value: (x: number, y: number) => number) =>
    points.reduce((sum, [x, y]) => sum + value(x - middle, y - height), 0);
  return sum((x, y) => x * y) / sum((x) => x * x);
}

/** The rows that are compared with `row`: those of its group. */
export function groupOf(row: Row, rows: readonly Row[]): Row[] {
  return rows.filter(({ group }) => group === row.group);
}
