/**
 * The standard output as a place for records.
 *
 * @module
 */

import { pause } from "../../../lib/net/wait.ts";
import type { RecordSink } from "./spool.ts";

/** Milliseconds before a pipe that is full is tried again. */
const REST = 10;

/**
 * The standard output. A pipe or a terminal that takes nothing keeps only the
 * writer waiting, never the thread.
 *
 * @example
 * ```ts
 * import { standardOutput } from "./standard_output.ts";
 * const output = standardOutput();
 * console.assert(await output.room(100) === Infinity);
 * ```
 */
export function standardOutput(): RecordSink {
  return {
    room: () => Infinity,
    async write(bytes) {
      for (;;) {
        try {
          return await Deno.stdout.write(bytes);
        } catch (error) {
          // Another program may have made our end of the pipe impatient.
          if (!(error instanceof Deno.errors.WouldBlock)) throw error;
          await pause(REST);
        }
      }
    },
    close() {},
  };
}
