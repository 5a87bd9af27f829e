/**
 * What a worker answers when it is asked how it is, and what the answers of
 * all workers say together.
 *
 * @module
 */

import { addCounters, type Counters, newCounters } from "./counters.ts";
import type { SessionView } from "./observer.ts";

/** How one worker is. Plain data. */
export interface Survey {
  /** Who is there, in the order they came. */
  readonly sessions: readonly SessionView[];
  /** What was counted since the worker started. */
  readonly counters: Counters;
  /** Data ports that are open. */
  readonly dataPorts: number;
  /** Milliseconds that the thread was late, at worst in the last 15 seconds. */
  readonly lag: number;
  /** Bytes that the thread's objects take. */
  readonly heap: number;
}

/** How all workers are, those that are gone included. Plain data. */
export interface ServerSurvey {
  /** Who is there, by number. */
  readonly sessions: readonly SessionView[];
  /** What was counted since the server started. */
  readonly counters: Counters;
  /** Data ports that are open. */
  readonly dataPorts: number;
  /** The workers there are, in the order they started. */
  readonly workers: readonly WorkerView[];
}

/** What is shown of one worker. */
export interface WorkerView {
  /** Its name: any word, always the same one. */
  readonly name: string;
  /** Sessions that it serves. */
  readonly sessions: number;
  /** {@linkcode Survey.lag}. */
  readonly lag: number;
  /** {@linkcode Survey.heap}. */
  readonly heap: number;
}

/**
 * Keeps what workers answered last, and what they had counted when they were
 * gone, so that no count ever falls.
 */
export class SurveyBook {
  readonly #last: Map<string, Survey> = new Map();
  #past: Counters = newCounters();

  /** A worker has answered; `name` is its own as long as it lives. */
  note(name: string, survey: Survey): void {
    this.#last.set(name, survey);
  }

  /** A worker is gone; what it had counted is kept. */
  gone(name: string): void {
    const last = this.#last.get(name);
    if (last === undefined) return;
    this.#last.delete(name);
    this.#past = addCounters([this.#past, last.counters]);
  }

  /** What all workers say. `extra` counts what happened outside of them. */
  together(extra: readonly Counters[] = []): ServerSurvey {
    const surveys = [...this.#last.values()];
    const counted = surveys.map(({ counters }) => counters);
    return {
      sessions: surveys.flatMap(({ sessions }) => sessions)
        .sort((a, b) => a.id - b.id),
      counters: addCounters([this.#past, ...counted, ...extra]),
      dataPorts: surveys.reduce((sum, { dataPorts }) => sum + dataPorts, 0),
      workers: [...this.#last].map(([name, { sessions, lag, heap }]) => ({
        ...{ name, sessions: sessions.length, lag, heap },
      })),
    };
  }
}
