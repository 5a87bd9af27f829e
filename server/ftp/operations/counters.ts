/**
 * What is counted while a server serves. Plain data: a worker's counters are
 * sent to the warden, and added to those of the others.
 *
 * @module
 */

import { type Histogram, newHistogram } from "../../../lib/histogram.ts";
import type { Direction, TransferOutcome } from "./observer.ts";

/** Counts from the start on; no number ever falls. */
export interface Counters {
  /** Sessions that have begun. */
  sessions: number;
  /** Sessions that an administrator ended. */
  kicked: number;
  /** Connections sent away at the door, by reason. */
  readonly refusals: Record<string, number>;
  /** Logins, by how they went. */
  readonly logins: Record<"ok" | "failed", number>;
  /** Addresses that were shut out. */
  bans: number;
  /** Control connections that TLS came to protect, by version. */
  readonly secured: Record<string, number>;
  /** Commands that were answered, by code. */
  readonly replies: Record<string, number>;
  /** Transfers that have ended, by direction and result. */
  readonly transfers: Record<Direction, Record<TransferOutcome, number>>;
  /** Bytes moved, those of running transfers included. */
  readonly bytes: Record<Direction, number>;
  /** Lines and events for which there was no room on their way to the warden. */
  linesDropped: number;
  /** Seconds that commands took which began no transfer. */
  readonly commandSeconds: Histogram;
  /** Seconds that logging in took, of those who were let in. */
  readonly loginSeconds: Histogram;
  /** Seconds that complete transfers of files took. */
  readonly transferSeconds: Histogram;
}

/** Bounds of {@linkcode Counters.commandSeconds}. */
export const COMMAND_BOUNDS: readonly number[] = [
  ...[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1],
  ...[0.25, 0.5, 1, 2.5, 5, 10],
];
/** Bounds of {@linkcode Counters.loginSeconds}; a hash takes its time. */
export const LOGIN_BOUNDS: readonly number[] = [
  ...[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
];
/** Bounds of {@linkcode Counters.transferSeconds}: up to two hours. */
export const TRANSFER_BOUNDS: readonly number[] = [
  ...[0.001, 0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 1800, 3600, 7200],
];

/** Counters of which nothing has happened yet. */
export function newCounters(): Counters {
  const outcomes = () => ({ complete: 0, aborted: 0, failed: 0 });
  return {
    sessions: 0,
    kicked: 0,
    refusals: {},
    logins: { ok: 0, failed: 0 },
    bans: 0,
    secured: {},
    replies: {},
    transfers: {
      download: outcomes(),
      upload: outcomes(),
      listing: outcomes(),
      work: outcomes(),
    },
    linesDropped: 0,
    bytes: { download: 0, upload: 0, listing: 0, work: 0 },
    commandSeconds: newHistogram(COMMAND_BOUNDS),
    loginSeconds: newHistogram(LOGIN_BOUNDS),
    transferSeconds: newHistogram(TRANSFER_BOUNDS),
  };
}

/**
 * All counters together; none of those given is changed.
 *
 * @example
 * ```ts
 * import { addCounters, newCounters } from "./counters.ts";
 * const [one, other] = [newCounters(), newCounters()];
 * one.replies["226"] = 1;
 * other.replies["226"] = 2;
 * console.assert(addCounters([one, other]).replies["226"] === 3);
 * ```
 */
export function addCounters(all: readonly Counters[]): Counters {
  const sum = newCounters();
  for (const counters of all) addInto(sum, counters);
  return sum;
}

/** Adds number by number, as deep as they lie. */
function addInto(into: object, from: object): void {
  const sums = into as Record<string, unknown>;
  for (const [name, value] of Object.entries(from)) {
    if (typeof value === "number") {
      sums[name] = Number(sums[name] ?? 0) + value;
    } else {
      addInto(sums[name] as object, value as object);
    }
  }
}

/** Counts one more of a kind. */
export function countOne(kinds: Record<string, number>, kind: string): void {
  kinds[kind] = (kinds[kind] ?? 0) + 1;
}
