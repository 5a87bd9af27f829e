/**
 * The standard streams as a source and a sink whose failures say which stream
 * it was.
 *
 * @module
 */

import type { Sink, Source } from "../../lib/bytes.ts";
import { streamError } from "../../lib/cli.ts";
import { pause } from "../../lib/net/wait.ts";

/** Standard input; the process's own, never closed. */
export const standardInput: Pick<Source, "read"> = {
  read: (buffer) =>
    Deno.stdin.read(buffer).catch((error) => {
      throw streamError("cannot read standard input", error);
    }),
};

/** Milliseconds before a pipe that is full is tried again. */
const REST = 10;

/**
 * Standard output. One that takes nothing is waited for; a reader that has gone
 * throws `BrokenPipe`.
 */
export const standardOutput: Pick<Sink, "write"> = {
  async write(bytes) {
    for (;;) {
      try {
        return await Deno.stdout.write(bytes);
      } catch (error) {
        // Another program may have made our end of the pipe impatient.
        if (!(error instanceof Deno.errors.WouldBlock)) {
          throw streamError("cannot write to standard output", error);
        }
        await pause(REST);
      }
    }
  },
};
