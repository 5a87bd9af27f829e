/**
 * How long a session waits while others are busy.
 *
 * @module
 */

import { join } from "node:path";
import { percentilesOf, whileHolding } from "./hold.ts";
import { pause } from "./processes.ts";
import type { Case, ServerMetric } from "./server_case.ts";
import { OTHERS, ROUND_TRIP } from "./server_crowd_cases.ts";

/** Sessions that download for ever. */
const BUSY = 16;
const FILE = "busy.bin";
const SIZE = 2 ** 26;
/** Milliseconds for all of them to be under way. */
const SETTLE = 300;
const PINGS = 2000;
/** Seconds after which no further round trip is measured. */
const SECONDS = 2;

/** Round trips beside busy sessions: further rows of those beside idle ones. */
export function busyCases(): Case[] {
  return [{
    name: "busy",
    words: ["latency"],
    metrics: [metricOf(ROUND_TRIP.middle), metricOf(ROUND_TRIP.most)],
    also: ["workers"],
    prepare: async (load, folder) => {
      await load.run("make", join(folder, FILE), SIZE);
    },
    verify: async (load, { port }) => {
      await load.staged(
        ["parallel", port, "retr", FILE, SIZE, 1, "verify"],
        async ({ heard, tell }) => {
          await heard();
          await tell();
          await heard();
        },
      );
    },
    measure: async (load, { port }) => {
      const trips = await whileHolding(load, port, async (order) => {
        await order("busy", BUSY, FILE, SIZE);
        await pause(SETTLE);
        return percentilesOf(await order("ping", PINGS, SECONDS));
      });
      return [trips.middle, trips.most];
    },
  }];
}

function metricOf(title: string): ServerMetric {
  const group = { head: OTHERS, value: `${BUSY} downloading` };
  return { title, unit: "µs", better: "less", group };
}
