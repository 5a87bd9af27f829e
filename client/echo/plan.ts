/**
 * What a session of probes is to do, and with what.
 *
 * @module
 */

import type { Clock } from "../../lib/clock.ts";
import type { Channel } from "./channel.ts";
import { HEADER_LENGTH, type Payloads } from "./payload.ts";
import type { PingOptions } from "./ping_options.ts";
import type { SizeRow } from "./sizes.ts";
import type { Tally } from "./tally.ts";

/** Bytes of a probe, as with `ping`. */
export const DEFAULT_SIZE = 56;
/** Milliseconds that a reply may take. */
export const DEFAULT_TIMEOUT = 2000;
const DEFAULT_INTERVAL = 1000;
/**
 * Probes that are remembered, to tell late replies and duplicates, over all
 * channels; a probe takes 21 bytes.
 */
const LEAST_REMEMBERED = 2 ** 16;
const MOST_REMEMBERED = 2 ** 20;
/** And of one channel, however many there are. */
const LEAST_OF_ONE = 2 ** 10;

/** What a session does. Times are milliseconds since the run began. */
export interface SessionPlan {
  /** How many probes, at most. */
  readonly count: number;
  /** When a probe is due; `null`: each as soon as there is room. */
  readonly dueAt: ((index: number) => number) | null;
  /** The least time between two probes that are due at no time. */
  readonly gap: number;
  /** The length of a probe. */
  readonly sizeOf: (index: number) => number;
  /** The greatest length. */
  readonly largest: number;
  /** Its number in all of the run, from 1. */
  readonly numberOf: (index: number) => number;
  /** Most probes under way. */
  readonly window: number;
  /** How many probes are remembered, a power of two. */
  readonly capacity: number;
  /** When a probe is given up, after it was due. */
  readonly timeout: number;
  /** No probe that is due from then on is sent. */
  readonly duration: number;
  /** All ends then, and what is under way is lost. */
  readonly deadline: number;
  /** How long duplicates are waited for in the end. @default as the slowest reply */
  readonly linger?: number | undefined;
}

/** What the sessions of a run share. */
export interface SessionWorld {
  /** Whose milliseconds count. */
  readonly clock: Clock;
  /** When the run began, by that clock. */
  readonly began: number;
  /** The bytes of probes. */
  readonly payloads: Payloads;
  /** Where everything is counted. */
  readonly tally: Tally;
  /** Calls the run off: what is under way counts no more. */
  readonly signal: AbortSignal;
}

/** The part of one of several channels that take turns. */
export function sessionPlan(
  options: PingOptions,
  sizes: SizeRow,
  { channel, index }: { channel: Channel; index: number },
): SessionPlan {
  const { connections = 1, interval = DEFAULT_INTERVAL, gap = 0 } = options;
  const { timeout = DEFAULT_TIMEOUT, duration = Infinity } = options;
  const { deadline = Infinity, linger } = options;
  const overall = (own: number) => own * connections + index;
  return {
    count: Math.ceil((sizes.count - index) / connections),
    dueAt: interval > 0 ? (own) => overall(own) * interval : null,
    gap: gap * connections,
    sizeOf: (own) => sizes.at(overall(own)),
    largest: sizes.largest,
    numberOf: (own) => overall(own) + 1,
    window: windowOf(options, sizes, channel),
    capacity: capacityFor(options),
    timeout,
    duration,
    deadline,
    linger,
  };
}

/** Without a header a datagram can only be told when it is the only one. */
function windowOf(
  { interval, window = interval === 0 ? 1 : Infinity }: PingOptions,
  { smallest }: SizeRow,
  { kind }: Channel,
): number {
  return kind === "datagram" && smallest < HEADER_LENGTH ? 1 : window;
}

/** Four times what may be under way on one channel, within limits. */
function capacityFor(
  {
    interval = DEFAULT_INTERVAL,
    timeout = DEFAULT_TIMEOUT,
    window = 1,
    connections = 1,
  }: PingOptions,
): number {
  const underWay = interval > 0 ? timeout / interval / connections : window;
  const [least, most] = [LEAST_REMEMBERED, MOST_REMEMBERED]
    .map((all) => Math.max(LEAST_OF_ONE, powerOfTwo(all / connections)));
  return Math.min(most!, Math.max(least!, powerOfTwo(4 * underWay)));
}

/** The first one that is not less. */
function powerOfTwo(number: number): number {
  return 2 ** Math.ceil(Math.log2(number));
}
