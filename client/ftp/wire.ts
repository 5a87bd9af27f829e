/**
 * The bytes of a control connection: commands go out, replies come in, and the
 * first doubt about them ends it.
 *
 * @module
 */

import { type Bytes, writeAll } from "../../lib/bytes.ts";
import type { Charset } from "../../lib/ftp/charset.ts";
import type { Reply } from "../../lib/ftp/reply.ts";
import { type ReplyLimits, ReplyReader } from "../../lib/ftp/reply_reader.ts";
import type { Stream } from "../../lib/net/stream.ts";
import { TlsError } from "../../lib/net/tls/stream.ts";
import { visible } from "../../lib/visible.ts";
import {
  type Command,
  commandBytes,
  HIDDEN,
  secretOf,
  shownCommand,
} from "./command_text.ts";
import { NetworkError, ProtocolError } from "./errors.ts";
import { networkError } from "./network_errors.ts";
import type { Patience } from "./patience.ts";

/** What is said on a control connection; passwords are left out. */
export type TraceEvent =
  | { readonly sent: string }
  | { readonly received: Reply };

/** What a {@linkcode Wire} needs to know. */
export interface WireOptions {
  /** The server, for messages, as `ftp.example.org:21`. */
  readonly where: string;
  /** Milliseconds for a command to be taken. */
  readonly timeout: number;
  /** How names are written. */
  readonly charset: Charset;
  /** Told of every command and reply. */
  readonly trace: (event: TraceEvent) => void;
  /** Measures time-outs. */
  readonly patience: Patience;
}

/** A reply is at most 64 KiB, and a line of it 8 KiB. */
const LIMITS: ReplyLimits = { maxLine: 8192, maxReply: 65_536 };
/** The server closes the connection (RFC 959 section 4.2). */
const CLOSING = 421;
/** Replies in a row that answer nothing. */
export const MOST_IDLE = 100;
/** What a server does that sends so many. */
export const NOTHING = "sends replies that mean nothing";
const LATE = Symbol("late");

/** A control connection without any order: one caller at a time each way. */
export class Wire {
  #stream: Stream;
  #replies: ReplyReader;
  readonly #options: WireOptions;
  #reading = false;
  /** What was sent and not answered yet, if nobody may see it. */
  #secret: string | null = null;
  readonly #outbox: Bytes[] = [];
  #flushing: ReturnType<typeof setTimeout> | undefined;
  #closed: Error | null = null;
  #confused = false;

  /** Speaks over `stream`, and closes it. */
  constructor(stream: Stream, options: WireOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#replies = new ReplyReader(stream, LIMITS, options.charset);
  }

  /**
   * Goes on over the stream that `make` makes of this one. What has come behind
   * the last reply was not said by whom that stream leads to: then, and when
   * `make` fails, it ends here.
   *
   * @param surplus What the server did if more has come, as `sent it in clear`.
   */
  async change(
    make: (stream: Stream) => Promise<Stream>,
    surplus: (bytes: number) => string,
  ): Promise<void> {
    this.throwIfClosed();
    const { buffered } = this.#replies;
    if (buffered > 0) throw this.#fail("tls", surplus(buffered));
    try {
      this.#stream = await make(this.#stream);
    } catch (error) {
      this.close(error as Error);
      throw this.#closed;
    }
    this.#replies = new ReplyReader(
      this.#stream,
      LIMITS,
      this.#options.charset,
    );
    if (this.#closed !== null) this.#stream.close();
    this.throwIfClosed();
  }

  /** Why nothing can be said any more; `null` while it can. */
  get closed(): Error | null {
    return this.#closed;
  }

  /** Whether it ended because replies did not come, or made no sense. */
  get confused(): boolean {
    return this.#confused;
  }

  /**
   * Sends commands in one write, with those that were held back.
   *
   * @param held Whether somebody else is about to send: then they go together.
   */
  async send(commands: readonly Command[], held = false): Promise<void> {
    const { charset, trace } = this.#options;
    const lines = commands.map((command) => commandBytes(command, charset));
    this.throwIfClosed();
    for (const command of commands) trace({ sent: shownCommand(command) });
    const secret = commands.map(secretOf).find((text) => text !== null);
    this.#secret = secret ?? this.#secret;
    this.#outbox.push(...lines);
    if (held) this.#flushSoon();
    else await this.#flush();
  }

