/**
 * Measures programs in turns: A B C, A B C, …
 *
 * @module
 */

import type { Rest } from "./machine.ts";

/** What is measured in turns; it drops out at its first failure. */
export interface Entrant {
  /** What it is called in the progress. */
  name: string;
  /** Runs once before all turns. */
  prepare?(): Promise<void>;
  /** One measured run, with one value or several. */
  measure(): Promise<number[]>;
}

/** Characters of what a program says when it fails. */
const MOST_SAID = 200;

/** What an entrant reached. */
export interface Outcome {
  /** What each of its turns measured. */
  values: number[][];
  /** Why it dropped out. */
  failure?: string;
}

/** How the turns are taken. */
export interface Turns {
  /** What it is called in the progress. */
  name: string;
  /** Measured repetitions. */
  runs: number;
  /** Milliseconds after which one gets no further turn. @default no limit */
  enough?: number;
  /** No round but the first begins after it (`performance.now()`). @default no limit */
  until?: number;
  /** Waits for a quiet machine before each measurement. */
  rest: Rest;
  /** Ends the work before the next measurement. */
  signal: AbortSignal;
  /** Takes a line about the progress. */
  say(line: string): void;
}

/** An entrant on its way. */
interface Racer {
  entrant: Entrant;
  outcome: Outcome;
  /** Milliseconds that its turns took. */
  spent: number;
}

/**
 * Measures all entrants in turns.
 *
 * @returns The outcome of each, in their order.
 * @throws What `signal` was aborted with.
 */
export async function inTurns(
  entrants: readonly Entrant[],
  turns: Turns,
): Promise<Outcome[]> {
  const racers = entrants.map((entrant): Racer => {
    return { entrant, outcome: { values: [] }, spent: 0 };
  });
  for (const racer of racers) {
    await attempt(racer, turns, async () => await racer.entrant.prepare?.());
  }
  const { runs, until = Infinity } = turns;
  for (let run = 1; run <= runs; run++) {
    if (run > 1 && performance.now() > until) break;
    turns.say(`${turns.name} ${run}/${runs}`);
    for (const racer of racers) await takeTurn(racer, turns);
  }
  return racers.map(({ outcome }) => outcome);
}

async function takeTurn(racer: Racer, turns: Turns): Promise<void> {
  const { enough = Infinity, rest, signal } = turns;
  if (racer.outcome.failure !== undefined || racer.spent > enough) return;
  await rest.wait();
  signal.throwIfAborted();
  await attempt(racer, turns, async () => {
    const start = performance.now();
    racer.outcome.values.push(await racer.entrant.measure());
    racer.spent += performance.now() - start;
  });
}

async function attempt(
  { entrant, outcome }: Racer,
  { signal, say }: Turns,
  action: () => Promise<void>,
): Promise<void> {
  try {
    await action();
  } catch (error) {
    signal.throwIfAborted();
    outcome.failure = reasonOf(error);
    say(`${entrant.name} failed: ${outcome.failure}`);
  }
}

/** The message of `error` and of what caused it, on one line of some length. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return `${error}`;
  const lines = new Set(error.message.trim().split(/\s*\n\s*/));
  const message = cut([...lines].join("; "));
  if (error.cause === undefined) return message;
  return `${message}: ${reasonOf(error.cause)}`;
}

function cut(text: string): string {
  return text.length <= MOST_SAID ? text : `${text.slice(0, MOST_SAID)} …`;
}

/** What `count` runs of `action` return. */
export async function times<T>(
  count: number,
  action: () => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  while (results.length < count) results.push(await action());
  return results;
}
