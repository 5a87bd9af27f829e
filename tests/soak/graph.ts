/**
 * A soak as a picture: memory, descriptors and sessions over time.
 *
 * @module
 */

import type { Sample } from "./samples.ts";
import type { Soaked } from "./verdict.ts";

/** Where things are, in the picture's own units. */
const WIDTH = 800;
const LEFT = 70;
const RIGHT = 20;
const PANEL = 120;
const GAP = 44;

/** Readable on white and on black. */
const STYLE = `
text { font: 12px sans-serif; fill: #444; }
.title { font-weight: bold; }
.axis { stroke: #999; fill: none; }
.line { stroke: #0969da; fill: none; stroke-width: 1.5; }
.dot { fill: #cf222e; }
@media (prefers-color-scheme: dark) {
  text { fill: #ccc; }
  .line { stroke: #58a6ff; }
  .dot { fill: #ff7b72; }
}`;

/** Something at a moment. */
interface Point {
  /** Seconds since the beginning. */
  readonly at: number;
  readonly value: number;
}

/** One panel: a line over time, and single points. */
interface Panel {
  readonly title: string;
  readonly line: readonly Point[];
  readonly dots: readonly Point[];
}

function panelsOf({ samples, before, after, heaps }: Soaked): Panel[] {
  const panel = (title: string, valueOf: (sample: Sample) => number) => {
    const point = (sample: Sample) => ({
      at: sample.at,
      value: valueOf(sample),
    });
    const dots = [before, after].map(point);
    return { title, line: samples.map(point), dots };
  };
  const kept = heaps.map(({ at, kept }) => ({ at, value: kept / 1e6 }));
  return [
    panel("memory (PSS), MB", ({ pss }) => pss / 1000),
    ...kept.length === 0
      ? []
      : [{ title: "heap after collections, MB", line: kept, dots: kept }],
    panel("open descriptors", ({ descriptors }) => descriptors),
    panel("threads", ({ threads }) => threads),
    panel("sessions", ({ sessions }) => sessions),
  ];
}

/** The picture as the text of an SVG file; dots are before and after. */
export function graphOf(soaked: Soaked): string {
  const all = panelsOf(soaked);
  const height = GAP + all.length * (PANEL + GAP);
  const panels = all.map((panel, index) => {
    const top = GAP + index * (PANEL + GAP);
    const inside = drawn(panel, soaked.after.at);
    return `<g transform="translate(0 ${top})">${inside}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}">`,
    `<title>ftpd under mixed load for ${soaked.minutes} minutes</title>`,
    `<style>${STYLE}</style>`,
    ...panels,
    "</svg>",
    "",
  ].join("\n");
}

function drawn({ title, line, dots }: Panel, last: number): string {
  const values = [...line, ...dots].map(({ value }) => value);
  const highest = niceAbove(Math.max(...values));
  const x = ({ at }: Point) =>
    (LEFT + at / last * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = ({ value }: Point) => (PANEL - value / highest * PANEL).toFixed(1);
  const points = line.map((point) => `${x(point)},${y(point)}`);
  return [
    `<text class="title" x="${LEFT}" y="-10">${title}</text>`,
    `<path class="axis" d="M${LEFT} 0V${PANEL}H${WIDTH - RIGHT}"/>`,
    label(highest, 5),
    label(0, PANEL),
    `<text x="${WIDTH - RIGHT}" y="${PANEL + 16}" text-anchor="end">` +
    `${(last / 60).toFixed(1)} minutes</text>`,
    `<polyline class="line" points="${points.join(" ")}"/>`,
    ...dots.map((dot) =>
      `<circle class="dot" cx="${x(dot)}" cy="${y(dot)}" r="4"/>`
    ),
  ].join("\n");
}

function label(value: number, y: number): string {
  return `<text x="${LEFT - 8}" y="${y}" text-anchor="end">${value}</text>`;
}

/** The next 1, 2 or 5 with zeros that is not below `value`. */
export function niceAbove(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 2, 5, 10].find((step) => step * power >= value)!;
}
