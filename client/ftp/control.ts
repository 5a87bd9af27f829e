/**
 * The control connection: one command at a time, in the order they were
 * given, each with its own reply.
 *
 * @module
 */

import { writeAll } from "../../lib/bytes.ts";
import { type Clock, systemClock } from "../../lib/clock.ts";
import type { Charset } from "../../lib/ftp/charset.ts";
import type { Reply } from "../../lib/ftp/reply.ts";
import { type ReplyLimits, ReplyReader } from "../../lib/ftp/reply_reader.ts";
import type { Stream } from "../../lib/net/stream.ts";
import { within } from "../../lib/net/wait.ts";
import { visible } from "../../lib/visible.ts";
import { type Command, commandBytes, shownCommand } from "./command_text.ts";
import { FtpError, NetworkError, ProtocolError } from "./errors.ts";
import { unlessAborted } from "./unless_aborted.ts";

/** What is said on a control connection; passwords are left out. */
export type TraceEvent =
  | { readonly sent: string }
  | { readonly received: Reply };

/** Options for {@linkcode FtpControl}. */
export interface ControlOptions {
  /** The server, for messages, as `ftp.example.org:21`. */
  where: string;
  /** Milliseconds to wait for a reply, and for a command to be taken. */
  timeout: number;
  /** How names are written. @default {"utf-8"} */
  charset?: Charset;
  /** Told of every command and reply. @default nobody */
  trace?: ((event: TraceEvent) => void) | undefined;
  /** Whose milliseconds count. @default {systemClock} */
  clock?: Clock;
}

/** The control connection while nobody else has it. */
export interface Turn {
  /**
   * Sends a command.
   *
   * @throws {TypeError} when it must not be sent; nothing was.
   */
  send(command: Command): Promise<void>;
  /**
   * The next reply, whatever it says.
   *
   * @param patience Milliseconds; `null` waits as long as the connection lives.
   */
  reply(patience?: number | null): Promise<Reply>;
  /** Sends a command and waits for its final reply (200 and above). */
  ask(command: Command): Promise<Reply>;
}

/** A reply is at most 64 KiB, and a line of it 8 KiB. */
const LIMITS: ReplyLimits = { maxLine: 8192, maxReply: 65_536 };
/** The server closes the connection (RFC 959 section 4.2). */
const CLOSING = 421;
/** Replies in a row that answer nothing. */
const MOST_IDLE = 100;
const LATE = Symbol("late");

/**
 * A queue of commands for one server. Any doubt about which reply belongs to
 * which command closes it: it then rejects everything with the reason.
 *
 * @example
 * ```ts
 * import { FtpControl } from "./control.ts";
 * const reply = new TextEncoder().encode("200 Well?\r\n");
 * const control = new FtpControl({
 *   read: (buffer) => (buffer.set(reply), Promise.resolve(reply.length)),
 *   write: (bytes) => Promise.resolve(bytes.length),
 *   close: () => {},
 * }, { where: "here", timeout: 1000 });
 * console.assert((await control.ask({ verb: "NOOP" })).code === 200);
 * control.close();
 * ```
 */
export class FtpControl {
  readonly #stream: Stream;
  readonly #replies: ReplyReader;
  readonly #options: Required<Omit<ControlOptions, "trace">>;
  readonly #trace: (event: TraceEvent) => void;
  readonly #turn: Turn;
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;
  #wanted = Promise.withResolvers<void>();
  #reading = false;
  #closed: Error | null = null;

