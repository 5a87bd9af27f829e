/**
 * Flows of bytes on a clock that stands still until it is told to go on.
 *
 * @module
 */

import { type ManualClock, manualClock } from "../../lib/clock.ts";
import { type Lane, laneAt } from "../../lib/net/lane.ts";
import { type Shaper, shaper } from "../../lib/net/shaper.ts";

/** Milliseconds of simulated time, and lanes on it. */
export interface Road {
  /** The time of all flows. */
  readonly clock: ManualClock;
  /** A lane of its own. */
  lane(rate: number): Lane;
  /** A flow that is never short of bytes, until `stop`. */
  flow(lanes: readonly Lane[], longest?: number): Running;
}

/** A flow that moves bytes as fast as it may. */
export interface Running {
  /** Bytes that have gone. */
  readonly bytes: number;
  /** When how many went, for the shape. */
  readonly log: readonly { at: number; bytes: number }[];
  /** What it asks. */
  readonly shaper: Shaper;
  /** Ends it, waiting or not. */
  stop(): Promise<void>;
}

/** A new road at time 0. */
export function road(): Road {
  const clock = manualClock();
  return {
    clock,
    lane(rate) {
      const lane = laneAt(new BigInt64Array(2), 0, () => clock.now() * 1e6);
      lane.rate = rate;
      return lane;
    },
    flow: (lanes, longest = 1 << 20) => run(clock, lanes, longest),
  };
}

function run(
  clock: ManualClock,
  lanes: readonly Lane[],
  longest: number,
): Running {
  const flow = shaper(lanes, clock);
  const log: { at: number; bytes: number }[] = [];
  const over = new AbortController();
  let bytes = 0;
  const ended = (async () => {
    while (!over.signal.aborted) {
      const part = Math.min(flow.block, longest);
      await flow.take(part, over.signal);
      bytes += part;
      log.push({ at: clock.now(), bytes: part });
    }
  })().catch((error) => {
    if (error !== over.signal.reason) throw error;
  }).finally(() => flow.close());
  return {
    get bytes() {
      return bytes;
    },
    log,
    shaper: flow,
    async stop() {
      over.abort(new Error("the test is over"));
      await ended;
    },
  };
}

/** The most bytes that went within any `span` milliseconds. */
export function mostWithin(
  log: readonly { at: number; bytes: number }[],
  span: number,
): number {
  const sums = log.map(({ at: start }) =>
    log.filter(({ at }) => at >= start && at < start + span)
      .reduce((sum, { bytes }) => sum + bytes, 0)
  );
  return Math.max(0, ...sums);
}
