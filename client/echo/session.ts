/**
 * Probes over one channel: sent when they are due, counted when they come
 * back, given up when they do not.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { ServiceError } from "../service/errors.ts";
import { Alarm } from "./alarm.ts";
import type { Channel } from "./channel.ts";
import { Ledger } from "./ledger.ts";
import type { Probe } from "./payload.ts";
import type { SessionPlan, SessionWorld } from "./plan.ts";
import { Replies } from "./replies.ts";

/** A shorter wait for our own sending is not the network's doing. */
const OWN_TIME = 1;
/** Duplicates of a fast server are waited for as long as this. */
const LEAST_LINGER = 10;
/** Nothing to wait for: look again. */
const AT_ONCE = -Infinity;

/**
 * One channel's part of a run. A single loop decides what to do next, and when
 * to look again; whatever happens in between rings its alarm.
 */
export class Session {
  readonly #channel: Channel;
  readonly #plan: SessionPlan;
  readonly #world: SessionWorld;
  readonly #ledger: Ledger;
  readonly #replies: Replies;
  readonly #alarm: Alarm;
  readonly #buffer: Bytes;
  #sending: Promise<void> | null = null;
  #sendingSince = -Infinity;
  /** Whether only the clock keeps the next probe back: the start is no stall. */
  #isIdle = true;
  /** When the sender was last free to send, and what sending took since. */
  #freeAt = 0;
  #hasEnded = false;
  #isOver = false;
  #failure: ServiceError | null = null;

  /** Takes a channel that is open; it will be closed. */
  constructor(channel: Channel, plan: SessionPlan, world: SessionWorld) {
    this.#channel = channel;
    this.#plan = plan;
    this.#world = world;
    this.#ledger = new Ledger(plan);
    this.#replies = new Replies(channel.kind, this.#ledger, plan, world);
    this.#alarm = new Alarm(world.clock);
    this.#buffer = new Uint8Array(plan.largest);
  }

