/**
 * The standard streams as a source and a sink whose failures say which stream
 * it was.
 *
 * @module
 */

import type { Sink, Source } from "../../lib/bytes.ts";
import { streamError } from "../../lib/cli.ts";

/** Standard input; the process's own, never closed. */
export const standardInput: Pick<Source, "read"> = {
  read: (buffer) =>
    Deno.stdin.read(buffer).catch((error) => {
      throw streamError("cannot read standard input", error);
    }),
};

/** Standard output; a reader that has gone throws `BrokenPipe`. */
export const standardOutput: Pick<Sink, "write"> = {
  write: (bytes) =>
    Deno.stdout.write(bytes).catch((error) => {
      throw streamError("cannot write to standard output", error);
    }),
};
