/**
 * What a soak found, for readers and for programs.
 *
 * @module
 */

import type { Sample } from "./samples.ts";
import { growthOf, keptPerVisit, type Soaked, verdictOf } from "./verdict.ts";

/** The page for the documents; `picture` is the graph's file. */
export function pageOf(soaked: Soaked, picture: string): string {
  const { samples, before, after } = soaked;
  const highest = (of: (sample: Sample) => number) =>
    Math.max(...samples.map(of));
  const row = (name: string, of: (sample: Sample) => number) =>
    `| ${name} | ${of(before)} | ${highest(of)} | ${of(after)} |`;
  return [
    "# Soak",
    "",
    introOf(soaked),
    "",
    `![Memory, descriptors, threads and sessions over time](${picture})`,
    "",
    "| | before | highest | after the last session |",
    "| --- | ---: | ---: | ---: |",
    row("memory (PSS), MB", ({ pss }) => Math.round(pss / 1000)),
    row("memory (RSS), MB", ({ rss }) => Math.round(rss / 1000)),
    row("descriptors", ({ descriptors }) => descriptors),
    row("threads", ({ threads }) => threads),
    row("sessions", ({ sessions }) => sessions),
    "",
    "Memory without sessions is what the runtime holds in store: where nothing " +
    "happens, it collects no garbage and gives nothing back.",
    "",
    "| wanted | found | |",
    "| --- | ---: | --- |",
    ...verdictOf(soaked).map(({ wanted, found, isGood }) =>
      `| ${wanted} | ${found} | ${isGood ? "met" : "**missed**"} |`
    ),
    "",
    ...heapTable(soaked),
    "| visit | times |",
    "| --- | ---: |",
    ...[...soaked.visits.done].sort(([, a], [, b]) => b - a)
      .map(([name, times]) => `| ${name} | ${times} |`),
    "",
    ENDING,
    "",
  ].join("\n");
}

/** What collections left, where the runtime's inspector tells. */
function heapTable({ heaps }: Soaked): string[] {
  if (heaps.length === 0) return [];
  return [
    "What all threads keep when their garbage has been collected:",
    "",
    "| minutes | visits | heap, MB |",
    "| ---: | ---: | ---: |",
    ...heaps.map(({ at, visits, kept }) =>
      `| ${(at / 60).toFixed(1)} | ${visits} | ${(kept / 1e6).toFixed(2)} |`
    ),
    "",
  ];
}

const ENDING = "Repeat it with `deno task soak`, for minutes or for days: " +
  "`deno task soak --minutes 1440 --seed 7`. Its exit code says whether all " +
  "that is wanted was found.";

function introOf(soaked: Soaked): string {
  const { visits, samples, minutes, tls } = soaked;
  const times = timesOf(soaked);
  const used = (samples.at(-1)?.processor ?? 0) / (samples.at(-1)?.at ?? 1);
  return `\`${soaked.server}\`, ${minutes} minutes of mixed load with churn on ` +
    `the loopback (seed ${soaked.seed}): ${times} visits, from log-ins to ` +
    `clients that vanish in the middle of an upload, ${
      tls ? "over TLS, too, " : "without TLS, "
    }with ${soaked.reloads} reloads, ${soaked.generations} of them in new ` +
    `threads. The bytes of every transfer were compared. The load is bounded ` +
    `to half of one processor for server and clients together; the server ` +
    `took ${
      Math.round(100 * used)
    } % of one. Visits that went wrong: ${visits.wrong.length}. ` +
    `Cut off before the greeting while threads changed: ${visits.cut}. ` +
    `Dots are before the first session and after the last one.`;
}

/** Visits that went as they should. */
export function timesOf({ visits }: Pick<Soaked, "visits">): number {
  return [...visits.done.values()].reduce((sum, times) => sum + times, 0);
}

/** What stands in the rows of {@linkcode jsonOf}. */
const COLUMNS = [
  "at",
  "pss",
  "rss",
  "descriptors",
  "threads",
  "sessions",
  "processor",
] as const;

/** The same for programs, every sample included: a row of numbers each. */
export function jsonOf(soaked: Soaked): string {
  const { visits, samples, ...rest } = soaked;
  const all = {
    format: 1,
    ...rest,
    growth: growthOf(soaked),
    keptPerVisit: keptPerVisit(soaked.heaps),
    visits: { ...visits, done: Object.fromEntries(visits.done) },
    verdict: verdictOf(soaked),
    columns: COLUMNS,
  };
  const rows = samples.map((sample) =>
    JSON.stringify(COLUMNS.map((column) => Number(sample[column].toFixed(2))))
  );
  const head = JSON.stringify(all, null, 2).slice(0, -2);
  return `${head},\n  "samples": [\n    ${rows.join(",\n    ")}\n  ]\n}\n`;
}
