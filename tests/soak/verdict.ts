/**
 * Whether a server is after a soak what it was before.
 *
 * @module
 */

import { median } from "../bench/figures.ts";
import type { Visits } from "./crowd.ts";
import type { Heap } from "./heap.ts";
import type { Sample } from "./samples.ts";

/** What a soak found. */
export interface Soaked {
  /** The first random number. */
  readonly seed: number;
  /** Minutes that clients came. */
  readonly minutes: number;
  /** The program and its version. */
  readonly server: string;
  /** Whether there were visits over TLS. */
  readonly tls: boolean;
  /** While clients came. */
  readonly samples: readonly Sample[];
  /** After collections, the last one without any session; empty for binaries. */
  readonly heaps: readonly Heap[];
  /** Without any session: before the first one, and after the last one. */
  readonly before: Sample;
  readonly after: Sample;
  /** What came of the visits. */
  readonly visits: Visits;
  /** How often the configuration was read again, and in new threads. */
  readonly reloads: number;
  readonly generations: number;
  /** Lines of the server's log that tell of a mistake of its own. */
  readonly mistakes: readonly string[];
}

/** One thing that was asked. */
export interface Answer {
  /** What had to be. */
  readonly wanted: string;
  /** What was. */
  readonly found: string;
  /** Whether that is good. */
  readonly isGood: boolean;
}

/**
 * Bytes of the heap that may be left of a visit. A session or two more or less
 * at the moment of a look are some 5 bytes a visit in half an hour; a leak is at
 * least an entry in some map, which takes more than 50.
 */
const MOST_KEPT = 50;
/**
 * Percent by which the median of memory (PSS) in the last third of the time may
 * exceed that in the middle third. Heaps go up and down by a third between
 * collections, so that lows and highs say little; the medians of ten minutes
 * each were within 2 percent.
 */
const MOST_GROWTH = 5;
/** Minutes that say something about growth, and about threads that wait. */
export const ENOUGH_MINUTES: number = 10;

/** The answers to everything that is asked. */
export function verdictOf(soaked: Soaked): Answer[] {
  const { visits, before, after, mistakes, minutes, generations } = soaked;
  const answers = [
    answer("no visit goes wrong", visits.wrong.length, (count) => count === 0),
    answer(
      `clients cut off while threads changed: at most ${generations}, one a change`,
      visits.cut,
      (count) => count <= generations,
    ),
    answer("no mistake in the log", mistakes.length, (count) => count === 0),
    answer("no session is left", after.sessions, (count) => count === 0),
    descriptorsOf(soaked),
  ];
  if (minutes < ENOUGH_MINUTES) return answers;
  const growth = Number((100 * growthOf(soaked)).toFixed(1));
  const kept = keptPerVisit(soaked.heaps);
  return [
    ...answers,
    answer(
      `threads as before the first session (${before.threads})`,
      after.threads,
      (count) => count <= before.threads,
    ),
    answer(
      `memory (PSS), median of the last third against the middle one: at most ${MOST_GROWTH} % more`,
      growth,
      (percent) => percent <= MOST_GROWTH,
    ),
    ...kept === null ? [] : [answer(
      `bytes that a visit leaves in the heap: at most ${MOST_KEPT}`,
      Math.round(kept),
      (bytes) => bytes <= MOST_KEPT,
    )],
  ];
}

function descriptorsOf(soaked: Soaked): Answer {
  const { before: { descriptors }, after } = soaked;
  const kept = keptByRuntime(soaked);
  const wanted = `descriptors as before the first session (${descriptors})` +
    (kept > 0 ? `, and ${kept} that the runtime keeps of ended threads` : "");
  return answer(
    wanted,
    after.descriptors,
    (count) => count <= descriptors + kept,
  );
}

/**
 * Descriptors that are left of threads that have ended: runtimes before 2.9
 * keep two of each, with whatever program.
 */
export function keptByRuntime(
  { server, generations }: Pick<Soaked, "server" | "generations">,
): number {
  return /\(deno 2\.[0-8]\./.test(server) ? 2 * generations : 0;
}

function answer(
  wanted: string,
  found: number,
  isGood: (found: number) => boolean,
): Answer {
  return { wanted, found: `${found}`, isGood: isGood(found) };
}

/**
 * By which part the median of memory (PSS) in the last third of the time
 * exceeds that in the middle third.
 */
export function growthOf(
  { samples, minutes }: Pick<Soaked, "samples" | "minutes">,
): number {
  const third = (number: number) =>
    median(
      samples.filter(({ at }) => Math.floor(at / (minutes * 20)) === number)
        .map(({ pss }) => pss),
    );
  return third(2) / third(1) - 1;
}

/**
 * Bytes that each visit has left after collections, since a third of them were
 * made; `null` where nothing is known.
 */
export function keptPerVisit(heaps: readonly Heap[]): number | null {
  const last = heaps.at(-1);
  const first = last &&
    heaps.find(({ visits }) => visits >= last.visits / 3);
  if (first === undefined || first === last) return null;
  return (last!.kept - first.kept) / (last!.visits - first.visits);
}
