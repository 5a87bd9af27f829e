/**
 * What a transfer that goes on costs in memory: the growth with their number,
 * measured while clients move some kilobytes every ten milliseconds.
 *
 * @module
 */

import { join } from "node:path";
import { slope } from "./figures.ts";
import type { Load } from "./load.ts";
import { pause, type Running } from "./processes.ts";
import type { Case, ServerMetric } from "./server_case.ts";
import type { Way } from "./server_transfer_cases.ts";

/** Transfers at a time. */
const COUNTS = [1, 16, 64];
/** Bytes of what is served: nobody comes to its end. */
const SIZE = 2 ** 27;
const SERVED = "slow.bin";
const UPLOAD = join("incoming", "slow");
const MB = 1e6;
/** Milliseconds for buffers to find their sizes, before memory is read. */
const SETTLE = 300;

/** Slow downloads and slow uploads; downloads alone over TLS. */
export function slowCases(tls = false): Case[] {
  const ways: Way[] = tls ? ["retr"] : ["retr", "stor"];
  return ways.map((way) => ({
    name: `memory-${way}`,
    words: ["busy"],
    metrics: metricsOf(way, tls),
    runs: 2,
    fresh: true,
    prepare: async (load, folder) => {
      if (way === "retr") await load.run("make", join(folder, SERVED), SIZE);
    },
    measure: async (load, server) => {
      const memory = await growth(load, server, way);
      await removeUploads(server.folder);
      return [...memory, slope(COUNTS.map((count, i) => [count, memory[i]!]))];
    },
  }));
}

/** Megabytes of the server with each of {@linkcode COUNTS}. */
async function growth(
  load: Load,
  server: Running,
  way: Way,
): Promise<number[]> {
  const name = way === "retr" ? SERVED : UPLOAD;
  const words = ["slow", server.port, way, name, ...COUNTS];
  return await load.staged(words, async ({ heard, tell }) => {
    const memory: number[] = [];
    for (const _ of COUNTS) {
      await heard();
      await pause(SETTLE);
      memory.push((await server.memory()).pss / MB);
      await tell();
    }
    return memory;
  });
}

async function removeUploads(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(join(folder, "incoming"))) {
    if (name.startsWith("slow")) {
      await Deno.remove(join(folder, "incoming", name));
    }
  }
}

function metricsOf(way: Way, tls: boolean): ServerMetric[] {
  const what = (way === "retr" ? "slow downloads" : "slow uploads") +
    (tls ? " over TLS" : "");
  return [
    ...COUNTS.map((count): ServerMetric => ({
      title: `Memory during ${what}, PSS of all processes`,
      unit: "MB",
      better: "less",
      group: { head: "transfers", value: `${count}` },
    })),
    {
      title: `What each of the ${what} adds (slope over 1, 16 and 64), PSS`,
      unit: "MB",
      better: "less",
      expected: tls ? [] : [{ atMost: 2.5 }],
    },
  ];
}
