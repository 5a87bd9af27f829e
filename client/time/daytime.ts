/**
 * Asks a daytime server by RFC 867.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { type Interval, offsetOf } from "../../lib/time/interval.ts";
import { type Daytime, parseDaytime } from "../../lib/time/parse_daytime.ts";
import type { Zone } from "../../lib/time/zone.ts";
import type { Target } from "../service/target.ts";
import { TimeError } from "./errors.ts";
import { type Look, look } from "./look.ts";
import type { AskOptions } from "./time.ts";

/** Options for {@linkcode daytime}. */
export interface DaytimeOptions extends AskOptions {
  /** The zone of a line that names none. @default the local one */
  zone?: Zone | undefined;
}

/** An answer of RFC 867. Times are in milliseconds. */
export interface DaytimeReading {
  /** The line without its end, as it came: make it visible before you show it. */
  readonly line: string;
  /** What it says; `null` when it is in none of the forms that are understood. */
  readonly daytime: Daytime | null;
  /** By how much the server's clock is ahead of ours; `null` with `daytime`. */
  readonly offset: Interval | null;
  /** When we asked, by our clock, since 1970. */
  readonly sent: number;
  /** When the answer was there. */
  readonly received: number;
  /** The numeric address that answered. */
  readonly target: Target;
}

const LF = 10;
const SPACE = 32;
/** The longest form has 60 characters; RFC 867 says one line. */
const MAX_LENGTH = 512;

/**
 * The line of an RFC 867 server, and what it means if its form is known.
 *
 * @throws {ServiceError} when the server cannot be reached.
 * @throws {TimeError} when it ends without a line.
 *
 * @example
 * ```ts
 * import { serveUdp } from "../../lib/net/udp.ts";
 * import { daytime } from "./daytime.ts";
 * const line = new TextEncoder().encode("21 NOV 2026 08:08:32 UTC\r\n");
 * await using server = await serveUdp(() => line, {
 *   listen: [{ hostname: "127.0.0.1", port: 0 }],
 *   mayGrow: true,
 * });
 * const target = { transport: "udp", ...server.addresses[0]! } as const;
 * const answer = await daytime(target);
 * console.assert(answer.line === "21 NOV 2026 08:08:32 UTC");
 * console.assert(answer.daytime?.time === Date.UTC(2026, 10, 21, 8, 8, 32));
 * ```
 */
export async function daytime(
  target: Target,
  { timeout = 2000, signal, zone }: DaytimeOptions = {},
): Promise<DaytimeReading> {
  const { answer, ...looked } = await look(target, {
    maxLength: MAX_LENGTH,
    isWhole: (bytes) => bytes.indexOf(LF, firstInk(bytes)) >= 0,
    timeout,
    signal,
  });
  const line = lineOf(answer);
  if (line === "") {
    throw new TimeError("unknown", target, "the server told no time");
  }
  const daytime = parseDaytime(line, { zone, now: looked.received });
  return { ...looked, line, daytime, offset: offsetFrom(daytime, looked) };
}

/** Where the first byte is that is not white space: NIST begins with LF. */
function firstInk(bytes: Bytes): number {
  const found = bytes.findIndex((byte) => byte > SPACE);
  return found < 0 ? bytes.length : found;
}

function lineOf(answer: Bytes): string {
  const text = new TextDecoder().decode(answer.subarray(firstInk(answer)));
  // deno-lint-ignore no-control-regex -- C programs send the end of the string.
  return text.replace(/\r?\n[^]*$/, "").replace(/[\s\x00]+$/, "");
}

/** What the server's clock shows is what it writes, less what it adds for the way. */
function offsetFrom(
  daytime: Daytime | null,
  { sent, received }: Pick<Look, "sent" | "received">,
): Interval | null {
  if (daytime === null) return null;
  return offsetOf({ sent, received, time: daytime.time - daytime.advance });
}