  /** Whoever was about to send may have thought better of it. */
  #flushSoon(): void {
    this.#flushing ??= setTimeout(() => {
      this.#flush().catch(() => {}); // It shows where the reply is read.
    }, 0);
  }

  async #flush(): Promise<void> {
    clearTimeout(this.#flushing);
    this.#flushing = undefined;
    const bytes = joined(this.#outbox.splice(0));
    const written = writeAll(this.#stream, bytes);
    await this.#inTime(written, this.#options.timeout, "take a command");
  }

  /** Reads what was said before the question: it is no answer to it. */
  async dropStrays(): Promise<void> {
    for (let left = MOST_IDLE; left > 0; left--) {
      const stray = !this.#reading && this.#replies.hasLine;
      if (!stray || this.#closed !== null) return;
      await this.reply(this.#options.timeout);
    }
    throw this.distrust(NOTHING);
  }

  /** The next reply; `patience` is `null` for ever, or milliseconds. */
  async reply(patience: number | null): Promise<Reply> {
    this.throwIfClosed();
    this.#reading = true;
    try {
      const next = this.#replies.next();
      const said = await this.#inTime(next, patience, "answer");
      if (said === null) throw this.#fail("closed", "closed the connection");
      const reply = withoutSecret(said, this.#secret);
      if (reply.code >= 200) this.#secret = null;
      this.#options.trace({ received: reply });
      if (reply.code === CLOSING) this.close(this.#goodbye(reply));
      return reply;
    } finally {
      this.#reading = false;
    }
  }

  /** Ends the connection; what waits is rejected with `reason`. */
  close(reason?: Error): void {
    this.#closed ??= reason ?? new NetworkError(
      "closed",
      `The connection to ${this.#options.where} is closed`,
    );
    clearTimeout(this.#flushing);
    this.#stream.close();
    this.#options.patience.end();
  }

  /** Closes it, because of what the server did, as in "sent nonsense". */
  distrust(what: string): ProtocolError {
    const error = new ProtocolError(visible(this.#say(what)));
    this.#confused = true;
    this.close(error);
    return error;
  }

  /**
   * Does nothing while the connection is open.
   *
   * @throws The reason for which it was closed.
   */
  throwIfClosed(): void {
    if (this.#closed !== null) throw this.#closed;
  }

  /** Any failure here closes the connection. */
  async #inTime<T>(
    promise: Promise<T>,
    ms: number | null,
    what: string,
  ): Promise<T> {
    const { patience } = this.#options;
    try {
      const settled = ms === null
        ? await promise
        : await patience.within(promise, ms, LATE);
      if (settled !== LATE) return settled as T;
    } catch (error) {
      throw this.#broken(error);
    }
    const seconds = (ms ?? 0) / 1000;
    this.#confused = true;
    throw this.#fail("timeout", `did not ${what} within ${seconds} seconds`);
  }

  #broken(error: unknown): Error {
    if (this.#closed !== null) return this.#closed;
    const what = "broke the connection";
    if (error instanceof TlsError) {
      const reason = networkError(this.#say(what), error);
      this.close(reason);
      return reason;
    }
    if (!(error instanceof ProtocolError)) {
      return this.#fail("closed", what, error);
    }
    this.#confused = true;
    this.close(error);
    return error;
  }

  #fail(
    kind: "closed" | "timeout" | "tls",
    what: string,
    cause?: unknown,
  ): NetworkError {
    const error = new NetworkError(kind, this.#say(what), { cause });
    this.close(error);
    return error;
  }

  #goodbye({ code, lines }: Reply): NetworkError {
    const said = visible(`${code} ${lines.join(" / ")}`);
    return new NetworkError("closed", this.#say(`said goodbye: ${said}`));
  }

  #say(what: string): string {
    return `The server ${this.#options.where} ${what}`;
  }
}

/** Some servers repeat what they were told, also to say that it is wrong. */
function withoutSecret(reply: Reply, secret: string | null): Reply {
  if (secret === null || secret === "") return reply;
  const lines = reply.lines.map((line) => line.replaceAll(secret, HIDDEN));
  return { ...reply, lines };
}

function joined(lines: readonly Bytes[]): Bytes {
  if (lines.length === 1) return lines[0]!;
  const bytes = new Uint8Array(
    lines.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const line of lines) {
    bytes.set(line, at);
    at += line.length;
  }
  return bytes;
}
