/**
 * The control connection as it is right now: in plain text, or protected.
 *
 * @module
 */

import type { Reply } from "../../lib/ftp/reply.ts";
import { type Line, LineReader } from "../../lib/lines.ts";
import type { Stream } from "../../lib/net/stream.ts";
import type { TlsFacts, TlsStream } from "../../lib/net/tls/stream.ts";
import { Watchdog } from "../../lib/watchdog.ts";
import { ReplyWriter } from "./reply_writer.ts";

/** Longest command line in bytes. */
export const MAX_COMMAND_LINE = 4096;
/** A line of this many bytes closes the connection. */
const MAX_FLOOD = 1 << 20;
/** Longest wait for last words to go out, in milliseconds. */
const FAREWELL = 1000;
/** What Python sends urgently as a whole. */
const ABOR = new TextEncoder().encode("ABOR");

/** Makes a protected connection of one in plain text. */
export type Secure = (
  stream: Stream,
  signal: AbortSignal,
) => Promise<TlsStream>;

/** How a line is read. */
export interface ReadOptions {
  /** Whether the client may say something urgently right now. */
  maybeUrgent(this: void): boolean;
}

/** Reads lines and writes replies, and lets TLS begin and end. */
export class ControlChannel {
  #stream: Stream;
  #tls: TlsStream | null = null;
  #lines: LineReader;
  #replies: ReplyWriter;
  #change: AbortController | null = null;
  readonly #stopping: AbortSignal;

  /** Begins in plain text; no change outlives `stopping`. */
  constructor(stream: Stream, stopping: AbortSignal) {
    this.#stream = stream;
    this.#stopping = stopping;
    this.#lines = linesOf(stream);
    this.#replies = new ReplyWriter(stream);
  }

  /** Where replies go. */
  get replies(): ReplyWriter {
    return this.#replies;
  }

  /** Whether a whole line has arrived that was not taken yet. */
  get hasLine(): boolean {
    return this.#lines.hasLine;
  }

  /** Whether anything has arrived that was not taken yet. */
  get hasMore(): boolean {
    return this.#lines.buffered > 0;
  }

  /** Whether TLS begins or ends right now. */
  get isChanging(): boolean {
    return this.#change !== null;
  }

  /** The next line. Inside TLS nothing is urgent, so nothing gets lost. */
  next({ maybeUrgent }: ReadOptions): Promise<Line | null> {
    return this.#lines.next({
      byByte: () => this.#tls === null && maybeUrgent(),
    });
  }

  /** Begins TLS. No read may be pending, and no reply may wait. */
  async toTls(secure: Secure): Promise<TlsFacts> {
    const tls = await this.#changing((signal) => secure(this.#stream, signal));
    this.#use(tls);
    this.#tls = tls;
    return tls.facts;
  }

  /** Ends TLS, `patience` milliseconds at most; the same holds. */
  async toPlain(patience: number): Promise<void> {
    const tls = this.#tls!;
    const late = new Error("the client did not end TLS");
    const timer = setTimeout(() => this.giveUp(late), patience);
    try {
      this.#use(await this.#changing((signal) => tls.leave(signal)));
      this.#tls = null;
    } finally {
      clearTimeout(timer);
    }
  }

  async #changing<T>(change: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#change = new AbortController();
    const { signal } = this.#change;
    try {
      return await change(AbortSignal.any([signal, this.#stopping]));
    } finally {
      this.#change = null;
    }
  }

  #use(stream: Stream): void {
    this.#stream = stream;
    this.#lines = linesOf(stream);
    this.#replies = new ReplyWriter(stream);
  }

  /** Ends a change that is under way, and the connection with it. */
  giveUp(reason: Error): void {
    this.#change?.abort(reason);
  }

  /** Writes what waits and ends TLS on our side, within a second. */
  async end(...last: Reply[]): Promise<void> {
    for (const reply of last) this.#replies.add(reply);
    const late = Promise.withResolvers<void>();
    const patience = new Watchdog(late.resolve); // Cheaper than within().
    patience.set(FAREWELL);
    try {
      await Promise.race([this.#end(), late.promise]);
    } finally {
      patience.clear();
    }
  }

  async #end(): Promise<void> {
    await this.#replies.flush();
    await this.#tls?.closeWrite();
  }

  /** Ends the connection; what is pending rejects. */
  close(): void {
    this.#stream.close();
  }
}

function linesOf(stream: Stream): LineReader {
  return new LineReader(stream, {
    maxLength: MAX_COMMAND_LINE,
    maxSkipped: MAX_FLOOD,
    urgentLine: ABOR,
  });
}
