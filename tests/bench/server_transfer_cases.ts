/**
 * Large files down and up, one to 300 at a time: speed, and processor time.
 *
 * @module
 */

import { join } from "node:path";
import type { Load } from "./load.ts";
import { LOOP, OURS_IN_PLAIN } from "./names.ts";
import type { Running } from "./processes.ts";
import {
  BEST_PEER,
  type Case,
  type Expected,
  type ServerMetric,
} from "./server_case.ts";
import { effortOf } from "./server_cost.ts";

const MIB = 2 ** 20;
const GB = 1e9;
const SERVED = "served.bin";
const UPLOAD = join("incoming", "upload");

/** Which way bytes go. */
export type Way = "retr" | "stor";

/** So many transfers of one file each at the same time. */
interface Bulk {
  way: Way;
  /** How many at the same time. */
  count: number;
  /** Bytes of each. */
  size: number;
}

/**
 * Transfers at a time and what each moves. Many are to compete with each other,
 * not to take longer, so that their sum is kept in bounds.
 */
const LANES: [count: number, mebibytes: number][] = [
  [1, 1024],
  [4, 256],
  [16, 64],
  [64, 32],
];
const CROWD = { count: 300, size: 10_000_000 };
/** Of that crowd, so many are compared. */
const COMPARED = 20;
/** Milliseconds after which a slow server gets no further turn. */
const ENOUGH = 2500;

/** RETR and STOR of one to 64 large files, and 300 of 10 MB, each way. */
export function transferCases(quick: boolean): Case[] {
  const lanes = LANES.map(([count, mebibytes]) => ({
    count,
    size: mebibytes * MIB / (quick ? 8 : 1),
  }));
  const crowd = quick ? { ...CROWD, size: CROWD.size / 10 } : CROWD;
  return (["retr", "stor"] as const).flatMap((way) => [
    ...lanes.map((lane) => laneCase({ way, ...lane })),
    crowdCase({ way, ...crowd }),
  ]);
}

/** The same over TLS: one and four at a time, of half the size. */
export function transferTlsCases(quick: boolean): Case[] {
  const lanes = LANES.slice(0, 2).map(([count, mebibytes]) => ({
    count,
    size: mebibytes * MIB / 2 / (quick ? 8 : 1),
  }));
  return (["retr", "stor"] as const).flatMap((way) =>
    lanes.map((lane) => laneCase({ way, ...lane }, true))
  );
}

function laneCase(bulk: Bulk, tls = false): Case {
  const { way, count } = bulk;
  return {
    name: `${way}-${count}`,
    words: ["transfer", "cpu"],
    metrics: [speedMetric(bulk, tls), costMetric(bulk, tls)],
    ...bulkCase(bulk),
  };
}

function crowdCase(bulk: Bulk): Case {
  const { way, count, size } = bulk;
  const verb = way === "retr" ? "downloads" : "uploads";
  return {
    name: `concurrent-${way}`,
    words: ["transfer"],
    runs: 2,
    metrics: [{
      title: `${count} ${verb} of ${size / 1e6} MB at the same time`,
      unit: "GB/s",
      better: "more",
    }, {
      title: `Processor time of ${count} ${verb} at the same time`,
      unit: "s/GB",
      better: "less",
    }],
    ...bulkCase(bulk),
  };
}

/** What is the same with every number of transfers. */
function bulkCase(
  bulk: Bulk,
): Pick<Case, "also" | "enough" | "prepare" | "verify" | "measure"> {
  const { way, count, size } = bulk;
  const down = way === "retr";
  const tried = count === CROWD.count ? { ...bulk, count: COMPARED } : bulk;
  return {
    enough: ENOUGH,
    also: ["loop", "plain", ...count === 1 ? [] : ["workers"] as const],
    prepare: async (load, folder) => {
      if (down) await load.run("make", join(folder, SERVED), size);
    },
    verify: async (load, server) => {
      await load.run(...wordsOf(tried, server), "verify");
      if (!down) await takeAway(tried, server, load);
    },
    measure: async (load, server) => {
      const effort = await effortOf(load, server, wordsOf(bulk, server));
      if (!down) await takeAway(bulk, server);
      const gigabytes = count * size / GB;
      return [gigabytes / effort.seconds, effort.processor / gigabytes];
    },
  };
}

function wordsOf({ way, count, size }: Bulk, { port }: Running) {
  const name = way === "retr" ? SERVED : UPLOAD;
  return ["parallel", port, way, name, size, count];
}

/** Removes what came up; each file must be whole, and is compared by `load`. */
async function takeAway(
  { count, size }: Bulk,
  { folder }: Running,
  load?: Load,
): Promise<void> {
  for (let number = 0; number < count; number++) {
    const path = join(folder, `${UPLOAD}.${number}`);
    const { size: found } = await Deno.stat(path);
    if (found !== size) throw new Error(`an upload has ${found} bytes`);
    await load?.run("check", path, size);
    await Deno.remove(path);
  }
}

function speedMetric({ way, count, size }: Bulk, tls: boolean): ServerMetric {
  return {
    title: `${way.toUpperCase()} of large files${suffix(tls)}`,
    unit: "GB/s",
    better: "more",
    group: { head: "at a time", value: sizeOf(count, size) },
    expected: tls ? EXPECTED_TLS : EXPECTED[way],
  };
}

const EXPECTED: Record<Way, Expected[]> = {
  retr: [{ times: 1.3, of: "vsftpd" }, { times: 1, of: LOOP }],
  stor: [{ times: 1.1, of: BEST_PEER }],
};

const EXPECTED_TLS: Expected[] = [
  { times: 3, of: "vsftpd" },
  { times: 0.6, of: OURS_IN_PLAIN },
];

function costMetric({ way, count, size }: Bulk, tls: boolean): ServerMetric {
  return {
    title: `Processor time of ${way.toUpperCase()} of large files${
      suffix(tls)
    }`,
    unit: "s/GB",
    better: "less",
    group: { head: "at a time", value: sizeOf(count, size) },
    expected: [{ atMostTimes: 1.5, of: "vsftpd" }],
  };
}

function suffix(tls: boolean): string {
  return tls ? ", over TLS" : "";
}

function sizeOf(count: number, size: number): string {
  const mebibytes = size / MIB;
  const each = mebibytes === 1024 ? "1 GiB" : `${mebibytes} MiB`;
  return `${count} × ${each}`;
}
