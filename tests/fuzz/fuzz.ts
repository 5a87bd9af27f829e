/**
 * `deno task fuzz`: throws whatever comes at everything that reads what
 * strangers say.
 *
 * @module
 */

import {
  defineTool,
  EXIT,
  runTool,
  ToolError,
  UsageError,
} from "../../lib/cli.ts";
import { visible } from "../../lib/visible.ts";
import { FOUND, nameOf, shown, targetOf } from "./found.ts";
import { failureOf, type Finding } from "./hunt.ts";
import { LONGEST, type Target } from "./target.ts";
import { TARGETS } from "./targets.ts";
import { fuzzThread, type Outcome } from "./watch.ts";

const OPTIONS = {
  seed: {
    type: "integer",
    default: 0,
    max: 0xffff_ffff,
    help: "the same inputs again; 0 for others every time",
  },
  seconds: {
    type: "integer",
    default: 60,
    min: 1,
    max: 86_400,
    help: "how long it takes in all",
  },
  runs: {
    type: "integer",
    default: 0,
    help: "most inputs of each target; 0 for no limit",
  },
  replay: {
    type: "texts",
    placeholder: "FILE",
    help: "tries an input again that was found",
    names: "file",
  },
  save: {
    type: "text",
    placeholder: "DIR",
    help: "the folder for what is found",
    names: "folder",
  },
  list: { type: "flag", help: "lists the targets" },
} as const;

const TOOL = defineTool({
  name: "fuzz",
  summary: "try every reader of what strangers say with whatever comes",
  usage: "deno task fuzz [options] [TARGET...]",
  examples: [
    ["deno task fuzz", "every target, a minute in all"],
    ["deno task fuzz listing --seconds 600", "one of them for ten minutes"],
    ["deno task fuzz --replay tests/fuzz/found/url.1a2b3c4d", "once more"],
  ],
  options: OPTIONS,
  positionals: { max: Infinity, names: "nothing" },
});

/** Runs the tool and returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  return await runTool(TOOL, args, async ({ options, positionals }) => {
    if (options.list) return list();
    if (options.replay.length > 0) return await replayAll(options.replay);
    const targets = positionals.length === 0 ? TARGETS : positionals.map(find);
    const { seconds, runs, save } = options;
    const seed = options.seed || 1 + Date.now() % 1_000_000;
    const plan = { seed, runs: runs || Infinity, seconds };
    return await fuzzAll(targets, plan, save ?? FOUND.pathname);
  });
}

interface Plan {
  seed: number;
  runs: number;
  seconds: number;
}

async function fuzzAll(
  targets: readonly Target[],
  { seed, runs, seconds }: Plan,
  folder: string,
): Promise<number> {
  const start = performance.now();
  let [inputs, found] = [0, 0];
  using thread = fuzzThread();
  for (const [index, target] of targets.entries()) {
    const left = seconds * 1000 - (performance.now() - start);
    const time = Math.max(50, left / (targets.length - index));
    const outcome = await thread.work({
      target: target.name,
      seed,
      runs,
      time,
    });
    console.log(row(target, outcome));
    for (const finding of outcome.findings) await tell(target, finding, folder);
    inputs += outcome.hunt.inputs;
    found += outcome.findings.length;
  }
  const time = Math.round((performance.now() - start) / 1000);
  console.log(
    `fuzz: ${
      inputs.toLocaleString("en")
    } inputs of ${targets.length} targets ` +
      `in ${time} s, seed ${seed}: ${found} findings`,
  );
  return found === 0 ? EXIT.done : EXIT.failed;
}

function row({ name }: Target, { hunt, time }: Outcome): string {
  const inputs = hunt.inputs.toLocaleString("en").padStart(11);
  const seconds = (time / 1000).toFixed(1).padStart(7);
  const slowest = hunt.slowest.toFixed(1).padStart(7);
  return `${name.padEnd(18)}${inputs} inputs in ${seconds} s, ` +
    `${String(hunt.outcomes).padStart(5)} outcomes, slowest ${slowest} ms`;
}

async function tell(
  { name }: Target,
  { input, reason }: Finding,
  folder: string,
): Promise<void> {
  const path = `${folder.replace(/\/$/, "")}/${await nameOf(name, input)}`;
  const where = await Deno.mkdir(folder, { recursive: true })
    .then(() => Deno.writeFile(path, input))
    .then(() => path, (error) => `(not saved: ${error.message})`);
  console.log(
    visible(`FOUND ${name}: ${reason}: ${shown(input)}`) +
      `\n  ${where}\n  in base64: ${input.toBase64()}`,
  );
}

async function replayAll(paths: readonly string[]): Promise<number> {
  let failed = 0;
  for (const path of paths) {
    const target = find(targetOf(path));
    const input = await Deno.readFile(path).catch((error) => {
      throw new ToolError(`${path}: ${error.message}`);
    });
    const reason = await failureOf(target, input.slice(0, LONGEST));
    if (reason !== null) failed++;
    console.log(visible(`${path}: ${reason ?? "holds"}`));
  }
  return failed === 0 ? EXIT.done : EXIT.failed;
}

function find(name: string): Target {
  const found = TARGETS.find((target) => target.name === name);
  if (found !== undefined) return found;
  throw new UsageError(`no target ${visible(name)}; --list shows them`);
}

function list(): number {
  for (const { name, about } of TARGETS) {
    console.log(`${name.padEnd(18)} ${about}`);
  }
  return EXIT.done;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
