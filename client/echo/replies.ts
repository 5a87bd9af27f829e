/**
 * From what comes in to what is counted.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import type { Channel, Incoming } from "./channel.ts";
import type { Ledger } from "./ledger.ts";
import { type Match, matchDatagram } from "./match.ts";
import type { Payloads, Probe } from "./payload.ts";
import type { SessionPlan } from "./plan.ts";
import { StreamMatcher } from "./stream_match.ts";
import type { Tally } from "./tally.ts";

/** Takes the replies of one channel. */
export class Replies {
  readonly #ledger: Ledger;
  readonly #numberOf: SessionPlan["numberOf"];
  readonly #payloads: Payloads;
  readonly #tally: Tally;
  readonly #stream: StreamMatcher | null;
  #lastNews = 0;

  /** Takes the book of a session, and where to count. */
  constructor(
    kind: Channel["kind"],
    ledger: Ledger,
    { numberOf }: Pick<SessionPlan, "numberOf">,
    { payloads, tally }: { payloads: Payloads; tally: Tally },
  ) {
    this.#ledger = ledger;
    this.#numberOf = numberOf;
    this.#payloads = payloads;
    this.#tally = tally;
    this.#stream = kind === "stream"
      ? new StreamMatcher(ledger, payloads)
      : null;
  }

  /** When a probe was last answered or given up. */
  get lastNews(): number {
    return this.#lastNews;
  }

  /** Whether a stream is so far behind that its bytes cannot be told any more. */
  get isFarBehind(): boolean {
    return this.#stream?.isFarBehind ?? false;
  }

  /** Counts what came. */
  take({ data, isPeer }: Incoming, now: number): void {
    const { side } = this.#tally;
    if (!isPeer) {
      side.otherSource++;
      return;
    }
    this.expire(now);
    for (const match of this.#matches(data)) {
      if (match === null || !this.#settle(match, now)) side.unexpected++;
    }
  }

  /** Gives up the probes that have had their time. */
  expire(now: number): void {
    this.#ledger.expire(now, (probe) => this.#lose(probe, now));
  }

  /** Gives up all probes that are under way. */
  giveUpAll(now: number): void {
    this.#ledger.giveUpAll((probe) => this.#lose(probe, now));
  }

  /** Gives up one that could not be sent. */
  giveUp({ sequence }: Probe, now: number, error: string): void {
    this.#ledger.giveUp(sequence, (probe) => this.#lose(probe, now, error));
  }

  #matches(data: Bytes): Iterable<Match | null> {
    if (this.#stream !== null) return this.#stream.take(data);
    return [matchDatagram(data, this.#ledger, this.#payloads)];
  }

  #settle(match: Match, now: number): boolean {
    const { sequence } = match.probe;
    const settled = this.#ledger.settle(sequence, now);
    if (settled === undefined) return false;
    const neighbours = [sequence - 1, sequence + 1]
      .map((one) => this.#ledger.timeOf(one))
      .filter((time) => time !== undefined);
    const number = this.#numberOf(sequence);
    this.#tally.reply(match, settled, number, neighbours);
    if (settled.status !== "duplicate") this.#lastNews = now;
    return true;
  }

  #lose(probe: Probe, now: number, error: string | null = null): void {
    this.#tally.loss(probe, this.#numberOf(probe.sequence), error);
    this.#lastNews = now;
  }
}
