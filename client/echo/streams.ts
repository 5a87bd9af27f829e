/**
 * The standard streams, as `echoc` uses them.
 *
 * @module
 */

import { type Bytes, type Source, writeAll } from "../../lib/bytes.ts";
import { streamError, writeErr, writeText } from "../../lib/cli.ts";
import { standardInput, standardOutput } from "../service/standard_streams.ts";

/** Where a tool reads and writes. */
export interface Streams {
  /** What comes on the standard input. */
  readonly input: Pick<Source, "read">;
  /** Whether somebody types there. */
  readonly isInputTerminal: boolean;
  /** Whether somebody looks at the standard output. */
  readonly isOutputTerminal: boolean;
  /** Takes text for the standard output. */
  out(text: string): void;
  /** Takes bytes for the standard output, all of them. */
  outBytes(bytes: Bytes): Promise<void>;
  /** Takes text for the standard error. */
  err(text: string): void;
  /** Aborts when nobody reads the standard output any more. */
  readonly unread: AbortSignal;
}

const PATIENCE_MS = 5000;

/** The streams of this process. */
export function standardStreams(): Streams {
  const unread = new AbortController();
  const gone = (error: unknown): never => {
    if (error instanceof Deno.errors.BrokenPipe) unread.abort();
    throw error;
  };
  const stdout = {
    writeSync(bytes: Uint8Array): number {
      try {
        return Deno.stdout.writeSync(bytes);
      } catch (error) {
        return gone(error);
      }
    },
  };
  return {
    input: standardInput,
    isInputTerminal: Deno.stdin.isTerminal(),
    isOutputTerminal: Deno.stdout.isTerminal(),
    out(text) {
      try {
        writeText(stdout, text, PATIENCE_MS);
      } catch (error) {
        throw streamError("cannot write to standard output", error);
      }
    },
    outBytes: (bytes) => writeAll(standardOutput, bytes).catch(gone),
    err: writeErr,
    unread: unread.signal,
  };
}
