/**
 * What a case is: one thing to measure of servers. Each prepares a folder once,
 * is tried once per server with every byte compared, and measured in turns.
 *
 * @module
 */

import type { Load } from "./load.ts";
import type { Running } from "./processes.ts";
import type { Metric } from "./report.ts";

/**
 * What our server must reach: times another row's median (where more is
 * better), at most times one (where less is), or a limit. "The best peer" is
 * the best of those that are neither ours nor the bare loop.
 */
export type Expected =
  | { times: number; of: string }
  | { atMostTimes: number; of: string }
  | { atMostTimes: number; ofGroup: string }
  | { atLeast: number }
  | { atMost: number };

/** Stands for the best of the others in {@linkcode Expected}. */
export const BEST_PEER = "the best peer";

/** Rows besides the servers of the comparison. */
export type Extra = "workers" | "source" | "plain" | "loop";

/** One quantity that a case yields. */
export interface ServerMetric extends Metric {
  /**
   * Which part of its table this is. Metrics with the same title, of any case,
   * share a table, and are compared within their group.
   */
  group?: { head: string; value: string };
  /** What our server must reach. Default: nothing. */
  expected?: Expected[];
}

/** One thing to measure. */
export interface Case {
  /** Its word: `retr-4` is chosen by `retr-4` and by `retr`. */
  name: string;
  /** Further words that choose it. @default {[]} */
  words?: string[];
  /** What {@linkcode measure} yields, in this order. */
  metrics: ServerMetric[];
  /** Which rows there are besides the servers. @default {[]} */
  also?: Extra[];
  /** The most repetitions. @default {as many as are asked for} */
  runs?: number;
  /** Milliseconds after which a server gets no further turn. @default {8000} */
  enough?: number;
  /** Whether each run gets a server of its own. @default {false} */
  fresh?: boolean;
  /** Writes the files it needs into the served folder, when it needs some. */
  prepare?(load: Load, folder: string): Promise<void>;
  /** An unmeasured run that warms up and compares every byte. */
  verify?(load: Load, server: Running): Promise<void>;
  /** One measured run: a value for each metric, `NaN` where there is none. */
  measure(load: Load, server: Running): Promise<number[]>;
}

/**
 * Those of `cases` that one of `words` chooses: by its whole name or the part
 * before a hyphen, or by a further word of its.
 */
export function casesFor<T extends { name: string; words?: string[] }>(
  cases: readonly T[],
  words: readonly string[],
): T[] {
  return cases.filter(({ name, words: further = [] }) =>
    words.some((word) =>
      name === word || name.startsWith(`${word}-`) || further.includes(word)
    )
  );
}
