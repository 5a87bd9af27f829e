/**
 * How a run of probes is asked for.
 *
 * @module
 */

import type { Clock } from "../../lib/clock.ts";
import type { openChannel } from "./channel.ts";
import type { ProbeEvent } from "./events.ts";
import type { PingResult } from "./result.ts";
import type { Sizes } from "./sizes.ts";

/** A run that has begun. */
export interface PingStart {
  /** The server, numeric: `127.0.0.1:7`, or the path of a socket. */
  readonly remote: string;
  /** How long connecting took, in milliseconds; `null` over UDP. */
  readonly connectTime: number | null;
  /** What it comes to so far; what is under way is in `sent`. */
  snapshot(): PingResult;
}

/** Options for {@linkcode ping}. Times are milliseconds. */
export interface PingOptions {
  /** How many probes. @default no limit */
  readonly count?: number;
  /**
   * The time between two probes, which are due at whole multiples of it; 0
   * sends each as soon as `window` allows. @default {1000}
   */
  readonly interval?: number;
  /** The least time between two probes with interval 0. @default {0} */
  readonly gap?: number;
  /** Bytes of a probe, or from how many to how many. @default {56} */
  readonly size?: Sizes;
  /** How long a reply may take. @default {2000} */
  readonly timeout?: number;
  /** How long probes are sent. @default no limit */
  readonly duration?: number;
  /** When all ends; what is under way then is lost. @default no limit */
  readonly deadline?: number;
  /** Most probes under way on a connection. @default 1 with interval 0 */
  readonly window?: number;
  /** Connections, or sockets, that take turns. @default {1} */
  readonly connections?: number;
  /** How long duplicates are waited for in the end. @default as the slowest reply */
  readonly linger?: number;
  /** Calls the run off: what is under way then does not count as sent. */
  readonly signal?: AbortSignal;
  /** Told when the server is reached, before the first probe. */
  onStart?(run: PingStart): void;
  /** Told of every reply and loss. */
  onEvent?(event: ProbeEvent): void;
  /** Whose milliseconds count. @default {systemClock} */
  readonly clock?: Clock;
  /** Opens a way to the server. @default {openChannel} */
  readonly open?: typeof openChannel;
}

const WHOLE = (number: number) => Number.isSafeInteger(number) && number >= 1;
const FROM_0 = (number: number) => number >= 0;

/** What the numbers have to be, besides lengths. */
const RULES: readonly (readonly [
  name: Exclude<keyof PingOptions, "size" | "signal" | "clock" | "open">,
  expected: string,
  isGood: (number: number) => boolean,
])[] = [
  ["count", "a whole number", (count) => count === 0 || WHOLE(count)],
  ["interval", "milliseconds", (time) => FROM_0(time) && time < Infinity],
  ["gap", "milliseconds", FROM_0],
  ["timeout", "milliseconds above 0", (time) => time > 0],
  ["duration", "milliseconds", FROM_0],
  ["deadline", "milliseconds", FROM_0],
  ["linger", "milliseconds", FROM_0],
  ["window", "a whole number from 1 on", WHOLE],
  ["connections", "a whole number from 1 on", WHOLE],
];

/**
 * Refuses numbers that would send nothing, or probes without end.
 *
 * @throws {RangeError} that names the option.
 *
 * @example
 * ```ts
 * import { checkPingOptions } from "./ping_options.ts";
 * checkPingOptions({ count: 3, interval: 10 });
 * ```
 */
export function checkPingOptions(options: PingOptions): void {
  for (const [name, expected, isGood] of RULES) {
    const value = options[name];
    if (typeof value !== "number" || isGood(value)) continue;
    throw new RangeError(`${name}: expected ${expected}, got ${value}`);
  }
}
