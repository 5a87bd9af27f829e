/**
 * The control connection: commands in the order they were given, each with
 * its own reply. The next command may be sent while the last reply to the one
 * before is still under way.
 *
 * @module
 */

import { type Clock, systemClock } from "../../lib/clock.ts";
import type { Charset } from "../../lib/ftp/charset.ts";
import type { Reply } from "../../lib/ftp/reply.ts";
import type { Stream } from "../../lib/net/stream.ts";
import { type Command, commandBytes, shownCommand } from "./command_text.ts";
import { FtpError, type ProtocolError } from "./errors.ts";
import { Lane, type Place } from "./lane.ts";
import { Patience } from "./patience.ts";
import { unlessAborted } from "./unless_aborted.ts";
import { MOST_IDLE, NOTHING, type TraceEvent, Wire } from "./wire.ts";

export type { TraceEvent };

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
  /** Measures all time-outs of the connection. @default one of its own */
  patience?: Patience;
}

/** The control connection while nobody else may send. */
export interface Turn {
  /**
   * Whether commands may be sent before the ones in front were answered.
   */
  readonly hurries: boolean;
  /** Whether the next turn may be sending already. */
  readonly released: boolean;
  /**
   * Sends commands, in one write.
   *
   * @throws {TypeError} when one must not be sent; nothing was.
   */
  send(...commands: Command[]): Promise<void>;
  /**
   * The next reply, whatever it says.
   *
   * @param patience Milliseconds; `null` waits as long as the connection lives.
   */
  reply(patience?: number | null): Promise<Reply>;
  /** Sends a command and waits for its final reply (200 and above). */
  ask(command: Command): Promise<Reply>;
  /** The same, and the turn sends nothing more. */
  askLast(command: Command): Promise<Reply>;
  /** Nothing more will be sent: the next turn may, before this one ends. */
  release(): void;
  /** Closes the connection, because `said` is no answer to what was asked. */
  outOfStep(said: string): ProtocolError;
}

/** What {@linkcode FtpControl.change} does. */
export interface Change {
  /** Whether the server's reply means that the stream changes now. */
  readonly agrees: (reply: Reply) => boolean;
  /** Makes the new stream of the old one. */
  readonly make: (stream: Stream) => Promise<Stream>;
  /** What the server did when so many bytes came behind its reply. */
  readonly surplus: (bytes: number) => string;
}

/**
 * Turns that may wait for replies at a time. Commands that were sent cannot be
 * called back, so it should not be many.
 */
const MOST_AHEAD = 8;

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
  /**
   * Whether turns may send before earlier ones have got all their replies. Some
   * servers throw away what comes too early.
   *
   * @default {true}
   */
  hurries = true;
  readonly #wire: Wire;
  readonly #timeout: number;
  readonly #charset: Charset;
  readonly #sending: Lane = new Lane();
  readonly #receiving: Lane = new Lane();
  #wanted = Promise.withResolvers<void>();
  #early = false;

  /** Speaks over `stream`, and closes it. */
  constructor(stream: Stream, options: ControlOptions) {
    const { charset = "utf-8", clock = systemClock } = options;
    const { patience = new Patience(clock), trace = () => {} } = options;
    this.#timeout = options.timeout;
    this.#charset = charset;
    this.#wire = new Wire(stream, { ...options, charset, patience, trace });
  }

  /** Why nothing can be said any more; `null` while it can. */
  get closed(): Error | null {
    return this.#wire.closed;
  }

  /** Whether it may have failed because commands were sent too early. */
  get stumbled(): boolean {
    return this.#early && this.#wire.confused;
  }

  /** Resolves once somebody waits for the turn that is being taken. */
  get wanted(): Promise<void> {
    return this.#wanted.promise;
  }

  /** Whether a turn is being taken or waited for. */
  get busy(): boolean {
    return this.#receiving.length > 0;
  }

  /**
   * Runs `task` when all earlier ones have sent what they had to, and nobody
   * else meanwhile; it reads when all earlier ones have ended. A signal that
   * aborts while the task waits keeps it from being run.
   */
  async turn<T>(
    task: (turn: Turn) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    signal?.throwIfAborted();
    const sending = this.#sending.enter();
    const receiving = this.#receiving.enter();
    try {
      if (sending.ahead !== null) {
        this.#wanted.resolve();
        await unlessAborted(sending.ahead, signal);
      }
      if (this.#sending.length === 1) this.#wanted = Promise.withResolvers();
      this.#wire.throwIfClosed();
      return await task(this.#turn(sending, receiving));
    } finally {
      sending.leave();
      receiving.leave();
    }
  }

  #turn(sending: Place, receiving: Place): Turn {
    const wire = this.#wire;
    let released = false;
    const put = async (commands: readonly Command[], held: boolean) => {
      const early = receiving.ahead !== null || commands.length > 1;
      if (receiving.ahead === null) await wire.dropStrays();
      this.#early = early || this.#early && this.#receiving.length > 1;
      await wire.send(commands, held);
    };
    const send = (...commands: Command[]) => put(commands, false);
    const reply = async (patience: number | null = this.#timeout) => {
      if (receiving.ahead !== null) await receiving.ahead;
      return await wire.reply(patience);
    };
    const final = async () => {
      for (let left = MOST_IDLE; left > 0; left--) {
        const answer = await reply();
        if (answer.code >= 200) return answer;
      }
      throw wire.distrust(NOTHING);
    };
    const mayRelease = () => {
      const ahead = this.#receiving.length - this.#sending.length;
      return !released && this.hurries && ahead < MOST_AHEAD;
    };
    const release = () => {
      if (!mayRelease()) return;
      released = true;
      sending.leave();
    };
    return {
      hurries: this.hurries,
      get released() {
        return released;
      },
      send,
      reply,
      release,
      outOfStep: (said) => wire.distrust(`sent ${said}, which is no answer`),
      async ask(command) {
        await send(command);
        return await final();
      },
      askLast: async (command) => {
        const isFollowed = this.hurries && this.#sending.length > 1;
        await put([command], isFollowed && mayRelease());
        release();
        return await final();
      },
    };
  }

  /**
   * Sends one command in its turn and waits for the final reply. Cancelled
   * while it waits for that, the reply is read and dropped.
   */
  async ask(command: Command, signal?: AbortSignal): Promise<Reply> {
    this.check(command); // Refused before it waits.
    const answered = this.turn((turn) => turn.askLast(command), signal);
    return await unlessAborted(answered, signal);
  }

  /**
   * Sends a command and, when the reply `agrees`, goes on over another stream.
   * Nothing else is said meanwhile, and nothing that came too early is read.
   *
   * @throws {NetworkError} when the server says more than its reply; what `make`
   * throws. The connection is closed then.
   */
  async change(
    command: Command,
    { agrees, make, surplus }: Change,
    signal: AbortSignal,
  ): Promise<Reply> {
    const changed = this.turn(async (turn) => {
      const reply = await turn.ask(command);
      if (agrees(reply)) await this.#wire.change(make, surplus);
      return reply;
    }, signal);
    return await unlessAborted(changed, signal);
  }

  /**
   * Makes sure that a command may be sent, before others that prepare it are.
   *
   * @throws {TypeError} when it may not.
   */
  check(command: Command): void {
    commandBytes(command, this.#charset);
  }

  /** Ends the connection; what waits is rejected with `reason`. */
  close(reason?: Error): void {
    this.#wire.close(reason);
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
