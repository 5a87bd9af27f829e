/**
 * Events on their way to one hook: in order, tried again when that fails, and
 * never more of them than there is room for.
 *
 * @module
 */

import { type Clock, systemClock } from "../../../lib/clock.ts";
import type { Log } from "../../../lib/log.ts";
import { pause, within } from "../../../lib/net/wait.ts";

/** How a try to deliver an event went: `null`, or why it did not. */
export type Failure = {
  /** Why. */
  readonly reason: string;
  /** Whether another try makes sense. */
  readonly again: boolean;
} | null;

/** Delivers an event, a line of JSON; never rejects, and ends by itself. */
export type DeliverEvent = (event: string) => Promise<Failure>;

/** Options for {@linkcode HookQueue}. */
export interface HookQueueOptions {
  /** Tries behind the first one. */
  readonly retries: number;
  /** Where trouble is told, a line each time it begins and ends. */
  readonly log: Log;
  /** Events that wait at most; further ones are dropped. @default {1000} */
  readonly room?: number;
  /** Whose time counts. @default {systemClock} */
  readonly clock?: Clock;
}

/** What became of a hook's events. */
export interface HookCounts {
  /** Events that arrived. */
  delivered: number;
  /** Events that were given up. */
  failed: number;
  /** Events for which there was no room. */
  dropped: number;
  /** Tries that did not work. */
  tries: number;
}

/** Milliseconds before the second try; the wait doubles each time. */
const FIRST_WAIT = 500;
/** The longest such wait. */
const LONGEST_WAIT = 30_000;
/** Characters that wait at most, for each event that may wait. */
const CHARACTERS = 4096;

/**
 * Delivers events one after the other. An event that fails is tried again
 * before the next one, so that they arrive in order; the same event may arrive
 * twice, when an answer was lost.
 *
 * @example
 * ```ts
 * import { createLog } from "../../../lib/log.ts";
 * import { HookQueue } from "./hook_queue.ts";
 * const log = createLog({ format: "text" });
 * const seen: string[] = [];
 * const deliver = (event: string) => (seen.push(event), Promise.resolve(null));
 * const queue = new HookQueue(deliver, { retries: 5, log });
 * queue.put('{"event":"login"}');
 * await queue.finish(1000);
 * console.assert(seen.length === 1 && queue.counts.delivered === 1);
 * ```
 */
export class HookQueue {
  /** What became of the events so far. */
  readonly counts: HookCounts = {
    delivered: 0,
    failed: 0,
    dropped: 0,
    tries: 0,
  };
  readonly #deliver: DeliverEvent;
  readonly #options: HookQueueOptions;
  readonly #events: string[] = [];
  readonly #hurry = new AbortController();
  #length = 0;
  #running: Promise<void> | null = null;
  #isFailing = false;
  #untold = { failed: 0, dropped: 0 };
  #isOver = false;

  /** Nothing waits yet. */
  constructor(deliver: DeliverEvent, options: HookQueueOptions) {
    this.#deliver = deliver;
    this.#options = options;
  }

  /** Events that wait. */
  get waiting(): number {
    return this.#events.length;
  }

  /** Takes an event, or drops it. */
  put(event: string): void {
    const { room = 1000 } = this.#options;
    const isFull = this.#events.length >= room ||
      this.#length + event.length > room * CHARACTERS;
    if (this.#isOver || isFull) return this.#drop();
    this.#events.push(event);
    this.#length += event.length;
    this.#begin();
  }

  /** Whatever came in when it was just about to end begins it anew. */
  #begin(): void {
    if (this.#events.length === 0) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      this.#begin();
    });
  }

  /**
   * Delivers what waits without resting between tries, `patience` milliseconds
   * at most, and takes no more; what is left is told and given up.
   */
  async finish(patience: number): Promise<void> {
    this.#isOver = true;
    this.#hurry.abort();
    const { clock = systemClock, log } = this.#options;
    if (this.#running !== null) {
      await within(this.#running, patience, undefined, { clock });
    }
    const left = this.#events.length;
    this.counts.failed += left;
    this.#events.length = 0;
    if (left > 0) log.error("hook-events-lost", { events: left });
  }

  async #run(): Promise<void> {
    while (this.#events.length > 0) {
      const failure = await this.#tryOften(this.#events[0]!);
      // Given up meanwhile, all of them.
      if (this.#events.length === 0) return;
      this.#length -= this.#events.shift()!.length;
      if (failure === null) this.#succeed();
      else this.#giveUp();
    }
  }

  async #tryOften(event: string): Promise<Failure> {
    const { retries, clock } = this.#options;
    const { signal } = this.#hurry;
    let wait = FIRST_WAIT;
    for (let left = retries;; left--) {
      const failure = await this.#deliver(event);
      if (failure === null) return null;
      this.counts.tries++;
      this.#tell(failure.reason);
      if (!failure.again || left === 0 || this.#events.length === 0) {
        return failure;
      }
      await pause(wait, { signal, clock });
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
  }

  #drop(): void {
    if (this.#untold.dropped === 0) {
      this.#options.log.error("hook-full", { waiting: this.#events.length });
    }
    this.counts.dropped++;
    this.#untold.dropped++;
  }

  #giveUp(): void {
    this.counts.failed++;
    this.#untold.failed++;
  }

  #tell(reason: string): void {
    if (!this.#isFailing) this.#options.log.warn("hook-failed", { reason });
    this.#isFailing = true;
  }

  #succeed(): void {
    this.counts.delivered++;
    const isBack = this.#isFailing || this.#untold.dropped > 0;
    if (!isBack) return;
    this.#options.log.info("hook-recovered", this.#untold);
    this.#isFailing = false;
    this.#untold = { failed: 0, dropped: 0 };
  }
}
