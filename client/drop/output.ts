/**
 * Standard output, as `dropc` uses it.
 *
 * @module
 */

import type { Bytes, Sink } from "../../lib/bytes.ts";
import type { Streams } from "../echo/streams.ts";
import { answerOutput } from "../upper/output.ts";

/** Where results go. */
export interface DropOutput {
  /** Takes lines. */
  text(lines: string): void;
  /** Takes the contents of a file; a terminal is shown no control characters. */
  contents(): Sink;
}

/** What of the standard streams is needed here. */
export type OutputStreams = Pick<
  Streams,
  "out" | "outBytes" | "isOutputTerminal"
>;

/**
 * The standard output that `streams` have.
 *
 * @example
 * ```ts
 * import { dropOutput } from "./output.ts";
 * let shown = "";
 * const output = dropOutput({
 *   isOutputTerminal: true,
 *   out: (text) => void (shown += text),
 *   outBytes: async (bytes) => {
 *     shown += new TextDecoder().decode(await Promise.resolve(bytes));
 *   },
 * });
 * await output.contents().write(new TextEncoder().encode("\x1b[2J"));
 * console.assert(shown === "\\x1b[2J");
 * ```
 */
export function dropOutput(
  { out, outBytes, isOutputTerminal: isTerminal }: OutputStreams,
): DropOutput {
  async function write(bytes: Bytes): Promise<number> {
    await outBytes(bytes);
    return bytes.length;
  }
  return { text: out, contents: () => sinkOf({ write }, isTerminal) };
}

function sinkOf(stream: Pick<Sink, "write">, isTerminal: boolean): Sink {
  const output = answerOutput(stream, { isTerminal, wholeLine: false });
  return {
    async write(bytes) {
      await output.write(bytes);
      return bytes.length;
    },
    close: () => output.end(),
    abort() {},
  };
}
