/**
 * Replies while a transfer runs: its own, and those to the NOOPs that keep
 * the control connection alive.
 *
 * @module
 */

import type { Reply } from "../../lib/ftp/reply.ts";
import type { Turn } from "./control.ts";
import { ProtocolError } from "./errors.ts";

/** Codes that a server without NOOP, or too busy for one, answers. */
const NO_NOOP: readonly number[] = [500, 502, 503];
const NOOP_DONE = 200;
/** Only PWD (and MKD) answer so: it cannot be a late reply to anything else. */
const MARK = 257;
/** Replies to ABOR and to PWD, and what a server may say in between. */
const SURPLUS = 8;

/**
 * Reads from the moment a transfer command was sent to its final reply. Every
 * NOOP is counted: as long as one is not answered, its reply is not taken for
 * the transfer's.
 */
export class TransferReplies {
  /** The first reply of the transfer, usually a 150; `null` when none came. */
  begun: Reply | null = null;
  /** The final reply, once it is there. */
  ended: Reply | null = null;
  /** Resolves with the first reply, rejects when the connection fails. */
  readonly first: Promise<Reply>;
  /** Resolves with the final reply, rejects when the connection fails. */
  readonly final: Promise<Reply>;
  readonly #turn: Turn;
  readonly #began = Promise.withResolvers<Reply>();
  #owed = 0;
  #welcome = true;

  /** The transfer's command must have been sent in this turn. */
  constructor(turn: Turn) {
    this.#turn = turn;
    this.first = this.#began.promise;
    this.final = this.#read();
    this.final.catch((error) => this.#began.reject(error));
    this.first.catch(() => {}); // Whoever asks is told.
  }

  /** NOOPs that are not answered yet. */
  get owed(): number {
    return this.#owed;
  }

  /** Sends a NOOP, unless the server has refused one. */
  async noop(): Promise<void> {
    if (!this.#welcome || this.ended !== null) return;
    this.#owed++;
    await this.#turn.send({ verb: "NOOP" });
  }

  /**
   * Waits for the replies that NOOPs still lack, so that the next command
   * gets its own. Must follow the final reply.
   */
  async settle(): Promise<void> {
    if (this.#owed > 0) await synchronize(this.#turn, this.#owed);
  }

  async #read(): Promise<Reply> {
    for (;;) {
      const reply = await this.#turn.reply(null);
      if (this.#isToNoop(reply)) continue;
      this.begun ??= reply;
      this.#began.resolve(reply);
      if (reply.code >= 200) return this.ended = reply;
    }
  }

  #isToNoop({ code }: Reply): boolean {
    if (this.#owed === 0) return false;
    const refused = NO_NOOP.includes(code);
    if (code !== NOOP_DONE && !refused) return false;
    if (refused) this.#welcome = false;
    this.#owed--;
    return true;
  }
}

/**
 * Makes sure that no reply is still to come: asks for the current folder and
 * drops everything before its answer, `owed` replies and a few more at most.
 *
 * @throws {ProtocolError} when the server goes on and on.
 */
export async function synchronize(
  turn: Turn,
  owed: number,
  patience?: number,
): Promise<void> {
  await turn.send({ verb: "PWD" });
  for (let left = owed + SURPLUS; left > 0; left--) {
    if ((await turn.reply(patience)).code === MARK) return;
  }
  throw new ProtocolError("The server sends replies that nobody asked for");
}
