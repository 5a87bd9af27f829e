/**
 * `deno task soak`: `ftpd` under mixed load with churn, and whether anything of
 * it stays behind.
 *
 * @module
 */

import { defineTool, EXIT, runTool } from "../../lib/cli.ts";
import { visible } from "../../lib/visible.ts";
import type { Crowd, Visits } from "./crowd.ts";
import { graphOf } from "./graph.ts";
import { jsonOf, pageOf, timesOf } from "./report.ts";
import { soak } from "./run.ts";
import type { Sample } from "./samples.ts";
import { type Soaked, verdictOf } from "./verdict.ts";

const OPTIONS = {
  minutes: {
    type: "integer",
    default: 30,
    min: 1,
    max: 10_080,
    help: "how long clients come",
  },
  seed: {
    type: "integer",
    default: 1,
    max: 0xffff_ffff,
    help: "other visits in another order",
  },
  clients: {
    type: "integer",
    default: 12,
    min: 1,
    max: 200,
    help: "clients at a time",
  },
  "write-docs": {
    type: "text",
    placeholder: "FILE.md",
    help: "writes a page, and its graph and numbers beside it",
    names: "file",
  },
} as const;

const TOOL = defineTool({
  name: "soak",
  summary: "keep ftpd busy for long, and look for what stays behind",
  usage: "deno task soak [options]",
  examples: [
    ["deno task soak", "half an hour of the sources"],
    ["WHARF_DIST=dist deno task soak --minutes 600", "a night of the binary"],
    ["deno task soak --write-docs docs/soak.md", "and put it on a page"],
  ],
  options: OPTIONS,
});

/** Problems that are told. */
const MOST_TOLD = 50;

/** Runs the tool and returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  return await runTool(TOOL, args, async ({ options }) => {
    const { minutes, seed, clients } = options;
    const onSample = teller();
    const soaked = await soak({ minutes, seed, clients, onSample });
    const mistakes = soaked.mistakes.slice(0, MOST_TOLD);
    for (const line of mistakes) console.log(visible(line));
    for (const { at, visits, kept } of soaked.heaps) {
      const heap = (kept / 1e6).toFixed(2);
      console.log(
        `heap after ${at.toFixed(0)} s, ${visits} visits: ${heap} MB`,
      );
    }
    const answers = verdictOf(soaked);
    for (const { wanted, found, isGood } of answers) {
      console.log(`${isGood ? "met   " : "MISSED"}  ${wanted}: ${found}`);
    }
    const page = options["write-docs"];
    if (page !== undefined) await write(soaked, page);
    return answers.every(({ isGood }) => isGood) ? EXIT.done : EXIT.failed;
  });
}

/** Prints each look, and what has gone wrong since the last one. */
function teller(): (sample: Sample, crowd: Crowd) => void {
  let told = 0;
  return (sample, { visits, pause }) => {
    console.log(`${rowOf(sample)}, pause ${pause} ms, ${countsOf(visits)}`);
    for (const line of visits.wrong.slice(told, MOST_TOLD)) {
      console.log(visible(`wrong: ${line}`));
    }
    told = visits.wrong.length;
  };
}

function countsOf(visits: Visits): string {
  const { wrong, cut } = visits;
  return `${timesOf({ visits })} visits, ${wrong.length} wrong, ${cut} cut`;
}

function rowOf(sample: Sample): string {
  const { at, pss, descriptors, threads, sessions, processor } = sample;
  return `${at.toFixed(0).padStart(6)} s  PSS ${(pss / 1000).toFixed(1)} MB, ` +
    `${descriptors} descriptors, ${threads} threads, ${sessions} sessions, ` +
    `${(100 * processor / at).toFixed(0)} % CPU`;
}

/** Writes the page FILE.md, and beside it FILE.svg and FILE.json. */
async function write(soaked: Soaked, page: string): Promise<void> {
  const base = page.replace(/\.md$/, "");
  const picture = `${base}.svg`;
  await Deno.writeTextFile(picture, graphOf(soaked));
  await Deno.writeTextFile(`${base}.json`, jsonOf(soaked));
  await Deno.writeTextFile(page, pageOf(soaked, picture.split("/").at(-1)!));
  const args = ["fmt", "--quiet", page, picture, `${base}.json`];
  await new Deno.Command(Deno.execPath(), { args }).output();
}

if (import.meta.main) Deno.exit(await main(Deno.args));
