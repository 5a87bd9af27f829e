/**
 * Work without a data connection, such as hashing a file: it runs beside the
 * control connection like a transfer, so that ABOR is heard, a client that
 * leaves stops it, and no time-out counts meanwhile.
 *
 * @module
 */

import type { Reply } from "../../lib/ftp/reply.ts";
import type { Work } from "./session.ts";
import type { StartedTransfer, TransferResult } from "./transfer.ts";

/**
 * Starts a piece of work.
 *
 * @param failed The reply to what the work throws, when nobody stopped it.
 *
 * @example
 * ```ts
 * import { reply } from "../../lib/ftp/reply.ts";
 * import { startWork } from "./work.ts";
 * const { finished } = startWork({
 *   verb: "HASH",
 *   path: "/a",
 *   work: ({ count }) => {
 *     count(3);
 *     return Promise.resolve(reply(213, "abc"));
 *   },
 * }, () => reply(451, "No."));
 * const { bytes, reply: { code } } = await finished;
 * console.assert(bytes === 3 && code === 213);
 * ```
 */
export function startWork(
  work: Work,
  failed: (error: unknown) => Reply,
): StartedTransfer {
  const controller = new AbortController();
  const began = performance.now();
  let bytes = 0;
  let stopped: Reply | null = null;
  return {
    transfer: work,
    get bytes() {
      return bytes;
    },
    finished: run(),
    stop(reply) {
      stopped ??= reply;
      controller.abort();
    },
  };

  async function run(): Promise<TransferResult> {
    let failure: string | undefined;
    const done = await work.work({
      signal: controller.signal,
      count: (more) => void (bytes += more),
    }).catch((error) => {
      failure = error instanceof Error ? error.message : String(error);
      return stopped ?? failed(error);
    });
    const duration = performance.now() - began;
    const result = { reply: done, bytes, duration };
    return failure === undefined ? result : { ...result, failure };
  }
}
