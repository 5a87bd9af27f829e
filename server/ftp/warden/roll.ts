/**
 * The roll of all workers: who is there, and what they say of themselves.
 *
 * @module
 */

import { type Clock, systemClock } from "../../../lib/clock.ts";
import { within } from "../../../lib/net/wait.ts";
import type { Order, Report } from "./messages.ts";
import { type ServerSurvey, SurveyBook } from "../operations/survey.ts";
import type { Colleague } from "./clerk.ts";
import type { Roll } from "./generation.ts";

/** Milliseconds that workers have to answer. */
const PATIENCE = 2000;

/** A question to all workers, and who has not answered it. */
interface Asked {
  readonly missing: Set<Colleague>;
  readonly done: PromiseWithResolvers<void>;
}

/** Knows every worker of a server. */
export class WorkerRoll implements Roll {
  readonly #clock: Clock;
  readonly #present: Map<Colleague, (order: Order) => void> = new Map();
  readonly #book: SurveyBook = new SurveyBook();
  readonly #asked: Map<number, Asked> = new Map();
  #running: Promise<boolean> | null = null;
  #hired = 0;
  #deaths = 0;
  #lastId = 0;

  /** Nobody is there yet. */
  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** How many are there. */
  get size(): number {
    return this.#present.size;
  }

  /** How many have died. */
  get deaths(): number {
    return this.#deaths;
  }

  /** A new worker; `send` reaches it. */
  enter(send: (order: Order) => void): Colleague {
    const worker = { worker: ++this.#hired };
    this.#present.set(worker, send);
    return worker;
  }

  /** A worker is gone. */
  leave(worker: Colleague): void {
    this.#present.delete(worker);
    this.#book.gone(nameOf(worker));
    for (const asked of this.#asked.values()) hasAnswered(asked, worker);
  }

  /** A worker has died. */
  died(): void {
    this.#deaths++;
  }

  /** A worker has answered, or says its last words. */
  answered({ id, survey }: Report & { kind: "survey" }, from: Colleague): void {
    if (!this.#present.has(from)) return;
    this.#book.note(nameOf(from), survey);
    const asked = this.#asked.get(id);
    if (asked !== undefined) hasAnswered(asked, from);
  }

  /** What goes on in all workers; asks them, unless somebody just does. */
  async survey(): Promise<ServerSurvey> {
    await this.areWell();
    return this.#book.together();
  }

  /** Whether every worker answers in time. */
  areWell(): Promise<boolean> {
    this.#running ??= this.#ask().finally(() => this.#running = null);
    return this.#running;
  }

  /** Tells every worker something. */
  send(order: Order): void {
    for (const send of this.#present.values()) send(order);
  }

  async #ask(): Promise<boolean> {
    const id = ++this.#lastId;
    const missing = new Set(this.#present.keys());
    if (missing.size === 0) return true;
    const done = Promise.withResolvers<void>();
    this.#asked.set(id, { missing, done });
    this.send({ kind: "survey", id });
    const clock = this.#clock;
    const all = done.promise.then(() => true);
    const areWell = await within(all, PATIENCE, false, { clock });
    this.#asked.delete(id);
    return areWell;
  }
}

function hasAnswered({ missing, done }: Asked, worker: Colleague): void {
  missing.delete(worker);
  if (missing.size === 0) done.resolve();
}

function nameOf({ worker }: Colleague): string {
  return String(worker);
}
