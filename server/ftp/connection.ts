/**
 * One control connection: the loop that reads command lines, runs them in
 * order and writes their replies. Nothing else touches the socket.
 *
 * @module
 */

import {
  type CommandLine,
  parseCommandLine,
} from "../../lib/ftp/command_line.ts";
import { lastReply, type Reply, reply } from "../../lib/ftp/reply.ts";
import { type Line, LineFloodError } from "../../lib/lines.ts";
import { Mailbox } from "../../lib/mailbox.ts";
import { Watchdog } from "../../lib/watchdog.ts";
import { COMMANDS, dispatch } from "./commands.ts";
import { ControlChannel } from "./control_channel.ts";
import { Partings } from "./partings.ts";
import { presenceWait } from "./presence.ts";
import { ConnectionLost } from "./reply_writer.ts";
import {
  beginSecured,
  changeControl,
  guardData,
  type Secured,
} from "./securing.ts";
import { newSession, type Session, type Transfer } from "./session.ts";
import type { ControlConnection, SessionOptions } from "./session_options.ts";
import {
  type StartedTransfer,
  startTransfer,
  type TransferResult,
} from "./transfer.ts";
import { transferFields } from "./transfer_log.ts";

/** Commands that wait for a transfer's end before reading pauses. */
const MAX_WAITING = 32;
/** Commands in a row that do not exist, before the connection is closed. */
const MAX_UNKNOWN = 100;
/** Replies that wait for each other to be written in one go, in bytes. */
const MAX_BATCH = 8192;
/** Commands after which other sessions get their turn. */
const COMMANDS_PER_TURN = 64;
const END = { kind: "end" } as const;
/** One for all: an error of its own would cost each session its stack trace. */
const OVER = new ConnectionLost();

type Event =
  | { kind: "line"; line: Line }
  | { kind: "transferred"; result: TransferResult }
  | { kind: "end"; error?: unknown }
  | { kind: "stopping" };

/** A command that has arrived; ABOR acts at once and is answered in turn. */
type Waiting = CommandLine & { stopped: boolean };

const TOO_LONG: CommandLine = {
  verb: "",
  argument: "",
  problem: "Command line too long.",
};
/** Without the word ABOR, which makes lftp take it for the reply to ABOR. */
const ABORTED = reply(426, "Transfer aborted.");
const CONTROL_CLOSED = reply(426, "Control connection closed.");
const SHUTTING_DOWN = lastReply(421, "Server is shutting down.");
const TIMED_OUT = lastReply(421, "Control connection timed out.");
const FLOODED = lastReply(421, "Too many bytes without an end of line.");
const CONFUSED = lastReply(421, "Too many unknown commands.");

/**
 * Serves one control connection until it ends. Resolves when the connection
 * is closed and its transfer has ended; rejects only for a mistake of ours.
 */
export async function serveSession(
  connection: ControlConnection,
  options: SessionOptions,
): Promise<void> {
  await new ControlLoop(connection, options).run();
}

class ControlLoop {
  readonly #channel: ControlChannel;
  readonly #options: SessionOptions;
  readonly #session: Session;
  readonly #secured: Secured;
  readonly #watchdog: Watchdog;
  readonly #over = new AbortController();
  readonly #events = new Mailbox<Event>();
  readonly #waiting: Waiting[] = [];
  #transfer: StartedTransfer | null = null;
  #reading = false;
  #ended = false;
  #closing = false;
  #unknown = 0;
  #sinceTurn = 0;

  constructor(connection: ControlConnection, options: SessionOptions) {
    this.#options = options;
    this.#channel = new ControlChannel(connection, options.stopping);
    this.#session = newSession(options.id, options);
    const [channel, session] = [this.#channel, this.#session];
    this.#secured = { channel, session, options, partings: new Partings() };
    this.#watchdog = new Watchdog(() => this.#expire());
  }

  async run(): Promise<void> {
    const { stopping, limits, policy, implicit } = this.#options;
    const onStopping = () => this.#events.put({ kind: "stopping" });
    stopping.addEventListener("abort", onStopping, { once: true });
    if (stopping.aborted) onStopping();
    this.#watchdog.set(limits.loginTimeout);
    try {
      if (implicit) await beginSecured(this.#secured);
      this.#replies.add(reply(220, ...policy.banner.split("\n")));
      while (!this.#closing || this.#transfer !== null) {
        await this.#handle(await this.#nextEvent());
      }
      await this.#channel.end();
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
    } finally {
      stopping.removeEventListener("abort", onStopping);
      await this.#release();
    }
  }

  async #release(): Promise<void> {
    this.#watchdog.clear();
    this.#over.abort(OVER);
    this.#session.dataPort?.close();
    this.#transfer?.stop(CONTROL_CLOSED);
    const result = await this.#transfer?.finished;
    if (result !== undefined) this.#note(result);
    this.#channel.close();
    await this.#secured.partings.close();
  }

  get #replies() {
    return this.#channel.replies;
  }

