/**
 * Looking at what is in a folder, name by name.
 *
 * @module
 */

/** Two ways to learn what has a name; `null` when nothing has it any more. */
export interface Looks<T> {
  /** At once, which blocks: the quicker one where files are near. */
  quick(name: string): T | null;
  /** By a thread, so that many can be under way where files are far. */
  patient(name: string): Promise<T | null>;
}

/** A look of so many milliseconds went to a disk that is slow. */
const SLOW_MS = 5;
/** Patient looks that are under way. */
const MOST = 16;

/**
 * What is found under `names`, in their order. The first look that is slow
 * makes all that follow patient ones, 16 at a time: in a folder of a network
 * share every look is a question and an answer, but where files are near, a
 * thread takes three times as long as the look itself.
 *
 * @param now Milliseconds that only grow.
 * @throws What `names` and a look throw, when none is under way any more.
 *
 * @example
 * ```ts
 * import { lookAt } from "./look_at.ts";
 * async function* names() {
 *   yield* ["a", "b"];
 * }
 * const found = await Array.fromAsync(lookAt(names(), {
 *   quick: (name) => name.toUpperCase(),
 *   patient: (name) => Promise.resolve(name),
 * }));
 * console.assert(found.join() === "A,B");
 * ```
 */
export async function* lookAt<T>(
  names: AsyncIterable<string>,
  looks: Looks<T>,
  now: () => number = () => performance.now(),
): AsyncGenerator<T> {
  const underWay: Promise<T | null>[] = [];
  let slow = false;

  function quickly(name: string): T | null {
    const start = now();
    const found = looks.quick(name);
    slow = now() - start > SLOW_MS;
    return found;
  }

  try {
    for await (const name of names) {
      if (!slow) {
        const found = quickly(name);
        if (found !== null) yield found;
        continue;
      }
      const look = looks.patient(name);
      look.catch(() => {}); // Its turn comes.
      if (underWay.push(look) < MOST) continue;
      const found = await underWay.shift()!;
      if (found !== null) yield found;
    }
    for (const look of underWay) {
      const found = await look;
      if (found !== null) yield found;
    }
  } finally {
    await Promise.allSettled(underWay);
  }
}
