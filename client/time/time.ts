/**
 * Asks a time server by RFC 868.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { type Interval, offsetOf } from "../../lib/time/interval.ts";
import { decodeTime, TIME_LENGTH } from "../../lib/time/rfc868.ts";
import type { Target } from "../service/target.ts";
import { TimeError } from "./errors.ts";
import { look } from "./look.ts";

/** Options for {@linkcode time} and `daytime()`. */
export interface AskOptions {
  /** Milliseconds until the answer must be there. @default {2000} */
  timeout?: number | undefined;
  /** Ends the wait, with its reason. */
  signal?: AbortSignal | undefined;
}

/** Options for {@linkcode time}. */
export interface TimeOptions extends AskOptions {
  /** The era of the answer: 0 from 1900, 1 from 2036. @default the likeliest */
  era?: number | undefined;
}

/** What a server's clock showed. Times are in milliseconds. */
export interface ClockReading {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** By how much the server's clock is ahead of ours: somewhere in here. */
  readonly offset: Interval;
  /** When we asked, by our clock. */
  readonly sent: number;
  /** When the answer was there. */
  readonly received: number;
  /** The numeric address that answered. */
  readonly target: Target;
  /** What is odd about the answer: a clause each. */
  readonly warnings: readonly string[];
}

/** An answer of RFC 868. */
export interface TimeReading extends ClockReading {
  /** How often the 32 bits were full: 0 until 2036. */
  readonly era: number;
}

/** What GNU inetutils send: a C `long` of 64 bits. */
const LONG_LENGTH = 2 * TIME_LENGTH;

/**
 * The time by an RFC 868 server, to the second.
 *
 * An answer does not say which round of 136 years it is of: it is read as the
 * one nearest to our own clock, unless `era` says it.
 *
 * @throws {ServiceError} when the server cannot be reached.
 * @throws {TimeError} when it does not know the time (it ends without a byte),
 * or its answer cannot be one.
 *
 * @example
 * ```ts
 * import { serveUdp } from "../../lib/net/udp.ts";
 * import { time } from "./time.ts";
 * await using server = await serveUdp(() => new Uint8Array([131, 170, 126, 128]), {
 *   listen: [{ hostname: "127.0.0.1", port: 0 }],
 *   mayGrow: true,
 * });
 * const target = { transport: "udp", ...server.addresses[0]! } as const;
 * const reading = await time(target, { era: 0 });
 * console.assert(reading.time === 0);
 * ```
 */
export async function time(
  target: Target,
  { timeout = 2000, signal, era }: TimeOptions = {},
): Promise<TimeReading> {
  const { answer, ...looked } = await look(target, {
    // One more than anybody sends, to know too much from enough.
    maxLength: LONG_LENGTH + 1,
    isWhole: ({ length }) => length >= TIME_LENGTH,
    timeout,
    signal,
  });
  const warnings = checkAnswer(answer, target);
  const decoded = decodeTime(answer, { now: looked.received, era });
  return {
    ...looked,
    ...decoded,
    offset: offsetOf({ ...looked, time: decoded.time }),
    warnings,
  };
}

/** What is odd about an answer; throws when it is none. */
function checkAnswer(answer: Bytes, target: Target): string[] {
  const { length } = answer;
  if (length === TIME_LENGTH) return [];
  const rest = answer.subarray(TIME_LENGTH);
  if (length === LONG_LENGTH && rest.every((byte) => byte === 0)) {
    return ["8 bytes instead of 4, as GNU inetutils send; took the first 4"];
  }
  if (length === 0 && target.transport !== "udp") {
    throw new TimeError(
      "unknown",
      target,
      "the server ended without an answer: it does not know the time",
    );
  }
  const size = length > LONG_LENGTH ? `more than ${LONG_LENGTH}` : length;
  throw new TimeError(
    "malformed",
    target,
    `the answer has ${size} bytes instead of 4; is this a time server ` +
      `(RFC 868)? For one of RFC 867 use --daytime`,
  );
}
