/**
 * A soak from its beginning to its end.
 *
 * @module
 */

import process from "node:process";
import { randomOf } from "../core/random.ts";
import { FTPD } from "../ftp/helpers.ts";
import { type Crowd, rest, startCrowd } from "./crowd.ts";
import { type Heap, keptBytes } from "./heap.ts";
import { timesOf } from "./report.ts";
import { look, type Sample } from "./samples.ts";
import { openScene, type Scene, type SceneOptions } from "./scene.ts";
import { ENOUGH_MINUTES, keptByRuntime, type Soaked } from "./verdict.ts";
import { visitsOf } from "./visits.ts";

/** How long and how much. */
export interface SoakOptions extends SceneOptions {
  /** Minutes that clients come. */
  minutes: number;
  /** The first random number. */
  seed: number;
  /** Seconds between looks. @default {5} */
  every?: number;
  /** Clients at a time. @default {12} */
  clients?: number;
  /** Their longest pause, in milliseconds; changed as they go. @default {500} */
  pause?: number;
  /**
   * Looks between reloads; in the first third of the time each third one is in
   * new threads. @default {6}
   */
  reloadEvery?: number;
  /** Hears of every look. */
  onSample?(sample: Sample, crowd: Crowd): void;
}

/** Of one processor, for server and clients together. */
const SHARE = 0.5;
/** Pauses that are never left, in milliseconds. */
const PAUSES = { shortest: 50, longest: 10_000 };
/** Times at which garbage is collected and what is kept is noted. */
const SWEEPS = 6;
/** Seconds in which a server without sessions is what it was at first. */
const SETTLING = 60;

/** Does it all, and tells what was found. */
export async function soak(options: SoakOptions): Promise<Soaked> {
  await using scene = await openScene(options);
  const { minutes, seed } = options;
  const began = performance.now();
  const sampled = () => sampleOf(scene, began);
  await scene.sessions();
  await heapOf(scene, began, 0);
  const before = await sampled();
  const crowd = startCrowd(scene, visitsOf(scene), randomOf(seed), {
    size: options.clients ?? 12,
    pause: options.pause ?? 500,
  });
  const swept = () => heapOf(scene, began, timesOf(crowd));
  const watched = await watch(scene, crowd, { sampled, swept }, options)
    .finally(() => crowd.stop());
  const server = await versionOf();
  const kept = keptByRuntime({ server, generations: watched.generations });
  const after = await settled(sampled, {
    descriptors: before.descriptors + kept,
    threads: minutes < ENOUGH_MINUTES ? Infinity : before.threads,
  });
  const heaps = [...watched.heaps, ...await swept()];
  return {
    ...watched,
    heaps,
    seed,
    minutes,
    server,
    tls: scene.implicitPort !== 0,
    before,
    after,
    visits: crowd.visits,
    mistakes: scene.ftpd.log.split("\n").filter((line) => / ERROR /.test(line)),
  };
}

/** What is kept, where anybody tells. */
async function heapOf(
  { inspector }: Scene,
  began: number,
  visits: number,
): Promise<Heap[]> {
  if (inspector === undefined) return [];
  const at = (performance.now() - began) / 1000;
  return [{ at, visits, kept: await keptBytes(inspector) }];
}

async function sampleOf(scene: Scene, began: number): Promise<Sample> {
  const at = (performance.now() - began) / 1000;
  const [seen, sessions] = await Promise.all([
    look(scene.ftpd.pid),
    scene.sessions(),
  ]);
  return { at, ...seen, sessions };
}

/** Looks at the server while clients come, and has it reload now and then. */
async function watch(
  scene: Scene,
  crowd: Crowd,
  { sampled, swept }: {
    sampled(): Promise<Sample>;
    swept(): Promise<Heap[]>;
  },
  { minutes, every = 5, reloadEvery = 6, onSample = () => {} }: SoakOptions,
): Promise<Pick<Soaked, "samples" | "heaps" | "reloads" | "generations">> {
  const samples: Sample[] = [];
  const heaps: Heap[] = [];
  let [reloads, generations] = [0, 0];
  const end = performance.now() + minutes * 60_000;
  const hold = governor(crowd);
  const never = new AbortController().signal;
  for (let turn = 1; performance.now() < end; turn++) {
    await rest(every * 1000, never);
    const sample = await sampled();
    samples.push(sample);
    hold(sample);
    onSample(sample, crowd);
    if (sample.at >= (heaps.length + 1) * minutes * 60 / SWEEPS) {
      heaps.push(...await swept());
    }
    if (turn % reloadEvery > 0) continue;
    // Later on, new threads would hide what grows in the old ones.
    const mayRenew = end - performance.now() > minutes * 40_000;
    const anew = ++reloads % 3 === 0 && mayRenew;
    if (anew) generations++;
    await scene.reload(anew);
  }
  return { samples, heaps, reloads, generations };
}

/** Lengthens or shortens pauses, so that the machine has time for others. */
function governor(crowd: Crowd): (sample: Sample) => void {
  let last = { at: 0, used: 0 };
  return ({ at, processor }) => {
    const { user, system } = process.cpuUsage();
    const used = processor + (user + system) / 1e6;
    const share = (used - last.used) / (at - last.at);
    last = { at, used };
    const wanted = crowd.pause * Math.min(2, Math.max(0.5, share / SHARE));
    crowd.pause = Math.round(
      Math.min(PAUSES.longest, Math.max(PAUSES.shortest, wanted)),
    );
  };
}

/** The first look at which no more than this is left, or the last one. */
async function settled(
  sampled: () => Promise<Sample>,
  most: Pick<Sample, "descriptors" | "threads">,
): Promise<Sample> {
  const end = performance.now() + SETTLING * 1000;
  for (;;) {
    const sample = await sampled();
    const isQuiet = sample.sessions === 0 &&
      sample.descriptors <= most.descriptors &&
      sample.threads <= most.threads;
    if (isQuiet || performance.now() > end) return sample;
    await rest(1000, new AbortController().signal);
  }
}

async function versionOf(): Promise<string> {
  const [program, ...args] = [...FTPD, "--version"];
  const { stdout } = await new Deno.Command(program!, { args }).output();
  const from = FTPD.length > 1 ? ", from its source" : "";
  return new TextDecoder().decode(stdout).trim() + from;
}
