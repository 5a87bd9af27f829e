/**
 * A loop that outlives every failure of what it repeats.
 *
 * @module
 */
import { isPeerGone } from "./peer_gone.ts";
import { pause, type WaitOptions } from "./wait.ts";

/** Milliseconds to rest after the first failure in a row; doubles up to the last. */
const FIRST_REST = 50;
const LAST_REST = 1000;

/** Options for {@linkcode loopUntil}. */
export interface LoopOptions extends Pick<WaitOptions, "clock"> {
  /** Called for each failure, unless it only says that a peer went away. */
  onError(error: unknown): void;
}

/**
 * Repeats `step` until `signal` aborts.
 *
 * When a step fails, the loop reports, rests 50 ms, then longer, up to one
 * second, and tries again. So a listener survives running out of file
 * descriptors or memory (EMFILE, ENFILE, ENOBUFS), while the connection waits
 * in the kernel's queue; `for await` would end there. `BadResource`, a socket
 * that somebody closed for good, ends the loop.
 *
 * The signal does not interrupt a step: close what it waits for.
 *
 * @example
 * ```ts
 * import { loopUntil } from "./loop.ts";
 * const stop = new AbortController();
 * let turns = 0;
 * await loopUntil(stop.signal, () => {
 *   if (++turns === 3) stop.abort();
 *   return Promise.resolve();
 * }, { onError: (error) => console.warn(error) });
 * console.assert(turns === 3);
 * ```
 */
export async function loopUntil(
  signal: AbortSignal,
  step: () => Promise<void>,
  options: LoopOptions,
): Promise<void> {
  const { onError, clock } = options;
  let rest = FIRST_REST;
  while (!signal.aborted) {
    try {
      await step();
      rest = FIRST_REST;
    } catch (error) {
      if (signal.aborted || error instanceof Deno.errors.BadResource) return;
      if (isPeerGone(error)) {
        await pause(0, { signal, clock });
        continue;
      }
      onError(error);
      await pause(rest, { signal, clock });
      rest = Math.min(rest * 2, LAST_REST);
    }
  }
}
