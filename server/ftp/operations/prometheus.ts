/**
 * The text format of Prometheus, version 0.0.4: what `/metrics` shows.
 *
 * @module
 */

import type { Histogram } from "../../../lib/histogram.ts";

/** The format's media type. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8" as const;

/** Labels of a sample, by name. */
export type Labels = Readonly<Record<string, string>>;

/** One number of a counter or a gauge. */
export interface Sample {
  /** What distinguishes it from the metric's other samples. */
  readonly labels?: Labels;
  /** The number. */
  readonly value: number;
}

/** A metric and its samples of now. */
export type Family =
  & {
    /** The name that all its samples begin with. */
    readonly name: string;
    /** What it tells, in a line. */
    readonly help: string;
  }
  & (
    | {
      readonly type: "counter" | "gauge";
      readonly samples: readonly Sample[];
    }
    | {
      readonly type: "histogram";
      readonly histogram: Histogram;
      readonly bounds: readonly number[];
    }
  );

/**
 * The text of metrics; those without a sample are left out.
 *
 * @example
 * ```ts
 * import { prometheusText } from "./prometheus.ts";
 * const text = prometheusText([{
 *   name: "logins_total",
 *   help: "Logins.",
 *   type: "counter",
 *   samples: [{ labels: { result: "ok" }, value: 3 }],
 * }]);
 * console.assert(text.endsWith('\nlogins_total{result="ok"} 3\n'));
 * ```
 */
export function prometheusText(families: readonly Family[]): string {
  return families.map(textOf).join("");
}

function textOf(family: Family): string {
  const { name, help, type } = family;
  const lines = type === "histogram"
    ? histogramLines(name, family.histogram, family.bounds)
    : family.samples.map(({ labels, value }) => sample(name, labels, value));
  if (lines.length === 0) return "";
  const said = help.replace(/\\/g, "\\\\").replace(/\n/g, "\\n");
  return [`# HELP ${name} ${said}`, `# TYPE ${name} ${type}`, ...lines]
    .map((line) => `${line}\n`).join("");
}

/** Buckets count all values up to their bound, so that each holds the last. */
function histogramLines(
  name: string,
  { counts, sum }: Histogram,
  bounds: readonly number[],
): string[] {
  let below = 0;
  const buckets = [...bounds, Infinity].map((bound, at) => {
    below += counts[at] ?? 0;
    return sample(`${name}_bucket`, { le: numberText(bound) }, below);
  });
  return [
    ...buckets,
    sample(`${name}_sum`, undefined, sum),
    sample(`${name}_count`, undefined, below),
  ];
}

function sample(
  name: string,
  labels: Labels | undefined,
  value: number,
): string {
  const pairs = Object.entries(labels ?? {})
    .map(([label, text]) => `${label}="${escaped(text)}"`);
  const set = pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
  return `${name}${set} ${numberText(value)}`;
}

function escaped(text: string): string {
  return text.replace(/\\/g, "\\\\").replace(/"/g, '\\"')
    .replace(/\n/g, "\\n");
}

function numberText(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}
