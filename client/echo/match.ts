/**
 * Which probe a reply belongs to, also when it came back damaged.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import type { Ledger } from "./ledger.ts";
import { HEADER_LENGTH, type Payloads, type Probe } from "./payload.ts";

/** A reply, attributed. */
export interface Match {
  /** The probe that it answers. */
  readonly probe: Probe;
  /** How many bytes came back. */
  readonly length: number;
  /** The first offset that is wrong; `null` when all that came back is right. */
  readonly wrongAt: number | null;
}

/** Without a header only the last few probes can be meant. */
const RECENT_SHORT = 16;
/** How far back a damaged reply is looked for. */
const RECENT_DAMAGED = 4096;
/** A damaged header has at most one wrong byte in so many. */
const RIGHT_PER_WRONG = 6;

/**
 * Finds the probe that a datagram answers; `null` when it answers none of this
 * session.
 *
 * A header that is intact names its probe. A reply without one is compared to
 * the last 16 probes, and then, as a damaged one, to those whose header differs
 * least: 4 of 24 bytes may be wrong.
 *
 * @example
 * ```ts
 * import { Ledger } from "./ledger.ts";
 * import { matchDatagram } from "./match.ts";
 * import { createPayloads } from "./payload.ts";
 * const ledger = new Ledger({ capacity: 64, timeout: 1000 });
 * const payloads = createPayloads(1, 100);
 * const probe = ledger.add(100, 0);
 * const reply = payloads.write(new Uint8Array(100), probe);
 * reply[9]! ^= 1; // a bit of the sequence number
 * const match = matchDatagram(reply, ledger, payloads);
 * console.assert(match?.probe.sequence === 0 && match.wrongAt === 9);
 * ```
 */
export function matchDatagram(
  data: Bytes,
  ledger: Ledger,
  payloads: Payloads,
): Match | null {
  const named = payloads.sequenceOf(data);
  if (named === "foreign") return null;
  const probe = named === null
    ? unnamed(data, ledger, payloads)
    : ledger.find(named);
  if (probe === undefined) return null;
  return {
    probe,
    length: data.length,
    wrongAt: wrongAt(data, probe, payloads),
  };
}

function wrongAt(data: Bytes, probe: Probe, payloads: Payloads): number | null {
  const wrong = payloads.differsAt(data.subarray(0, probe.size), probe);
  const isLonger = data.length > probe.size;
  return wrong ?? (isLonger ? probe.size : null);
}

function unnamed(
  data: Bytes,
  ledger: Ledger,
  payloads: Payloads,
): Probe | undefined {
  return exactly(data, ledger, payloads) ?? nearest(data, ledger, payloads);
}

/** The newest of the short probes that is exactly this. */
function exactly(
  data: Bytes,
  ledger: Ledger,
  payloads: Payloads,
): Probe | undefined {
  const waiting = newestFirst(ledger, RECENT_SHORT).filter((probe) =>
    probe.size < HEADER_LENGTH && probe.size === data.length &&
    payloads.differsAt(data, probe) === null
  );
  return waiting.find(({ sequence }) => ledger.isWaiting(sequence)) ??
    waiting[0];
}

/** The probe that differs least; one under way before others, old before new. */
function nearest(
  data: Bytes,
  ledger: Ledger,
  payloads: Payloads,
): Probe | undefined {
  let best: Probe | undefined;
  let least = Infinity;
  for (const probe of newestFirst(ledger, RECENT_DAMAGED)) {
    const wrong = damage(data, probe, ledger, payloads);
    if (wrong === Infinity || wrong > least) continue;
    best = probe;
    least = wrong;
  }
  return best;
}

/**
 * How unlike a probe a reply is, infinite when too much so. Half a byte is
 * added to one that is no longer under way. Of short probes only one is under
 * way at a time, and whatever comes is its reply.
 */
function damage(
  data: Bytes,
  probe: Probe,
  ledger: Ledger,
  payloads: Payloads,
): number {
  const isWaiting = ledger.isWaiting(probe.sequence);
  if (probe.size < HEADER_LENGTH) return isWaiting ? 0 : Infinity;
  const length = Math.min(data.length, HEADER_LENGTH);
  const wrong = payloads.distance(data, probe);
  if (wrong > Math.floor(length / RIGHT_PER_WRONG)) return Infinity;
  if (length === 0 && !isWaiting) return Infinity;
  return isWaiting ? wrong : wrong + 0.5;
}

function newestFirst(ledger: Ledger, most: number): Probe[] {
  const probes: Probe[] = [];
  for (let at = ledger.next - 1; probes.length < most; at--) {
    const probe = ledger.find(at);
    if (probe === undefined) break;
    probes.push(probe);
  }
  return probes;
}
