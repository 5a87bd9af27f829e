/**
 * Many small files, one after the other: what a transfer costs besides bytes.
 *
 * @module
 */

import { join } from "node:path";
import type { Case, ServerMetric } from "./server_case.ts";
import { effortOf } from "./server_cost.ts";
import type { Way } from "./server_transfer_cases.ts";

/** Files of 1 KiB. */
const FILES = 10_000;
/** Fewer, where a run is to be short. */
const FEW_FILES = 1000;
/** Seconds after which a run ends, with as many files as it came to. */
const SECONDS = 1;
/** Files that are compared before anything is timed. */
const TRIED = 50;
/** Seconds for them: as long as it takes. */
const PATIENCE = 20;

/** Some files of some sessions. */
interface Plan {
  way: Way;
  /** Sessions that work at the same time. */
  sessions: number;
  files: number;
  tls: boolean;
}

/** Small files down and up, over one connection and over four. */
export function smallCases(quick: boolean, tls = false): Case[] {
  const files = quick || tls ? FEW_FILES : FILES;
  return (["retr", "stor"] as const).flatMap((way) =>
    [1, 4].map((sessions) => smallCase({ way, sessions, files, tls }))
  );
}

function smallCase(plan: Plan): Case {
  const { way, sessions, files, tls } = plan;
  return {
    name: `small-${way}-${sessions}`,
    words: ["cpu"],
    metrics: metricsOf(plan),
    enough: 2500,
    also: sessions === 1 || tls ? [] : ["workers"],
    prepare: async (load, folder) => {
      await Deno.mkdir(join(folder, "small"), { recursive: true });
      await load.figures("make-small", join(folder, "small"), files);
    },
    verify: async (load, { port, folder }) => {
      const words = wordsOf({ ...plan, files: TRIED }, port, PATIENCE);
      await load.run(...words, "verify");
      if (way === "retr") return;
      await load.figures("check-small", join(folder, "incoming"), TRIED);
      await empty(folder);
    },
    measure: async (load, server) => {
      const words = wordsOf(plan, server.port, SECONDS);
      const { seconds, count, processor } = await effortOf(load, server, words);
      if (way === "stor") await empty(server.folder);
      return [count / seconds, processor / count * 1e6];
    },
  };
}

function wordsOf(
  { way, sessions, files }: Plan,
  port: number,
  seconds: number,
) {
  const folder = way === "retr" ? "small" : "incoming";
  return ["small", port, way, folder, files, sessions, seconds];
}

function metricsOf({ way, sessions, files, tls }: Plan): ServerMetric[] {
  const where = way === "retr" ? "down" : "up";
  const what = `${files.toLocaleString("en")} files of 1 KiB, ${where}` +
    (tls ? ", over TLS" : "");
  const group = { head: "sessions", value: `${sessions}` };
  return [
    { title: what, unit: "files/s", better: "more", group },
    {
      title: `Processor time of ${what}`,
      unit: "µs/file",
      better: "less",
      group,
    },
  ];
}

/** Removes what came up; the folder stays the one that servers know. */
async function empty(folder: string): Promise<void> {
  const incoming = join(folder, "incoming");
  for await (const { name } of Deno.readDir(incoming)) {
    await Deno.remove(join(incoming, name));
  }
}
