/**
 * What moving bytes costs a server: time, and time of the processors.
 *
 * @module
 */

import { numbersIn } from "./generator.ts";
import type { Load } from "./load.ts";
import type { Running } from "./processes.ts";

/** What one run of the load generator took. */
export interface Effort {
  /** Seconds from the first command to the last final reply. */
  seconds: number;
  /** What was moved, as the generator counts it. */
  count: number;
  /** Seconds of processor time of the server's whole process tree. */
  processor: number;
}

/**
 * Runs `words`, a verb that stops before and after what counts, and reads the
 * server's processor time there: while the sessions stand, because some servers
 * never ask what time the processes of ended ones took.
 */
export async function effortOf(
  load: Load,
  server: Running,
  words: (string | number)[],
): Promise<Effort> {
  return await load.staged(words, async ({ heard, tell }) => {
    await heard();
    const before = await server.processor();
    await tell();
    const [seconds = NaN, count = NaN] = numbersIn(await heard());
    const processor = await server.processor() - before;
    return { seconds, count, processor };
  });
}
