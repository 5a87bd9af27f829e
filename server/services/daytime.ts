/**
 * The daytime service of RFC 867: the time as a line for people.
 *
 * @module
 */

import { type Bytes, writeAll } from "../../lib/bytes.ts";
import type { Service } from "../../lib/net/service.ts";
import {
  formatDaytime,
  type FormatDaytimeOptions,
} from "../../lib/time/daytime.ts";
import { takeApart } from "../../lib/time/daytime_forms.ts";
import { decodeTime, TIME_LENGTH } from "../../lib/time/rfc868.ts";
import { type ServerClock, serverClock } from "./server_clock.ts";

/** Options for {@linkcode daytimeService}. */
export interface DaytimeServiceOptions extends FormatDaytimeOptions {
  /** What time it is. @default the system's clock */
  clock?: ServerClock | undefined;
}

const A_DAY_MS = 86_400_000;
const encoder = new TextEncoder();

/**
 * Sends a line that ends with CRLF to whoever connects and ends; answers each
 * datagram with one. What they send is ignored.
 *
 * The answers of time servers get no answer: a forger could send one here to
 * have two servers answer each other for ever (CVE-2024-2169).
 *
 * When the clock knows no time there is no answer, as in RFC 868; a format that
 * has a word for it (`nist`) is better used with `healthy: false`.
 *
 * @example
 * ```ts
 * import { memoryConn, memoryContext } from "../../lib/net/memory_conn.ts";
 * import { UTC } from "../../lib/time/zone.ts";
 * import { daytimeService } from "./daytime.ts";
 * const service = daytimeService({ clock: () => 0, zone: UTC });
 * const conn = memoryConn("");
 * await service.stream?.(conn, memoryContext());
 * console.assert(conn.text === "Thu Jan  1 00:00:00 1970\r\n");
 * ```
 */
export function daytimeService(
  { clock = serverClock(), ...form }: DaytimeServiceOptions = {},
): Service {
  const counts = { daytimes: 0, "answers-ignored": 0 };
  const answer = (time: number): Bytes => {
    counts.daytimes++;
    return encoder.encode(`${formatDaytime(time, form)}\r\n`);
  };
  return {
    async stream(conn) {
      const time = clock();
      if (time !== null) await writeAll(conn, answer(time));
    },
    datagram(data) {
      const time = clock();
      if (time === null) return null;
      if (!isAnswer(data, time)) return answer(time);
      counts["answers-ignored"]++;
      return null;
    },
    // A line is hardly longer than the shortest frame of Ethernet.
    mayGrow: true,
    counters: () => ({ ...counts }),
  };
}

/** Whether a time server may have sent `data`, by RFC 867 or 868. */
function isAnswer(data: Bytes, now: number): boolean {
  return isTime(data, now) || isLine(data);
}

/** The second length is that of servers that write a C `long`. */
function isTime(data: Bytes, now: number): boolean {
  if (data.length !== TIME_LENGTH && data.length !== 2 * TIME_LENGTH) {
    return false;
  }
  return Math.abs(decodeTime(data, { now }).time - now) < A_DAY_MS;
}

const MAX_LINE = 128;

function isLine(data: Bytes): boolean {
  if (data.length === 0 || data.length > MAX_LINE) return false;
  return takeApart(String.fromCharCode(...data)) !== null;
}
