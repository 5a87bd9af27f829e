/**
 * A queue for work that is dear: only some of it is done at a time, those who
 * ask take turns, and whoever asks for too much waits behind the others.
 *
 * @module
 */

/** Options for {@linkcode fairQueue}. */
export interface FairQueueOptions {
  /** Pieces of work at a time. @default {1} */
  readonly atOnce?: number;
  /** Pieces of work that may wait. @default {256} */
  readonly mayWait?: number;
  /** Milliseconds that a piece of work may wait. @default {10000} */
  readonly patience?: number;
}

/** Does work in turns. */
export interface FairQueue {
  /**
   * Does a piece of work for somebody, when it is their turn.
   *
   * @throws {QueueError} when that would take too long; the work is not done.
   */
  run<T>(whose: string, work: () => Promise<T>): Promise<T>;
  /** Pieces of work that wait. */
  readonly waiting: number;
}

/** A piece of work was not done, because there was too much to do. */
export class QueueError extends Error {
  /** Says why. */
  constructor(message: string) {
    super(message);
    this.name = "QueueError";
  }
}

interface Waiting {
  readonly begin: () => void;
  readonly giveUp: (why: string) => void;
}

/**
 * A queue in which each one who asks has the same share. When too much waits,
 * the newest piece of who has the most of it goes.
 *
 * @example
 * ```ts
 * import { fairQueue } from "./fair_queue.ts";
 * const queue = fairQueue({ atOnce: 2 });
 * const sum = await queue.run("192.0.2.7", () => Promise.resolve(1 + 1));
 * console.assert(sum === 2 && queue.waiting === 0);
 * ```
 */
export function fairQueue(
  { atOnce = 1, mayWait = 256, patience = 10_000 }: FairQueueOptions = {},
): FairQueue {
  /** Whoever waits, in the order of their turns. */
  const lines = new Map<string, Waiting[]>();
  let running = 0;
  let waiting = 0;
  return {
    get waiting() {
      return waiting;
    },
    async run(whose, work) {
      if (running >= atOnce) await turnOf(whose);
      else running++;
      try {
        return await work();
      } finally {
        next();
      }
    },
  };

  /** Waits; whoever ends a piece of work hands its place on. */
  function turnOf(whose: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(
      () => drop(whose, one, "it took too long"),
      patience,
    );
    const one: Waiting = {
      begin() {
        clearTimeout(timer);
        resolve();
      },
      giveUp(why) {
        clearTimeout(timer);
        reject(new QueueError(why));
      },
    };
    const line = lines.get(whose) ?? [];
    lines.set(whose, [...line, one]);
    waiting++;
    if (waiting > mayWait) dropNewest();
    return promise;
  }

  function next(): void {
    const [first] = lines;
    if (first === undefined) return void running--;
    const [whose, [one, ...rest]] = first;
    lines.delete(whose);
    if (rest.length > 0) lines.set(whose, rest);
    waiting--;
    one!.begin();
  }

  function dropNewest(): void {
    const [whose, line] = [...lines].reduce((most, line) =>
      line[1].length > most[1].length ? line : most
    );
    drop(whose, line.at(-1)!, "there is too much to do");
  }

  function drop(whose: string, one: Waiting, why: string): void {
    const rest = lines.get(whose)!.filter((other) => other !== one);
    if (rest.length > 0) lines.set(whose, rest);
    else lines.delete(whose);
    waiting--;
    one.giveUp(why);
  }
}
