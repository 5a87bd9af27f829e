/**
 * How long a server takes to be there, and how large it is.
 *
 * @module
 */

import { median } from "./figures.ts";
import type { Load } from "./load.ts";
import { OURS } from "./names.ts";
import { freePort } from "./processes.ts";
import { sizeOf } from "./program_size.ts";
import type { Case, ServerMetric } from "./server_case.ts";
import type { Candidate, Recipe } from "./servers.ts";
import { times } from "./turns.ts";

const MB = 1e6;
/** Starts in each turn, of which the median counts: with three turns twelve. */
const STARTS = 4;

/** How servers in C are asked for their version; others are not asked. */
const ASKING: Readonly<Record<string, string>> = {
  vsftpd: "-v",
  ProFTPD: "--version",
  "Pure-FTPd": "--help",
};

/** Start-up, and size on disk. */
export function startCases(): Case[] {
  return [
    {
      name: "start",
      metrics: [
        inMilliseconds("From exec to the first byte of a greeting"),
        inMilliseconds("`--version`, from exec to the end"),
      ],
      also: ["source"],
      measure: async (load, { candidate, folder }) => {
        const start = () => startOf(candidate, folder, load);
        const version = () => versionOf(candidate, folder, load);
        return [
          median(await times(STARTS, start)) * 1e3,
          median(await times(STARTS, version)) * 1e3,
        ];
      },
    },
    {
      name: "size",
      metrics: [{ title: "Program on disk", unit: "MB", better: "less" }],
      runs: 1,
      measure: async (_, { candidate }) => [await sizeOf(candidate) / MB],
    },
  ];
}

function inMilliseconds(title: string): ServerMetric {
  return { title, unit: "ms", better: "less" };
}

/** Seconds; a server that chooses its port itself is told one here. */
async function startOf(
  candidate: Candidate,
  folder: string,
  load: Load,
): Promise<number> {
  const port = freePort();
  return await withRecipe(candidate, folder, port, async ({ words }) => {
    const told = words.map((word) =>
      word === "127.0.0.1:0" ? `127.0.0.1:${port}` : word
    );
    return await load.run("start", port, ...told);
  });
}

/** Seconds, `NaN` for those that are not asked. */
async function versionOf(
  candidate: Candidate,
  folder: string,
  load: Load,
): Promise<number> {
  const { name, program } = candidate;
  const ask = ASKING[name];
  if (ask !== undefined) return await load.run("run", program, ask);
  if (!name.startsWith(OURS)) return NaN;
  return await withRecipe(candidate, folder, 0, async ({ words }) => {
    const tool = words.slice(0, words.indexOf("--listen"));
    return await load.run("run", ...tool, "--version");
  });
}

async function withRecipe<T>(
  candidate: Candidate,
  folder: string,
  port: number,
  action: (recipe: Recipe) => Promise<T>,
): Promise<T> {
  const scratch = await Deno.makeTempDir({ prefix: "ftp-bench-" });
  try {
    return await action(await candidate.prepare({ folder, scratch, port }));
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}
