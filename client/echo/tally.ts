/**
 * The sums of a run, over all its connections.
 *
 * @module
 */

import type { ProbeEvent } from "./events.ts";
import type { Settled } from "./ledger.ts";
import type { Match } from "./match.ts";
import type { Probe } from "./payload.ts";
import { noCounts, type ProbeCounts, Times } from "./statistics.ts";

/** What else a run counts. */
export interface SideCounts {
  /** Replies that answer no probe of this run, such as those of an earlier one. */
  unexpected: number;
  /** Datagrams from elsewhere than the server. */
  otherSource: number;
  /** Probes that could not be sent; they are lost. */
  sendErrors: number;
  /** Probes under way when the run was called off; they are not in `sent`. */
  unfinished: number;
}

/** Where the sessions of a run add up. */
export class Tally {
  /** What became of the probes. */
  readonly counts: ProbeCounts = noCounts();
  /** What else there was. */
  readonly side: SideCounts = {
    unexpected: 0,
    otherSource: 0,
    sendErrors: 0,
    unfinished: 0,
  };
  /** How long the replies took. */
  readonly times: Times = new Times();
  readonly #onEvent: ((event: ProbeEvent) => void) | undefined;
  #sendError: string | null = null;
  #goodBytes = 0;
  #firstSent: number | null = null;
  #lastSent = 0;
  #lastReply = 0;
  #largestWhole: number | null = null;
  #smallestBroken: number | null = null;

  /** Takes who is told of every reply and loss. */
  constructor(onEvent?: (event: ProbeEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** Why a probe could not be sent, the last time. */
  get sendError(): string | null {
    return this.#sendError;
  }

  /** Probes sent per second, from the first to the last. */
  get rate(): number | null {
    const { sent } = this.counts;
    return perSecond(sent - 1, this.#lastSent - (this.#firstSent ?? 0));
  }

  /**
   * Bytes per second that came back in time as they were sent, from the first
   * probe to the last reply.
   */
  get goodput(): number | null {
    const time = this.#lastReply - (this.#firstSent ?? 0);
    return perSecond(this.#goodBytes, time);
  }

  /** The size of the largest probe that came back whole. */
  get largestWhole(): number | null {
    return this.#largestWhole;
  }

  /** The size of the smallest probe that did not. */
  get smallestBroken(): number | null {
    return this.#smallestBroken;
  }

  /** Counts a probe that is sent now. */
  sent(now: number): void {
    this.counts.sent++;
    this.#firstSent ??= now;
    this.#lastSent = now;
  }

  /**
   * Counts a reply. `neighbours` are the times of the probes before and behind
   * it that came already; `sequence` counts over all connections, from 1.
   */
  reply(
    { probe, length, wrongAt }: Match,
    settled: Settled,
    sequence: number,
    neighbours: readonly number[],
  ): void {
    const { counts } = this;
    const { status, time, isReordered } = settled;
    if (status === "duplicate") counts.duplicates++;
    else counts[status]++;
    if (isReordered) counts.reordered++;
    if (wrongAt !== null) counts.corrupted++;
    if (length < probe.size) counts.truncated++;
    if (status === "received") this.times.add(time, neighbours);
    this.#lastReply = Math.max(this.#lastReply, probe.start + time);
    this.#noteSize(probe, wrongAt === null && length === probe.size, status);
    this.#onEvent?.(
      {
        kind: "reply",
        sequence,
        size: probe.size,
        length,
        wrongAt,
        ...settled,
      },
    );
  }

  /** Counts a probe that was given up. */
  loss({ size }: Probe, sequence: number, error: string | null): void {
    this.counts.lost++;
    if (error !== null) this.side.sendErrors++;
    this.#sendError = error ?? this.#sendError;
    this.#break(size);
    this.#onEvent?.({ kind: "lost", sequence, size, error });
  }

  #noteSize(
    { size }: Probe,
    isWhole: boolean,
    status: Settled["status"],
  ): void {
    if (!isWhole) return this.#break(size);
    if (status !== "received") return;
    this.#goodBytes += size;
    this.#largestWhole = Math.max(size, this.#largestWhole ?? 0);
  }

  #break(size: number): void {
    this.#smallestBroken = Math.min(size, this.#smallestBroken ?? Infinity);
  }
}

function perSecond(count: number, time: number): number | null {
  return count > 0 && time > 0 ? count / time * 1000 : null;
}
