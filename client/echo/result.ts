/**
 * What {@linkcode ping} returns.
 *
 * @module
 */

import { ServiceError } from "../service/errors.ts";
import { formatTarget, type Target } from "../service/target.ts";
import type { Histogram } from "./histogram.ts";
import type { SessionWorld } from "./plan.ts";
import type { Jitter, ProbeCounts, RoundTrip } from "./statistics.ts";
import type { SideCounts } from "./tally.ts";

/** What a run of probes comes to. Times are milliseconds. */
export interface PingResult
  extends Readonly<ProbeCounts>, Readonly<SideCounts> {
  /** Round-trip times of the probes received. */
  readonly rtt: RoundTrip;
  /** How much they differ. */
  readonly jitter: Jitter;
  /** The same times, by class. */
  readonly histogram: Pick<Histogram, "count" | "classes">;
  /** The server, as it was asked for: `localhost:7 (udp)`. */
  readonly target: string;
  /** The server, numeric: `127.0.0.1:7`, or the path of a socket. */
  readonly remote: string;
  /** How long the first connection took; `null` over UDP. */
  readonly connectTime: number | null;
  /** How long the run took, without connecting. */
  readonly duration: number;
  /** Probes sent per second, from the first to the last. */
  readonly rate: number | null;
  /**
   * Bytes per second that came back in time as they were sent, from the first
   * probe to the last reply.
   */
  readonly goodput: number | null;
  /** The size of the largest probe that came back whole. */
  readonly largestWhole: number | null;
  /** The size of the smallest probe that did not. */
  readonly smallestBroken: number | null;
  /** What broke the run off. */
  readonly failure: ServiceError | null;
}

/** What a result is made of. */
export interface ResultParts {
  /** The server. */
  readonly target: Target;
  /** The same, numeric. */
  readonly remote: string;
  /** Milliseconds. */
  readonly connectTime: number | null;
  /** The clock and the counters. */
  readonly world: Pick<SessionWorld, "clock" | "began" | "tally">;
  /** What broke the run off. */
  readonly failure: ServiceError | null;
}

/** The result as it stands now. */
export function resultOf(parts: ResultParts): PingResult {
  const { target, remote, connectTime, world, failure } = parts;
  const { tally, clock, began } = world;
  return {
    ...tally.counts,
    rtt: tally.times.roundTrip,
    jitter: tally.times.jitter,
    histogram: tally.times.histogram,
    ...tally.side,
    target: formatTarget(target),
    remote,
    connectTime,
    duration: clock.now() - began,
    rate: tally.rate,
    goodput: tally.goodput,
    largestWhole: tally.largestWhole,
    smallestBroken: tally.smallestBroken,
    failure: failure ?? neverSent(parts),
  };
}

/** Not one probe could be sent: that is no loss, but a network out of order. */
function neverSent({ world: { tally } }: ResultParts): ServiceError | null {
  const { counts, side, sendError } = tally;
  const isNever = counts.sent > 0 && side.sendErrors === counts.sent;
  return isNever ? new ServiceError("unreachable", sendError ?? "") : null;
}
