/**
 * A transfer whose command was sent. It is done when the data ended, the final
 * reply says so, and no byte is missing.
 *
 * @module
 */

import type { Sink, Source } from "../../lib/bytes.ts";
import type { Reply } from "../../lib/ftp/reply.ts";
import { shownCommand } from "./command_text.ts";
import type { Turn } from "./control.ts";
import type { PendingData } from "./data.ts";
import type { Deadline } from "./patience.ts";
import { pump } from "./pump.ts";
import { limited } from "./rate_limit.ts";
import { type DataStream, watchStream } from "./stall.ts";
import { channelOver, type DataChannel, whileWanted } from "./tls_data.ts";
import { isBroken, mustBeWhole, refusalOf } from "./tls_refusal.ts";
import type { Job, Transferred, TransferSession } from "./transfer_job.ts";
import { synchronize, TransferReplies } from "./transfer_replies.ts";
import { noEnd, sizeHint, stalled, tooEarly } from "./transfer_words.ts";
import { unlessAborted } from "./unless_aborted.ts";

/** A server that says nothing before it has got bytes gets them after this. */
const NO_150_MS = 3000;
/** Servers without a data connection say so at once, or wait for another. */
const NO_DATA_MS = 1000;
/** Who has not heard ABOR by then hears that the connection ends. */
const DRAIN_MS = 250;
/** Replies to ABOR come at once, or the connection is worth nothing. */
const ABORT_MS = 5000;

/** A transfer from its command to its end. */
export class RunningTransfer {
  /** Whether the command went out before the data connection was there. */
  readonly sentAlong: boolean;
  /** Whether any byte was moved. */
  moved = false;
  /** Whether it was given up before the server said anything about it. */
  unheard = false;
  /** Whether the server ended TLS before it began: it wants the command first. */
  rebuffed = false;
  readonly #session: TransferSession;
  readonly #turn: Turn;
  readonly #job: Job;
  readonly #port: PendingData;
  readonly #replies: TransferReplies;
  readonly #halt = new AbortController();
  readonly #stall: Deadline;
  readonly #beat: Deadline;
  #state: "waiting" | "connecting" | "connected" = "waiting";
  #channel: DataChannel | null = null;
  #lingers = false;
  #parting: Promise<void> = Promise.resolve();

