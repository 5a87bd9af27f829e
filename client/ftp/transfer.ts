/**
 * One transfer: data connection, command, bytes, replies. It is done when the
 * data ended, the final reply says so, and no byte is missing.
 *
 * @module
 */

import type { Sink, Source } from "../../lib/bytes.ts";
import { parseSizeHint } from "../../lib/ftp/replies.ts";
import type { Reply } from "../../lib/ftp/reply.ts";
import type { ClientConnection } from "../../lib/net/client_network.ts";
import { within } from "../../lib/net/wait.ts";
import { shownCommand } from "./command_text.ts";
import { accepted, type Turn } from "./control.ts";
import type { PendingData } from "./data.ts";
import { FtpError, NetworkError, ProtocolError } from "./errors.ts";
import { pump } from "./pump.ts";
import { watchStream } from "./stall.ts";
import type { Job, Transferred, TransferSession } from "./transfer_job.ts";
import { synchronize, TransferReplies } from "./transfer_replies.ts";
import { unlessAborted } from "./unless_aborted.ts";

/** A server that says nothing before it has got bytes gets them after this. */
const NO_150_MS = 3000;
/** Replies to ABOR come at once, or the connection is worth nothing. */
const ABORT_MS = 5000;
const LATE = Symbol("late");

/**
 * Runs a transfer in its turn. When it is cancelled, the server has been told
 * and all its replies were read when this rejects; where that fails, the
 * control connection is closed.
 *
 * @throws {FtpError} when the server refuses, or says that it failed.
 * @throws {NetworkError} when a connection fails, or no byte moves in time.
 * @throws {ProtocolError} when an upload ends before it was sent.
 */
export async function transfer(
  session: TransferSession,
  job: Job,
  signal: AbortSignal,
): Promise<Transferred> {
  session.control.check(job.command);
  return await session.control.turn(async (turn) => {
    await chooseType(session, turn, job.type);
    const port = await session.data.prepare(turn, signal);
    try {
      signal.throwIfAborted();
      if (job.offset > 0) await restart(turn, job.offset);
      await turn.send(job.command);
    } catch (error) {
      port.close();
      throw error;
    }
    return await new Running(session, turn, job, port).run(signal);
  }, signal);
}

/** Sends TYPE, unless the server has been told already. */
export async function chooseType(
  session: Pick<TransferSession, "type">,
  turn: Turn,
  type: "A" | "I",
): Promise<void> {
  if (session.type === type) return;
  const command = { verb: "TYPE", argument: type };
  session.type = null;
  accepted(command, await turn.ask(command));
  session.type = type;
}

async function restart(turn: Turn, offset: number): Promise<void> {
  const command = { verb: "REST", argument: String(offset) };
  const reply = await turn.ask(command);
  if (reply.code !== 350) throw new FtpError(shownCommand(command), reply);
}