  /** Speaks over `stream`, and closes it. */
  constructor(stream: Stream, options: ControlOptions) {
    const { trace = () => {} } = options;
    this.#stream = stream;
    this.#trace = trace;
    this.#options = { charset: "utf-8", clock: systemClock, ...options };
    this.#replies = new ReplyReader(stream, LIMITS, this.#options.charset);
    this.#turn = {
      send: (command) => this.#send(command),
      reply: (patience = options.timeout) => this.#reply(patience),
      ask: (command) => this.#ask(command),
    };
  }

  /** Why nothing can be said any more; `null` while it can. */
  get closed(): Error | null {
    return this.#closed;
  }

  /** Resolves once somebody waits for the turn that is being taken. */
  get wanted(): Promise<void> {
    return this.#wanted.promise;
  }

  /** Whether a turn is being taken or waited for. */
  get busy(): boolean {
    return this.#waiting > 0;
  }

  /**
   * Runs `task` when all earlier ones have ended, and nobody else meanwhile. A
   * signal that aborts while the task waits keeps it from being run.
   */
  async turn<T>(
    task: (turn: Turn) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    signal?.throwIfAborted();
    const ahead = this.#tail;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#tail = promise;
    if (this.#waiting++ > 0) this.#wanted.resolve();
    try {
      await unlessAborted(ahead, signal);
      if (this.#waiting === 1) this.#wanted = Promise.withResolvers();
      this.#throwIfClosed();
      return await task(this.#turn);
    } finally {
      this.#waiting--;
      ahead.then(resolve);
    }
  }

  /**
   * Sends one command in its turn and waits for the final reply. Cancelled
   * while it waits, the reply is read and dropped before the next command.
   */
  async ask(command: Command, signal?: AbortSignal): Promise<Reply> {
    this.check(command); // Refused before it waits.
    const answered = this.turn((turn) => turn.ask(command), signal);
    return await unlessAborted(answered, signal);
  }

  /**
   * Makes sure that a command may be sent, before others that prepare it are.
   *
   * @throws {TypeError} when it may not.
   */
  check(command: Command): void {
    commandBytes(command, this.#options.charset);
  }

  /** Ends the connection; what waits is rejected with `reason`. */
  close(reason?: Error): void {
    this.#closed ??= reason ?? new NetworkError(
      "closed",
      `The connection to ${this.#options.where} is closed`,
    );
    this.#stream.close();
  }

  async #ask(command: Command): Promise<Reply> {
    await this.#send(command);
    for (let left = MOST_IDLE; left > 0; left--) {
      const reply = await this.#reply(this.#options.timeout);
      if (reply.code >= 200) return reply;
    }
    throw this.#babbling();
  }

  async #send(command: Command): Promise<void> {
    const bytes = commandBytes(command, this.#options.charset);
    await this.#dropStrays();
    this.#throwIfClosed();
    this.#trace({ sent: shownCommand(command) });
    const written = writeAll(this.#stream, bytes);
    await this.#inTime(written, this.#options.timeout, "take a command");
  }

  /** What was said before the question is no answer to it. */
  async #dropStrays(): Promise<void> {
    for (let left = MOST_IDLE; left > 0; left--) {
      const stray = !this.#reading && this.#replies.hasLine;
      if (!stray || this.#closed !== null) return;
      await this.#reply(this.#options.timeout);
    }
    throw this.#babbling();
  }

  async #reply(patience: number | null): Promise<Reply> {
    this.#throwIfClosed();
    this.#reading = true;
    try {
      const reply = await this.#inTime(
        this.#replies.next(),
        patience,
        "answer",
      );
      if (reply === null) throw this.#fail("closed", "closed the connection");
      this.#trace({ received: reply });
      if (reply.code === CLOSING) this.close(this.#goodbye(reply));
      return reply;
    } finally {
      this.#reading = false;
    }
  }

  /** Any failure here closes the connection. */
  async #inTime<T>(
    promise: Promise<T>,
    patience: number | null,
    what: string,
  ): Promise<T> {
    const { clock } = this.#options;
    try {
      const settled = patience === null
        ? await promise
        : await within(promise, patience, LATE, { clock });
      if (settled !== LATE) return settled as T;
    } catch (error) {
      if (this.#closed !== null) throw this.#closed;
      if (error instanceof ProtocolError) {
        this.close(error);
        throw error;
      }
      throw this.#fail("closed", "broke the connection", error);
    }
    const seconds = (patience ?? 0) / 1000;
    throw this.#fail("timeout", `did not ${what} within ${seconds} seconds`);
  }

  #babbling(): ProtocolError {
    const error = new ProtocolError(
      `The server ${this.#options.where} sends replies that mean nothing`,
    );
    this.close(error);
    return error;
  }

  #fail(
    kind: "closed" | "timeout",
    what: string,
    cause?: unknown,
  ): NetworkError {
    const message = `The server ${this.#options.where} ${what}`;
    const error = new NetworkError(kind, message, { cause });
    this.close(error);
    return error;
  }

  #goodbye({ code, lines }: Reply): NetworkError {
    const said = visible(`${code} ${lines.join(" / ")}`);
    const message = `The server ${this.#options.where} said goodbye: ${said}`;
    return new NetworkError("closed", message);
  }

  #throwIfClosed(): void {
    if (this.#closed !== null) throw this.#closed;
  }
}

/**
 * Gives the reply back when its code is one of those below 400.
 *
 * @throws {FtpError} when it is not.
 */
export function accepted(command: Command, reply: Reply): Reply {
  if (reply.code < 400) return reply;
  throw new FtpError(shownCommand(command), reply);
}
