/**
 * What the end of a conversation means.
 *
 * @module
 */

import { noReply, ServiceError } from "../service/errors.ts";
import { formatTarget, type StreamTarget } from "../service/target.ts";
import type { Talked } from "./talk.ts";

/**
 * Why a conversation did not come to its end; `null` when it did, or somebody
 * stopped it. A server that never ends its side is done when it was silent for
 * `timeout` milliseconds and has sent as much as it got.
 *
 * @example
 * ```ts
 * import { brokenOff } from "./talk_end.ts";
 * const target = { transport: "tcp", hostname: "127.0.0.1", port: 2345 } as const;
 * const talked = { end: "silent", sentAll: true, sent: 4, received: 2 } as const;
 * console.assert(
 *   brokenOff(target, talked, 2000)?.message ===
 *     "127.0.0.1:2345 (tcp) fell silent for 2 s after 2 bytes of its answer",
 * );
 * ```
 */
export function brokenOff(
  target: StreamTarget,
  { end, sentAll, sent, received }: Talked,
  timeout: number,
): ServiceError | null {
  const where = formatTarget(target);
  switch (end) {
    case "stopped":
      return null;
    case "early":
      return new ServiceError(
        "closed",
        `${where} closed the connection before everything was sent`,
      );
    case "done":
      if (received > 0 || sent === 0) return null;
      return new ServiceError(
        "closed",
        `${where} closed the connection without an answer`,
      );
    case "silent":
      if (sentAll && received >= sent) return null;
      if (received === 0) return noReply(target, timeout);
      return new ServiceError(
        "timeout",
        `${where} fell silent for ${timeout / 1000} s ` +
          `after ${received} bytes of its answer`,
      );
  }
}
