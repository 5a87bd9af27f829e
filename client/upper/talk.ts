/**
 * A conversation over one connection: everything is sent and everything is
 * read at the same time, so that neither side waits for the other for ever.
 *
 * @module
 */

import { type Bytes, type Source, writeAll } from "../../lib/bytes.ts";
import { Watchdog } from "../../lib/watchdog.ts";
import type { ClientConn } from "../service/connect.ts";

/** How a conversation ended. */
export type TalkEnd =
  /** All was sent, and the server has ended its side. */
  | "done"
  /** The server ended its side before all was sent. */
  | "early"
  /** Nothing moved for too long. */
  | "silent"
  /** Somebody said so. */
  | "stopped";

/** What {@linkcode talk} returns. */
export interface Talked {
  /** How it ended. */
  readonly end: TalkEnd;
  /** Whether all was sent. */
  readonly sentAll: boolean;
  /** Bytes that were sent. */
  readonly sent: number;
  /** Bytes that came back. */
  readonly received: number;
}

/** What {@linkcode talk} goes by. */
export interface TalkOptions {
  /** What is sent. */
  readonly source: Pick<Source, "read">;
  /** Sees every piece before it is sent. */
  onSend?(piece: Bytes): void;
  /** Takes every piece of the answer, valid until it returns. */
  onAnswer(piece: Bytes): void | Promise<void>;
  /**
   * Milliseconds in which the server must take or send something; it has all
   * the time while there is nothing to send.
   */
  readonly timeout: number;
  /** Ends the conversation. */
  readonly signal?: AbortSignal | undefined;
}

const BUFFER_SIZE = 65_536;

/**
 * Sends all of `source`, ends our side, and reads until the server ends its
 * own. Afterwards the connection is closed.
 *
 * @throws {ServiceError} when the connection breaks; what the callbacks throw.
 *
 * @example
 * ```ts
 * import { talk } from "./talk.ts";
 * import { memoryConn } from "../../lib/net/memory_conn.ts";
 * const conn = { ...memoryConn("ABC"), remote: "memory", close() {} };
 * const { received, end } = await talk(conn, {
 *   source: { read: () => Promise.resolve(null) },
 *   onAnswer() {},
 *   timeout: 2000,
 * });
 * console.assert(received === 3 && end === "done");
 * ```
 */
export async function talk(
  conn: ClientConn,
  options: TalkOptions,
): Promise<Talked> {
  const conversation = new Conversation(conn, options);
  const { signal } = options;
  const stop = () => conversation.finish("stopped");
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();
  try {
    return await conversation.run();
  } finally {
    signal?.removeEventListener("abort", stop);
    conn.close();
  }
}

class Conversation {
  readonly #conn: ClientConn;
  readonly #options: TalkOptions;
  readonly #end = Promise.withResolvers<TalkEnd>();
  readonly #silence: Watchdog;
  #sent = 0;
  #received = 0;
  #isSending = false;
  #isTaking = false;
  #sentAll = false;
  #hasEnded = false;
  /** Why sending failed; told when the answer has ended, too. */
  #sendError: unknown = null;

  constructor(conn: ClientConn, options: TalkOptions) {
    this.#conn = conn;
    this.#options = options;
    this.#silence = new Watchdog(() => this.finish("silent"));
  }

  /** Ends it, whatever is still under way. */
  finish(end: TalkEnd): void {
    this.#hasEnded = true;
    this.#end.resolve(end);
  }

  async run(): Promise<Talked> {
    this.#send().catch((error) => this.#end.reject(error));
    this.#receive().catch((error) => this.#end.reject(error));
    try {
      const end = await this.#end.promise;
      const hasFailed = end === "early" || end === "silent";
      if (hasFailed && this.#sendError !== null) throw this.#sendError;
      return {
        end,
        sentAll: this.#sentAll,
        sent: this.#sent,
        received: this.#received,
      };
    } finally {
      this.#hasEnded = true;
      this.#silence.clear();
    }
  }

  async #send(): Promise<void> {
    const buffer = new Uint8Array(BUFFER_SIZE);
    while (!this.#hasEnded) {
      const count = await this.#options.source.read(buffer);
      if (this.#hasEnded) return;
      if (count === null) return await this.#endSending();
      const piece = buffer.subarray(0, count);
      this.#options.onSend?.(piece);
      await this.#write(piece);
      // After a failure only the server's end, or silence, is waited for.
      if (this.#sendError !== null) return;
    }
  }

  async #endSending(): Promise<void> {
    this.#sentAll = true;
    this.#watch();
    // A server that has gone already says so to whoever reads.
    await this.#conn.closeWrite().catch(() => {});
  }

  /** A failure is told later: what the server has said already comes first. */
  async #write(piece: Bytes): Promise<void> {
    this.#isSending = true;
    this.#watch();
    try {
      await writeAll(this.#counting, piece);
      this.#isSending = false;
    } catch (error) {
      this.#sendError = error;
    }
    this.#watch();
  }

  /** Counts what the connection takes. */
  readonly #counting = {
    write: async (bytes: Bytes): Promise<number> => {
      const count = await this.#conn.write(bytes);
      this.#sent += count;
      this.#watch();
      return count;
    },
  };

  async #receive(): Promise<void> {
    const buffer = new Uint8Array(BUFFER_SIZE);
    for (;;) {
      const count = await this.#conn.read(buffer);
      if (this.#hasEnded) return;
      if (count === null) return this.finish(this.#sentAll ? "done" : "early");
      this.#received += count;
      await this.#take(buffer.subarray(0, count));
    }
  }

  /** Whoever takes the answer has all the time. */
  async #take(piece: Bytes): Promise<void> {
    this.#isTaking = true;
    this.#watch();
    await this.#options.onAnswer(piece);
    this.#isTaking = false;
    this.#watch();
  }

  /** Begins to wait for the server again, when it is its turn. */
  #watch(): void {
    const isItsTurn = this.#isSending || this.#sentAll;
    if (isItsTurn && !this.#isTaking && !this.#hasEnded) {
      this.#silence.set(this.#options.timeout);
    } else this.#silence.clear();
  }
}
