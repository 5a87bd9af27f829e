/**
 * Faults on purpose: what a network does at its worst, injected into the
 * answers of any service, so that clients can be tested against it. The same
 * seed always does the same.
 *
 * @module
 */

import { type Clock, systemClock } from "../../lib/clock.ts";
import type { Fields } from "../../lib/log.ts";
import type { Service } from "../../lib/net/service.ts";
import { faultyDatagrams } from "./faults/datagrams.ts";
import { faultyStream } from "./faults/stream.ts";

/**
 * What shall go wrong. A datagram suffers one of drop, duplicate, reorder and
 * corrupt at most, so together they are 100 at most; delay and jitter come on
 * top. Streams know delay, jitter and corrupt: TCP itself sees to the rest.
 */
export interface Faults {
  /** Milliseconds that every answer waits. @default {0} */
  readonly delay?: number;
  /** Up to so many milliseconds more. Never changes the order. @default {0} */
  readonly jitter?: number;
  /** Percentage of datagrams without an answer. @default {0} */
  readonly drop?: number;
  /** Percentage of datagrams that are answered twice. @default {0} */
  readonly duplicate?: number;
  /** Percentage of answers that the next one overtakes. @default {0} */
  readonly reorder?: number;
  /**
   * Percentage of datagrams, and of the blocks of 1,024 bytes of a stream, that
   * get one wrong bit. @default {0}
   */
  readonly corrupt?: number;
  /** Decides which ones, from 0 to 2³²−1. @default {1} */
  readonly seed?: number;
}

/** How often what was done on purpose. */
export interface FaultCounts {
  /** Answers that waited, of datagrams and writes of streams. */
  delayed: number;
  /** Datagrams without an answer. */
  dropped: number;
  /** Datagrams that were answered twice. */
  duplicated: number;
  /** Answers that were overtaken. */
  reordered: number;
  /** Wrong bits, at most one a datagram. */
  corrupted: number;
}

/** What the two kinds of faults go by. */
export interface FaultSettings {
  /** What shall go wrong, complete. */
  readonly faults: Required<Faults>;
  /** What did. */
  readonly counts: FaultCounts;
  /** Whose milliseconds count. */
  readonly clock: Clock;
}

const NONE: Required<Faults> = {
  delay: 0,
  jitter: 0,
  drop: 0,
  duplicate: 0,
  reorder: 0,
  corrupt: 0,
  seed: 1,
};

/**
 * The service with faults in its answers. What happens to the n-th datagram of
 * a sender (an address with its port) depends on `seed` and n alone, so that
 * every client with a new port meets the same faults.
 *
 * Counters begin with `injected-`; a client's own statistics must agree.
 *
 * @throws {RangeError} If a percentage is not from 0 to 100, those of datagrams
 * are more than 100 together, or a time is negative.
 *
 * @example
 * ```ts
 * import { echoService } from "./echo.ts";
 * import { withFaults } from "./faults.ts";
 * const service = withFaults(echoService(), { drop: 100 });
 * const context = {
 *   peer: { hostname: "192.0.2.7", port: 40001 },
 *   local: { hostname: "192.0.2.1", port: 7 },
 *   signal: new AbortController().signal,
 * };
 * console.assert(service.datagram?.(new Uint8Array(4), context) === null);
 * console.assert(service.counters?.()["injected-dropped"] === 1);
 * ```
 */
export function withFaults(
  service: Service,
  faults: Faults,
  { clock = systemClock }: { clock?: Clock } = {},
): Service {
  const counts: FaultCounts = {
    delayed: 0,
    dropped: 0,
    duplicated: 0,
    reordered: 0,
    corrupted: 0,
  };
  const settings = { faults: checked({ ...NONE, ...faults }), counts, clock };
  const { stream, datagram } = service;
  return {
    ...service,
    ...stream ? { stream: faultyStream(stream, settings) } : {},
    ...datagram ? { datagram: faultyDatagrams(datagram, settings) } : {},
    counters: () => ({ ...service.counters?.(), ...fields(counts) }),
  };
}

function checked(faults: Required<Faults>): Required<Faults> {
  const { delay, jitter, drop, duplicate, reorder, corrupt } = faults;
  const percentages = [drop, duplicate, reorder, corrupt];
  const together = percentages.reduce((sum, one) => sum + one);
  if (!(percentages.every((one) => one >= 0) && together <= 100)) {
    throw new RangeError(
      `drop, duplicate, reorder and corrupt are ${
        percentages.join(", ")
      } %: each must be at least 0, and all together 100 at most`,
    );
  }
  if (!(delay >= 0 && jitter >= 0)) {
    throw new RangeError(
      `delay and jitter are ${delay} and ${jitter} ms: expected 0 or more`,
    );
  }
  return faults;
}

function fields(counts: FaultCounts): Fields {
  return Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [`injected-${name}`, count]),
  );
}
