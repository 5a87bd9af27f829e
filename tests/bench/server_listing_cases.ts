/**
 * Listings of folders with few and with very many entries.
 *
 * @module
 */

import { join } from "node:path";
import { median } from "./figures.ts";
import { type Order, whileHolding } from "./hold.ts";
import type { Load } from "./load.ts";
import type { Running } from "./processes.ts";
import { forgetPeaks, peakOf, residentOf } from "./resident.ts";
import {
  BEST_PEER,
  type Case,
  type Expected,
  type ServerMetric,
} from "./server_case.ts";

const MB = 1e6;
/** Entries. */
const FEW = 10;
const MOST = 100_000;
const COUNTS = [FEW, 10_000, MOST];
const FOLDER = "list";
/** Listings of which the median counts, where one alone says little. */
const OFTEN = 21;
/** Some list the folder itself and the one above, or a line with a total. */
const FURTHER_LINES = 3;

/** Twice as fast as the fastest other. */
const FAST: Expected = { atMostTimes: 0.5, of: BEST_PEER };
/** Ten times the entries do not need more memory. */
const FLAT: Expected = { atMostTimes: 1.5, ofGroup: "10,000" };

type Verb = "MLSD" | "LIST";

/** What one listing took. */
interface Listing {
  /** Entries. */
  count: number;
  /** Seconds from the command to the first byte. */
  first: number;
  /** Seconds from the command to the last reply. */
  total: number;
  /** Seconds of processor time of the server's whole process tree. */
  processor: number;
  /** Bytes by which its memory was larger at most than before all listings. */
  growth: number;
}

/** MLSD, and LIST as it is by default, each in its own fresh server. */
export function listingCases(quick: boolean): Case[] {
  const counts = quick ? COUNTS.slice(0, 2) : COUNTS;
  return (["MLSD", "LIST"] as const).map((verb) => ({
    name: `listing-${verb.toLowerCase()}`,
    words: ["memory"],
    metrics: metricsOf(verb, counts),
    fresh: true,
    enough: 6000,
    prepare: (load, folder) => makeFolders(load, folder, counts),
    measure: async (load, server) => {
      const listings = await listAll(load, server, verb, counts);
      const each = (value: (listing: Listing) => number) => listings.map(value);
      return [
        ...each(({ total }) => total * 1e3),
        ...each(({ first }) => first * 1e3),
        ...each(({ growth }) => growth / MB),
        ...listings.filter(({ count }) => count === MOST).map((
          { processor },
        ) => processor * 1e6 / MOST),
      ];
    },
  }));
}

async function makeFolders(
  load: Load,
  folder: string,
  counts: number[],
): Promise<void> {
  const all = join(folder, FOLDER);
  await Deno.mkdir(all, { recursive: true });
  for (const count of counts) {
    const path = join(all, `${count}`);
    if (await isThere(path)) continue;
    await load.figures("entries", path, count);
  }
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function listAll(
  load: Load,
  server: Running,
  verb: Verb,
  counts: number[],
): Promise<Listing[]> {
  return await whileHolding(load, server.port, async (order) => {
    await order("grow", 1);
    const before = await residentOf(server.pid);
    await forgetPeaks(server.pid);
    const listings: Listing[] = [];
    for (const count of counts) {
      const times = count === FEW ? OFTEN : 1;
      const took = await list(order, server, verb, count, times);
      const growth = await peakOf(server.pid) - before;
      listings.push({ count, ...took, growth });
    }
    return listings;
  });
}

async function list(
  order: Order,
  server: Running,
  verb: Verb,
  count: number,
  times: number,
) {
  const before = await server.processor();
  const took: { first: number; total: number }[] = [];
  while (took.length < times) {
    const [first = NaN, total = NaN, , lines = NaN] = await order(
      ...["list", verb, `${FOLDER}/${count}`],
    );
    if (!(lines >= count && lines <= count + FURTHER_LINES)) {
      throw new Error(`${lines} lines came for ${count} entries`);
    }
    took.push({ first, total });
  }
  return {
    first: median(took.map(({ first }) => first)),
    total: median(took.map(({ total }) => total)),
    processor: (await server.processor() - before) / times,
  };
}

function metricsOf(verb: Verb, counts: number[]): ServerMetric[] {
  const judged = verb === "MLSD";
  const all = [
    ...perFolder(
      `${verb}, from the command to the last reply`,
      "ms",
      counts,
      judged ? [FAST] : [],
    ),
    ...perFolder(`${verb}, from the command to the first byte`, "ms", counts),
    ...perFolder(
      `Growth of memory at most during ${verb}, RSS of all processes`,
      "MB",
      counts,
      judged ? [FLAT] : [],
    ),
    ...perFolder(
      `Processor time of ${verb}`,
      "µs/entry",
      counts.filter((count) => count === MOST), // Others cost a tick or two.
    ),
  ];
  return all.map((metric) => ({ ...metric, better: "less" }));
}

function perFolder(
  title: string,
  unit: string,
  counts: number[],
  expected: Expected[] = [],
) {
  return counts.map((count) => {
    const group = { head: "entries", value: count.toLocaleString("en") };
    return { title, unit, group, expected: count === MOST ? expected : [] };
  });
}