  /** The command must have been sent in this turn. */
  constructor(
    session: TransferSession,
    turn: Turn,
    job: Job,
    port: PendingData,
  ) {
    this.#session = session;
    this.#turn = turn;
    this.#job = job;
    this.#port = port;
    this.sentAlong = port.sent;
    this.#replies = new TransferReplies(turn);
    this.#replies.final.then(
      (reply) => reply.code >= 400 && this.#stop(this.#refusal(reply)),
      (error) => this.#stop(error),
    );
    const { patience } = session;
    this.#stall = patience.deadline(() =>
      this.#stop(stalled(this.#shown, session.timeout))
    );
    this.#beat = patience.deadline(() => this.#keepAlive());
  }

  /** Moves the bytes and reads the replies. Must be called, and only once. */
  async run(outer: AbortSignal): Promise<Transferred> {
    const { signal } = this.#halt;
    const cancel = () => this.#cancel(outer.reason);
    outer.addEventListener("abort", cancel, { once: true });
    if (outer.aborted) cancel();
    try {
      signal.throwIfAborted();
      const bytes = await this.#move(signal);
      signal.throwIfAborted();
      return await this.#finish(bytes);
    } catch (error) {
      const cause = signal.aborted ? signal.reason : error;
      throw await this.#giveUp(cause);
    } finally {
      outer.removeEventListener("abort", cancel);
      this.#endWatch();
      await this.#parting;
      this.#close();
    }
  }

  #stop(reason: unknown): void {
    this.#halt.abort(reason);
    this.#close();
  }

  /**
   * A server may end the whole session when TLS is cut while it sends, unless
   * it has heard ABOR before: then the connection ends with that.
   */
  #cancel(reason: unknown): void {
    const isDownload = "receive" in this.#job.end && this.#channel !== null;
    this.#lingers = isDownload && this.#session.tls?.protectsData === true;
    if (this.#lingers) this.#halt.abort(reason);
    else this.#stop(reason);
  }

  #close(): void {
    this.#channel?.close();
    this.#port.close();
  }

  #endWatch(): void {
    this.#stall.drop();
    this.#beat.drop();
  }

  async #move(signal: AbortSignal): Promise<number> {
    this.#state = "connecting";
    const connection = await this.#port.open(signal);
    this.#state = "connected";
    if (this.#session.keepAlive > 0) this.#beat.set(this.#session.keepAlive);
    if (this.#session.tls?.isCareful) await this.#readiness(signal);
    const channel = this.#channel = await channelOver(
      connection,
      this.#session,
      this.#shown,
      signal,
    );
    const stream = this.#streamOf(channel, signal);
    const { end } = this.#job;
    const moving = "receive" in end
      ? this.#receive(stream, end.receive)
      : this.#send(end.send, stream, signal);
    const bytes = await unlessAborted(moving, signal);
    // Ends an upload; some servers wait for it after a download, too.
    this.#parting = channel.part(this.#replies.final);
    return bytes;
  }

  #streamOf(channel: DataChannel, signal: AbortSignal): DataStream {
    const { timeout } = this.#session;
    const wanted = whileWanted(channel, signal);
    const stream = watchStream(wanted, this.#stall, timeout);
    const { rateLimit } = this.#job;
    return rateLimit ? limited(stream, rateLimit, signal) : stream;
  }

  async #receive(
    stream: Pick<Source, "read">,
    sink: Pick<Sink, "write">,
  ): Promise<number> {
    const bytes = await pump(stream, sink, this.#count);
    // A server takes no commands while it sends; now it can only say how it
    // went, and the next turn need not wait for that.
    if (this.#replies.owed === 0) {
      this.#beat.drop();
      this.#turn.release();
    }
    return bytes;
  }

  async #send(
    source: Pick<Source, "read">,
    stream: Pick<Sink, "write">,
    signal: AbortSignal,
  ): Promise<number> {
    // Bytes that come early wait where they are: a round trip is saved.
    const isTrusted = this.sentAlong && this.#session.data.together === "works";
    if (!isTrusted) await this.#readiness(signal);
    const bytes = await pump(source, stream, this.#count);
    if (this.#replies.ended !== null) throw tooEarly(this.#shown);
    this.#stall.set(this.#session.timeout);
    await this.#channel!.endWrite();
    this.#stall.clear();
    return bytes;
  }

  readonly #count = (bytes: number): void => {
    this.moved = true;
    this.#job.moved?.(bytes);
  };

  #keepAlive(): void {
    this.#beat.set(this.#session.keepAlive);
    // A broken connection shows where replies are read.
    this.#replies.noop().catch(() => {});
  }

  /** Waits for the 150, but not for ever. */
  async #readiness(signal: AbortSignal): Promise<void> {
    const { first } = this.#replies;
    const { patience } = this.#session;
    const ready = patience.within(first, NO_150_MS, undefined);
    await unlessAborted(ready, signal);
  }

  async #finish(bytes: number): Promise<Transferred> {
    const ended = await this.#final(this.#session.timeout);
    if (ended.code >= 300) throw this.#refusal(ended);
    this.#endWatch();
    if (this.sentAlong) this.#session.data.together = "works";
    await this.#settle(); // What is done stays done, however this ends.
    const begun = this.#replies.begun ?? ended;
    const hint = sizeHint(this.#job.command, begun);
    mustBeWhole(this.#channel!, this.#job, bytes, hint);
    if (this.#channel!.hasResumed) this.#session.tls!.hasResumed = true;
    await this.#job.afterwards?.(this.#turn);
    return { bytes, begun, ended, hint };
  }

  /** The final reply; `null` when it does not come in time. */
  #ended(ms: number): Promise<Reply | null> {
    return this.#session.patience.within(this.#replies.final, ms, null);
  }

  async #final(timeout: number): Promise<Reply> {
    const reply = await this.#ended(timeout);
    if (reply !== null) return reply;
    const error = noEnd(this.#shown, timeout);
    this.#session.control.close(error);
    throw error;
  }

  /** Leaves the connection as it should be, and says what to throw. */
  async #giveUp(cause: unknown): Promise<unknown> {
    if (!this.#lingers) this.#port.close();
    this.#endWatch();
    this.unheard = this.#replies.begun === null;
    const { control, timeout } = this.#session;
    if (control.closed !== null) return cause;
    try {
      if (this.#turn.released) await this.#final(this.#abortMs);
      else if (this.#state === "connected" && isBroken(cause)) {
        const isRebuff = this.#channel === null &&
          await this.#ended(NO_DATA_MS) === null;
        this.rebuffed = isRebuff;
        if (isRebuff) {
          await this.#abort();
          return cause;
        }
        const ended = await this.#final(timeout); // It knows better why.
        await this.#settle();
        return ended.code >= 300 ? this.#refusal(ended) : cause;
      } else if (this.#replies.ended === null) await this.#abort();
      else await this.#settle();
    } catch (error) {
      control.close(error instanceof Error ? error : undefined);
    }
    return cause;
  }

  /** Reads the replies that NOOPs still lack, or closes the connection. */
  async #settle(): Promise<void> {
    await this.#replies.settle().catch((error) =>
      this.#session.control.close(error)
    );
  }

  /** ABOR is answered once or twice, depending on the server. */
  async #abort(): Promise<void> {
    if (this.sentAlong && this.#state === "waiting") await this.#knock();
    await this.#turn.send({ verb: "ABOR" });
    if (this.#lingers) await this.#ended(DRAIN_MS);
    this.#close();
    const ended = await this.#ended(this.#abortMs);
    if (ended === null) this.#session.control.close();
    else await synchronize(this.#turn, this.#replies.owed, this.#abortMs);
  }

  /** A server that waits for a connection hears nothing before it has one. */
  async #knock(): Promise<void> {
    const { signal } = new AbortController();
    await this.#port.open(signal).catch(() => {});
    this.#port.close();
  }

  /** Who has little patience has no more of it for a server that hangs. */
  get #abortMs(): number {
    return Math.min(ABORT_MS, this.#session.timeout);
  }

  #refusal(reply: Reply): Error {
    return refusalOf(this.#shown, reply, this.#session.tls);
  }

  get #shown(): string {
    return shownCommand(this.#job.command);
  }
}
