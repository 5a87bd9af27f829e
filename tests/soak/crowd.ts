/**
 * Clients who come and go, not more of them than a part of one processor can
 * serve.
 *
 * @module
 */

import type { Random } from "../core/random.ts";
import type { Scene } from "./scene.ts";
import { CutOff, type Visit } from "./visit.ts";
import { oneOf } from "./visits.ts";

/** What came of all visits. */
export interface Visits {
  /** Visits that ended as they should, by name. */
  readonly done: Map<string, number>;
  /** What went wrong, with the visit's name in front. */
  readonly wrong: string[];
  /**
   * Clients cut off before the greeting: while threads change, the kernel does
   * that to some, see "Reloading" in docs/config.md.
   */
  cut: number;
}

/** Clients that can be held back. */
export interface Crowd {
  /** What came of them so far. */
  readonly visits: Visits;
  /** Longest pause of a client between visits, in milliseconds. */
  pause: number;
  /** Lets the last visits end; none begins any more. */
  stop(): Promise<void>;
}

/** Options for {@linkcode startCrowd}. */
export interface CrowdOptions {
  /** Clients at a time. @default {12} */
  size?: number;
  /** The first pause. @default {500} */
  pause?: number;
}

/** Characters of a mistake that are kept. */
const MOST_SAID = 160;

/** Lets clients make one visit after the other until they are stopped. */
export function startCrowd(
  scene: Scene,
  visits: readonly Visit[],
  random: Random,
  { size = 12, pause = 500 }: CrowdOptions = {},
): Crowd {
  const gone = new AbortController();
  const crowd: Crowd = {
    visits: { done: new Map(), wrong: [], cut: 0 },
    pause,
    async stop() {
      gone.abort();
      await all;
    },
  };
  async function client(): Promise<void> {
    while (!gone.signal.aborted) {
      await make(oneOf(visits, random), scene, random, crowd.visits);
      await rest(random.below(2 * crowd.pause + 1), gone.signal);
    }
  }
  const all = Promise.all(Array.from({ length: size }, client));
  return crowd;
}

/** Makes one visit and notes what came of it. */
export async function make(
  { name, run }: Visit,
  scene: Scene,
  random: Random,
  visits: Visits,
): Promise<void> {
  try {
    await run(scene, random);
    visits.done.set(name, (visits.done.get(name) ?? 0) + 1);
  } catch (error) {
    if (error instanceof CutOff) visits.cut++;
    else visits.wrong.push(`${name}: ${shortened(error)}`);
  }
}

/** One line of an error, without what assertions draw below it. */
function shortened(error: unknown): string {
  return `${error}`.replaceAll(/\s+/g, " ").slice(0, MOST_SAID);
}

/** Does nothing for so many milliseconds, or until it is time to go. */
export function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end);
  });
}
