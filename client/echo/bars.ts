/**
 * A histogram of text.
 *
 * @module
 */

import type { Histogram } from "./histogram.ts";
import { percent, plainMilliseconds } from "./numbers.ts";

const MOST_ROWS = 16;
const BAR_WIDTH = 40;
/** A row is at least so much wider than the one before; more precise is noise. */
const LEAST_STEP = 1.05;

/**
 * Draws how often which time came, a line each, with no line end. Rows get
 * wider by the same factor, from the shortest time to the longest.
 *
 * @example
 * ```ts
 * import { bars } from "./bars.ts";
 * import { Histogram } from "./histogram.ts";
 * const histogram = new Histogram();
 * for (const time of [1, 1, 1, 8]) histogram.add(time);
 * console.assert(bars(histogram)[0]?.includes("####"));
 * ```
 */
export function bars(
  histogram: Pick<Histogram, "classes" | "count">,
): string[] {
  const classes = [...histogram.classes()];
  const [first, last] = [classes[0], classes.at(-1)];
  if (first === undefined || last === undefined) return [];
  const span = last.middle / first.middle;
  const rows = Math.min(
    MOST_ROWS,
    Math.max(1, Math.floor(Math.log(span) / Math.log(LEAST_STEP))),
  );
  const counts = new Array<number>(rows).fill(0);
  for (const { middle, count } of classes) {
    const part = Math.log(middle / first.middle) / Math.log(span) || 0;
    counts[Math.min(rows - 1, Math.floor(part * rows))]! += count;
  }
  const borderOf = (row: number) => first.middle * span ** (row / rows);
  return drawn(counts, borderOf, histogram.count);
}

function drawn(
  counts: readonly number[],
  borderOf: (row: number) => number,
  total: number,
): string[] {
  const most = Math.max(...counts);
  const labels = counts.map((_, row) => plainMilliseconds(borderOf(row)));
  const labelWidth = Math.max(...labels.map(({ length }) => length));
  const countWidth = String(most).length;
  return counts.map((count, row) => {
    const bar = "#".repeat(Math.ceil(count / most * BAR_WIDTH));
    const label = labels[row]!.padStart(labelWidth);
    const number = String(count).padStart(countWidth);
    const share = percent(count / total * 100);
    return `${label} ms+ ${bar.padEnd(BAR_WIDTH)} ${number} ${share}`;
  });
}
