/**
 * The time service of RFC 868: four bytes, the seconds since 1900.
 *
 * @module
 */

import { type Bytes, writeAll } from "../../lib/bytes.ts";
import type { Service } from "../../lib/net/service.ts";
import { encodeTime } from "../../lib/time/rfc868.ts";
import { type ServerClock, serverClock } from "./server_clock.ts";

/** Options for {@linkcode timeService}. */
export interface TimeServiceOptions {
  /** What time it is. @default the system's clock */
  clock?: ServerClock | undefined;
}

/**
 * Sends the time to whoever connects and ends; answers each empty datagram
 * with it. What a connection sends is ignored.
 *
 * A datagram that is not empty gets no answer, because RFC 868 asks with an
 * empty one: the answers of other services, which a forger could send here to
 * have two servers answer each other for ever, are never empty.
 *
 * When the clock knows no time, a connection ends with nothing and a datagram
 * gets no answer, as the RFC says.
 *
 * @example
 * ```ts
 * import { memoryConn, memoryContext } from "../../lib/net/memory_conn.ts";
 * import { timeService } from "./time.ts";
 * const conn = memoryConn("");
 * await timeService({ clock: () => 0 }).stream?.(conn, memoryContext());
 * console.assert(conn.output.join() === "131,170,126,128");
 * ```
 */
export function timeService(
  { clock = serverClock() }: TimeServiceOptions = {},
): Service {
  const counts = { times: 0, "not-asked": 0 };
  const answer = (): Bytes | null => {
    const time = clock();
    if (time === null) return null;
    counts.times++;
    return encodeTime(time);
  };
  return {
    async stream(conn) {
      const bytes = answer();
      if (bytes !== null) await writeAll(conn, bytes);
    },
    datagram(data) {
      if (data.length === 0) return answer();
      counts["not-asked"]++;
      return null;
    },
    // Four bytes fill a frame of Ethernet no more than the empty question does.
    mayGrow: true,
    counters: () => ({ ...counts }),
  };
}