/** A transfer from its command to its end. */
class Running {
  readonly #session: TransferSession;
  readonly #turn: Turn;
  readonly #job: Job;
  readonly #port: PendingData;
  readonly #replies: TransferReplies;
  readonly #halt = new AbortController();
  readonly #over = new AbortController();

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
    this.#replies = new TransferReplies(turn);
    this.#replies.final.then(
      (reply) => reply.code >= 400 && this.#halt.abort(this.#refusal(reply)),
      (error) => this.#halt.abort(error),
    );
  }

  async run(outer: AbortSignal): Promise<Transferred> {
    const signal = AbortSignal.any([outer, this.#halt.signal]);
    const cut = () => this.#port.close();
    signal.addEventListener("abort", cut, { once: true });
    try {
      signal.throwIfAborted();
      const bytes = await this.#move(signal);
      signal.throwIfAborted();
      return await this.#finish(bytes);
    } catch (error) {
      const cause = signal.aborted ? signal.reason : error;
      throw await this.#giveUp(cause);
    } finally {
      signal.removeEventListener("abort", cut);
      this.#over.abort();
      cut();
    }
  }

  async #move(signal: AbortSignal): Promise<number> {
    const connection = await this.#port.open(signal);
    this.#keepAlive();
    const stream = this.#watch(connection);
    const { end } = this.#job;
    const moving = "receive" in end
      ? pump(stream, end.receive, this.#job.moved)
      : this.#send(end.send, stream, signal);
    const bytes = await unlessAborted(moving, signal);
    connection.close(); // Ends an upload; some servers wait for it anyway.
    return bytes;
  }

  async #send(
    source: Pick<Source, "read">,
    stream: Pick<Sink, "write">,
    signal: AbortSignal,
  ): Promise<number> {
    await this.#readiness(signal);
    const bytes = await pump(source, stream, this.#job.moved);
    if (this.#replies.ended !== null) throw this.#tooEarly();
    return bytes;
  }

  #watch(connection: ClientConnection): Pick<Source & Sink, "read" | "write"> {
    const { clock, timeout } = this.#session;
    const stream = watchStream(connection, clock);
    stream.stalled(timeout, this.#over.signal).then(() => {
      const why = `No byte of ${this.#shown} moved in ${
        timeout / 1000
      } seconds`;
      this.#halt.abort(new NetworkError("timeout", why));
    }, () => {}); // It was over before that.
    return stream;
  }

  #keepAlive(): void {
    const { keepAlive, clock } = this.#session;
    if (keepAlive === 0) return;
    const { signal } = this.#over;
    const beat = async () => {
      for (;;) {
        await clock.sleep(keepAlive, signal);
        await this.#replies.noop();
      }
    };
    beat().catch(() => {}); // A broken connection shows where replies are read.
  }

  /** An upload waits for the 150, but not for ever. */
  async #readiness(signal: AbortSignal): Promise<void> {
    const { clock } = this.#session;
    const first = this.#replies.first;
    await within(first, NO_150_MS, undefined, { clock, signal });
    signal.throwIfAborted();
  }

  async #finish(bytes: number): Promise<Transferred> {
    const ended = await this.#final();
    if (ended.code >= 300) throw this.#refusal(ended);
    this.#over.abort();
    await this.#settle(); // What is done stays done, however this ends.
    const begun = this.#replies.begun ?? ended;
    return { bytes, begun, ended, hint: this.#hint(begun) };
  }

  /** A file's own name may look like a hint. */
  #hint(begun: Reply): number | null {
    if (parseSizeHint(this.#job.command.argument ?? "") !== null) return null;
    return begun.code < 200 ? parseSizeHint(begun.lines.at(-1) ?? "") : null;
  }

  async #final(): Promise<Reply> {
    const { clock, timeout, control } = this.#session;
    const { final } = this.#replies;
    const reply = await within(final, timeout, LATE, { clock });
    if (reply !== LATE) return reply as Reply;
    const error = new NetworkError(
      "timeout",
      `The server did not say how ${this.#shown} ended within ` +
        `${timeout / 1000} seconds`,
    );
    control.close(error);
    throw error;
  }

  /** Leaves the connection as it should be, and says what to throw. */
  async #giveUp(cause: unknown): Promise<unknown> {
    this.#port.close();
    this.#over.abort();
    const { control } = this.#session;
    if (control.closed !== null) return cause;
    try {
      if (cause instanceof NetworkError && cause.kind === "closed") {
        const ended = await this.#final(); // It knows better why.
        await this.#settle();
        return ended.code >= 300 ? this.#refusal(ended) : cause;
      }
      if (this.#replies.ended === null) await this.#abort();
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
    await this.#turn.send({ verb: "ABOR" });
    const { clock, control } = this.#session;
    const ended = await within(this.#replies.final, ABORT_MS, LATE, { clock });
    if (ended === LATE) control.close();
    else await synchronize(this.#turn, this.#replies.owed, ABORT_MS);
  }

  #refusal(reply: Reply): FtpError {
    return new FtpError(this.#shown, reply);
  }

  #tooEarly(): ProtocolError {
    return new ProtocolError(
      `The server called ${this.#shown} complete before it was sent`,
    );
  }

  get #shown(): string {
    return shownCommand(this.#job.command);
  }
}
