import { assertEquals } from "@std/assert";
import { addValue, newHistogram, quantile } from "../../lib/histogram.ts";

const BOUNDS = [0.1, 1, 10];

Deno.test("addValue() counts a value at a bound below it", () => {
  const histogram = newHistogram(BOUNDS);
  for (const value of [0, 0.1, 0.11, 1, 10, 10.5]) {
    addValue(histogram, BOUNDS, value);
  }
  assertEquals(histogram.counts, [2, 2, 1, 1]);
  assertEquals(Math.round(histogram.sum * 100), 2171);
});

Deno.test("quantile() gives the bound that so many values do not exceed", () => {
  const histogram = newHistogram(BOUNDS);
  assertEquals(quantile(histogram, BOUNDS, 0.5), null);
  for (const value of [0.05, 0.5, 0.5, 5, 50]) {
    addValue(histogram, BOUNDS, value);
  }
  const at = (part: number) => quantile(histogram, BOUNDS, part);
  assertEquals([at(0), at(0.2), at(0.5), at(0.8), at(0.81)], [
    ...[0.1, 0.1, 1, 10, Infinity],
  ]);
});
