/**
 * Doing many things, a few at a time.
 *
 * @module
 */

/**
 * Does `work` with what `next` gives until that gives nothing and all work has
 * ended; work may make more to do. After a failure nothing more is begun.
 *
 * @param width How many may be done at the same time; asked before each.
 * @throws What the first work that failed threw, when all others have ended.
 *
 * @example
 * ```ts
 * import { workThrough } from "./bounded.ts";
 * const jobs = [3];
 * let done = 0;
 * await workThrough(() => jobs.pop(), () => 2, (job) => {
 *   if (job > 0) jobs.push(job - 1, job - 1);
 *   done++;
 *   return Promise.resolve();
 * });
 * console.assert(done === 15);
 * ```
 */
export async function workThrough<T>(
  next: () => T | undefined,
  width: () => number,
  work: (job: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  let running = 0;
  let change = Promise.withResolvers<void>();

  async function run(job: T): Promise<void> {
    running++;
    try {
      await work(job);
    } catch (error) {
      failures.push(error);
    }
    running--;
    change.resolve();
  }

  for (;;) {
    const hasRoom = failures.length === 0 && running < Math.max(1, width());
    const job = hasRoom ? next() : undefined;
    if (job !== undefined) {
      run(job);
    } else if (running > 0) {
      await change.promise;
      change = Promise.withResolvers();
    } else {
      break;
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** Does `work` with each of `items`, a few at a time, in order. */
export async function forEach<T>(
  items: readonly T[],
  width: () => number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let at = 0;
  await workThrough(() => items[at++], width, work);
}
