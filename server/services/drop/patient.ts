/**
 * Reading from clients that may fall silent.
 *
 * @module
 */

import { Watchdog } from "../../../lib/watchdog.ts";
import type { Readable } from "./contents.ts";

/** A {@linkcode Readable} that gives up; whoever has it lets it go. */
export interface PatientReader extends Readable, Disposable {}

/** When a {@linkcode patientReader} gives up. */
export interface Patience {
  /** Milliseconds that a read may take. */
  readonly patience: number;
  /** Makes what a read throws that takes longer. */
  readonly late: () => Error;
  /** Ends a read at once, with its reason. */
  readonly signal: AbortSignal;
}

/**
 * Reads from `conn`, but not for ever. What comes to a read that was given up
 * is lost.
 *
 * @example
 * ```ts
 * import { patientReader } from "./patient.ts";
 * const silent = { read: () => new Promise<number>(() => {}) };
 * using reader = patientReader(silent, {
 *   patience: 1,
 *   late: () => new Error("too late"),
 *   signal: new AbortController().signal,
 * });
 * const why = await reader.read(new Uint8Array(1)).catch((error) => error);
 * console.assert(why.message === "too late");
 * ```
 */
export function patientReader(
  conn: Readable,
  { patience, late, signal }: Patience,
): PatientReader {
  let giveUp: (reason: unknown) => void = () => {};
  const watchdog = new Watchdog(() => giveUp(late()));
  const abort = () => giveUp(signal.reason);
  signal.addEventListener("abort", abort);
  return {
    read(buffer) {
      if (patience < Infinity) watchdog.set(patience);
      return new Promise((resolve, reject) => {
        giveUp = reject;
        conn.read(buffer).then(resolve, reject);
        if (signal.aborted) abort();
      });
    },
    [Symbol.dispose]() {
      watchdog.clear();
      signal.removeEventListener("abort", abort);
    },
  };
}