  async #nextEvent(): Promise<Event> {
    this.#readAhead();
    // Replies to pipelined commands go out together.
    const more = this.#reading && this.#channel.hasLine &&
      this.#replies.waiting < MAX_BATCH;
    if (!more) await this.#replies.flush();
    if (++this.#sinceTurn === COMMANDS_PER_TURN) {
      this.#sinceTurn = 0;
      await this.#options.turn();
    }
    return await this.#events.take();
  }

  /** Reads on also while a transfer runs, because ABOR may come. */
  #readAhead(): void {
    if (this.#reading || this.#ended || this.#closing) return;
    if (this.#waiting.length >= MAX_WAITING) return;
    this.#reading = true;
    this.#channel.next({ maybeUrgent: this.#transfer !== null }).then(
      (line) => this.#arrived(line !== null ? { kind: "line", line } : END),
      (error) => this.#arrived({ kind: "end", error }),
    );
  }

  #arrived(event: Event): void {
    this.#ended ||= event.kind === "end";
    this.#events.put(event);
  }

  async #handle(event: Event): Promise<void> {
    switch (event.kind) {
      case "line":
        this.#reading = false;
        this.#accept(event.line);
        return await this.#runWaiting();
      case "transferred":
        this.#note(event.result);
        this.#transfer = null;
        this.#watchdog.set(this.#options.limits.idleTimeout);
        this.#answer(event.result.reply);
        return await this.#runWaiting();
      case "stopping":
        return await this.#runWaiting();
      case "end":
        this.#reading = false;
        if (this.#saidGoodbye()) return;
        if (event.error instanceof LineFloodError) this.#answer(FLOODED);
        this.#transfer?.stop(CONTROL_CLOSED);
        this.#closing = true;
    }
  }

  #accept(line: Line): void {
    const command = line.tooLong ? TOO_LONG : parseCommandLine(line.bytes);
    const stopped = command.verb === "ABOR" && this.#transfer !== null;
    if (stopped) this.#transfer?.stop(ABORTED);
    this.#waiting.push({ ...command, stopped });
  }

  /** Runs commands in the order they came, as far as a transfer lets them. */
  async #runWaiting(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#closing) {
      const { verb } = this.#waiting[0]!;
      const atOnce = COMMANDS.get(verb)?.duringTransfer ?? false;
      if (this.#transfer !== null && !atOnce) return;
      await this.#run(this.#waiting.shift()!);
    }
    const idle = this.#transfer === null && !this.#closing;
    if (idle && this.#options.stopping.aborted) this.#answer(SHUTTING_DOWN);
  }

  async #run(command: Waiting): Promise<void> {
    const { policy, limits, log } = this.#options;
    const wasIn = this.#session.account !== null;
    const outcome = await dispatch(command, {
      session: this.#session,
      policy,
      running: this.#transfer,
      stopped: command.stopped,
      readsOn: this.#reading,
      signal: this.#over.signal,
      log,
    });
    const isIn = this.#session.account !== null;
    if (isIn) this.#watchdog.set(limits.idleTimeout);
    else if (wasIn) this.#watchdog.set(limits.loginTimeout);
    if ("code" in outcome) this.#answer(this.#limited(outcome));
    else if ("to" in outcome) await changeControl(outcome, this.#secured);
    else await this.#start(outcome);
  }

  #answer(reply: Reply): void {
    this.#replies.add(reply);
    this.#closing ||= reply.close ?? false;
  }

  /** Whoever knows no command at all is no FTP client. */
  #limited(reply: Reply): Reply {
    this.#unknown = reply.code === 500 ? this.#unknown + 1 : 0;
    return this.#unknown < MAX_UNKNOWN ? reply : CONFUSED;
  }

  async #start(transfer: Transfer): Promise<void> {
    const { dataTimeout, buffers } = this.#options.limits;
    const port = this.#session.dataPort!;
    this.#session.dataPort = null;
    const isUpload = "receive" in transfer.end;
    const guard = await guardData(this.#secured, port, isUpload);
    if (!guard.isRefused) this.#replies.add(reply(150, transfer.opening));
    const announced = this.#replies.flush();
    this.#transfer = startTransfer(transfer, port, {
      dataTimeout,
      buffers,
      secure: guard.secure,
      clientPresent: (bytes, duration) => this.#clientPresent(bytes, duration),
    });
    this.#transfer.finished.then((result) =>
      this.#events.put({ kind: "transferred", result })
    );
    await announced;
  }

  async #clientPresent(bytes: number, duration: number): Promise<boolean> {
    const { turn, policy } = this.#options;
    await turn();
    const wait = presenceWait(bytes, duration);
    if (wait > 0 && !this.#ended && !this.#closing) {
      await policy.sleep(wait, this.#over.signal);
    }
    return !this.#ended || this.#saidGoodbye();
  }

  /** Whether a QUIT has come that waits for its turn. */
  #saidGoodbye(): boolean {
    return this.#waiting.some(({ verb }) => verb === "QUIT");
  }

  #note(result: TransferResult): void {
    const { log, policy } = this.#options;
    const { transfer } = this.#transfer!;
    log.info("transfer", transferFields(transfer, result, policy.tls));
  }

  /** Time is up; also for a client that does not take its replies. */
  #expire(): void {
    if (this.#channel.isChanging) {
      return this.#channel.giveUp(new Error("time is up"));
    }
    if (this.#transfer !== null && !this.#replies.busy) {
      return this.#watchdog.set(this.#options.limits.idleTimeout);
    }
    this.#options.log.info("timeout");
    const last = this.#replies.busy
      ? Promise.resolve()
      : this.#channel.end(TIMED_OUT).catch(() => {});
    last.then(() => this.#channel.close());
  }
}