  /** Sends, receives and counts until all is done; says what broke it off. */
  async run(): Promise<ServiceError | null> {
    const { signal, began } = this.#world;
    const wake = () => this.#alarm.ring();
    signal.addEventListener("abort", wake);
    const receiving = this.#receive();
    // The runtime's first timer takes milliseconds, which no probe shall be
    // told to have taken.
    await this.#alarm.wait(began + this.#now());
    for (let until: number | null; (until = this.#step()) !== null;) {
      if (until > AT_ONCE) await this.#alarm.wait(began + until);
    }
    this.#isOver = true;
    signal.removeEventListener("abort", wake);
    this.#alarm.close();
    this.#channel.close();
    await Promise.all([receiving, this.#sending]);
    return this.#failure;
  }

  #now(): number {
    return this.#world.clock.now() - this.#world.began;
  }

  /** Does what is to be done; when to look again, or `null` when all is over. */
  #step(): number | null {
    const now = this.#now();
    if (this.#isIdle) this.#freeAt = now;
    this.#isIdle = false;
    this.#replies.expire(now);
    if (this.#world.signal.aborted) return this.#callOff();
    if (this.#failure !== null || now >= this.#plan.deadline) {
      this.#replies.giveUpAll(now);
      return null;
    }
    const next = this.#hasMore(now) ? this.#goOn(now) : this.#finish(now);
    return next === null ? null : Math.min(next, this.#plan.deadline);
  }

  #hasMore(now: number): boolean {
    const { count, dueAt, duration } = this.#plan;
    const { next } = this.#ledger;
    return next < count && (dueAt?.(next) ?? now) < duration;
  }

  /** Sends the next probe, if it can be sent now. */
  #goOn(now: number): number {
    if (this.#hasEnded) return this.#fail("closed", "closed the connection");
    if (this.#sending) return this.#watchSending(now);
    if (this.#replies.isFarBehind) {
      return this.#fail("timeout", "sends nothing back any more");
    }
    const { waiting, hasRoom, next, nextExpiry } = this.#ledger;
    if (waiting >= this.#plan.window || !hasRoom) return nextExpiry;
    const { dueAt, gap } = this.#plan;
    const due = dueAt?.(next) ?? this.#sendingSince + gap;
    if (due <= now) return this.#send(now);
    this.#isIdle = true;
    return Math.min(due, nextExpiry);
  }

  /** Waits for what is under way, and for duplicates of it. */
  #finish(now: number): number | null {
    if (this.#sending) return this.#watchSending(now);
    const { waiting, nextExpiry } = this.#ledger;
    if (waiting > 0) {
      return this.#hasEnded
        ? this.#fail("closed", "closed the connection")
        : nextExpiry;
    }
    const { timeout, linger } = this.#plan;
    const slowest = Math.max(LEAST_LINGER, this.#world.tally.times.longest);
    const end = this.#replies.lastNews + (linger ?? Math.min(slowest, timeout));
    return this.#hasEnded || now >= end ? null : end;
  }

  #send(now: number): number {
    const { next } = this.#ledger;
    const probe = this.#ledger.add(this.#plan.sizeOf(next), this.#start(now));
    this.#world.tally.sent(now);
    this.#sendingSince = now;
    const bytes = this.#world.payloads.write(this.#buffer, probe);
    this.#sending = this.#channel.send(bytes).then(
      () => this.#sent(),
      (error) => this.#notSent(probe, error),
    );
    return AT_ONCE;
  }

  /**
   * From when the time of the next probe counts. One that fell due while the
   * sender was kept waiting counts from when it was due, so that no stall is
   * hidden; that a timer of ours was late does not count.
   */
  #start(now: number): number {
    const due = this.#plan.dueAt?.(this.#ledger.next);
    return due === undefined ? now : Math.max(due, this.#freeAt);
  }

  #sent(): void {
    const took = this.#now() - this.#sendingSince;
    if (took < OWN_TIME) this.#freeAt += took;
    this.#sending = null;
    this.#alarm.ring();
  }

  /** Over UDP the network may come back; a connection does not. */
  #notSent(probe: Probe, error: unknown): void {
    this.#sending = null;
    const failure = asFailure(error);
    const mayPass = failure.kind === "unreachable" || failure.kind === "other";
    if (this.#channel.kind === "datagram" && mayPass && !this.#isOver) {
      this.#replies.giveUp(probe, this.#now(), failure.message);
    } else this.#failWith(failure);
    this.#alarm.ring();
  }

  #watchSending(now: number): number {
    const { timeout } = this.#plan;
    const end = this.#sendingSince + timeout;
    if (now < end) return Math.min(end, this.#ledger.nextExpiry);
    return this.#fail("timeout", `has not read for ${timeout / 1000} s`);
  }

  async #receive(): Promise<void> {
    let failures = 0;
    while (!this.#isOver && !this.#hasEnded) {
      try {
        const incoming = await this.#channel.receive();
        if (this.#isOver) return; // The sums are made.
        if (incoming === null) this.#hasEnded = true;
        else this.#replies.take(incoming, this.#now());
      } catch (error) {
        const failure = asFailure(error);
        if (!this.#mayPass(failure) || ++failures > this.#ledger.next) {
          this.#failWith(failure);
          return;
        }
      } finally {
        this.#alarm.ring();
      }
    }
  }

  /** Some systems tell a UDP socket that one of its probes reached nobody. */
  #mayPass({ kind }: ServiceError): boolean {
    return this.#channel.kind === "datagram" && !this.#isOver &&
      (kind === "closed" || kind === "refused");
  }

  #callOff(): null {
    const { counts, side } = this.#world.tally;
    counts.sent -= this.#ledger.waiting;
    side.unfinished += this.#ledger.waiting;
    return null;
  }

  #fail(kind: ServiceError["kind"], what: string): number {
    return this.#failWith(
      new ServiceError(kind, `${this.#channel.remote} ${what}`),
    );
  }

  #failWith(error: ServiceError): number {
    if (!this.#isOver) this.#failure ??= error;
    return AT_ONCE;
  }
}

function asFailure(error: unknown): ServiceError {
  return error instanceof ServiceError
    ? error
    : new ServiceError("other", String(error), { cause: error });
}
