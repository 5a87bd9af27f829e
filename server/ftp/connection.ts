/**
 * One control connection: the loop that reads command lines, runs them in
 * order and writes their replies. Nothing else touches the socket.
 *
 * @module
 */

import { type Reply, reply } from "../../lib/ftp/reply.ts";
import { LineFloodError } from "../../lib/lines.ts";
import { Watchdog } from "../../lib/watchdog.ts";
import { type Arrival, Arrivals, type Waiting } from "./arrivals.ts";
import { beginTransfer, beginWork } from "./begin.ts";
import { COMMANDS, dispatch } from "./commands.ts";
import { ControlChannel } from "./control_channel.ts";
import { type Dismissal, Dismissals } from "./dismissal.ts";
import {
  ABORTED,
  CONFUSED,
  CONTROL_CLOSED,
  FLOODED,
  KICKED,
  LAST_WORDS,
  type Parting,
  partingOf,
} from "./last_words.ts";
import { greetingOf } from "./accounts/hosts.ts";
import { Partings } from "./tls/partings.ts";
import { ConnectionLost } from "./reply_writer.ts";
import { beginSecured, changeControl, type Secured } from "./tls/securing.ts";
import {
  type ControlChange,
  newSession,
  type Session,
  type Transfer,
} from "./session.ts";
import type { ControlConnection, SessionOptions } from "./session_options.ts";
import type { StartedTransfer } from "./transfer.ts";
import { type SessionEnd, Witness } from "./operations/witness.ts";

/** Commands in a row that do not exist, before the connection is closed. */
const MAX_UNKNOWN = 100;
/** Replies that wait for each other to be written in one go, in characters. */
const MAX_BATCH = 8192;
/** Commands after which other sessions get their turn. */
const COMMANDS_PER_TURN = 64;
/** Milliseconds for a client that an administrator sends away to hear why. */
const LAST_MOMENT = 2000;
/** One for all: an error of its own would cost each session its stack trace. */
const OVER = new ConnectionLost();

/**
 * Serves one control connection until it ends. Resolves when the connection
 * is closed and its transfer has ended, and says how it was; rejects only for
 * a mistake of ours.
 */
export async function serveSession(
  connection: ControlConnection,
  options: SessionOptions,
): Promise<SessionEnd> {
  return await new ControlLoop(connection, options).run();
}

class ControlLoop {
  readonly #channel: ControlChannel;
  readonly #options: SessionOptions;
  readonly #session: Session;
  readonly #secured: Secured;
  readonly #watchdog: Watchdog;
  readonly #over = new AbortController();
  readonly #arrivals: Arrivals;
  readonly #dismissals: Dismissals;
  readonly #witness: Witness;
  /** ABOR is sent urgently while something runs. */
  readonly #reading = { maybeUrgent: () => this.#transfer !== null };
  #transfer: StartedTransfer | null = null;
  #closing = false;
  #isLeaving = false;
  #parting: Parting = "lost";
  #unknown = 0;
  #sinceTurn = 0;

  constructor(connection: ControlConnection, options: SessionOptions) {
    this.#options = options;
    this.#channel = new ControlChannel(connection, options.stopping);
    this.#session = newSession(options.id, options);
    const [channel, session] = [this.#channel, this.#session];
    this.#secured = { channel, session, options, partings: new Partings() };
    this.#witness = new Witness(session, options);
    this.#watchdog = new Watchdog(() => this.#expire());
    this.#arrivals = new Arrivals(channel);
    this.#dismissals = new Dismissals(options, (why) => this.#dismiss(why));
  }

  async run(): Promise<SessionEnd> {
    const { limits, policy, implicit } = this.#options;
    this.#watchdog.set(limits.loginTimeout);
    this.#dismissals.begin();
    try {
      if (implicit) await beginSecured(this.#secured);
      if (implicit) this.#witness.secured();
      this.#replies.add(reply(220, ...greetingOf(this.#session, policy)));
      while (!this.#closing || this.#transfer !== null) {
        await this.#handle(await this.#next());
      }
      await this.#channel.end();
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
    } finally {
      await this.#release();
    }
    return this.#witness.left(this.#dismissals.why ?? this.#parting);
  }

  /** What runs may end, unless an administrator wants it otherwise. */
  #dismiss(why: Dismissal): void {
    if (why === "kicked") {
      this.#transfer?.stop(KICKED);
      this.#watchdog.set(LAST_MOMENT);
    }
    this.#arrivals.put({ kind: "dismissed" });
  }

  async #release(): Promise<void> {
    this.#watchdog.clear();
    this.#dismissals.close();
    this.#over.abort(OVER);
    this.#session.dataPort?.close();
    this.#transfer?.stop(CONTROL_CLOSED);
    const result = await this.#transfer?.finished;
    if (result !== undefined) this.#witness.ended(result);
    this.#session.account?.release?.();
    this.#channel.close();
    await this.#secured.partings.close();
  }

  get #replies() {
    return this.#channel.replies;
  }

  async #next(): Promise<Arrival> {
    if (!this.#closing) this.#arrivals.readOn(this.#reading);
    // Replies to pipelined commands go out together.
    const more = this.#arrivals.isReading && this.#channel.hasLine &&
      this.#replies.waiting < MAX_BATCH;
    if (!more) await this.#replies.flush();
    if (++this.#sinceTurn === COMMANDS_PER_TURN) {
      this.#sinceTurn = 0;
      await this.#options.turn();
    }
    return await this.#arrivals.take();
  }

  #handle(arrival: Arrival): Promise<void> | undefined {
    switch (arrival.kind) {
      case "line":
        this.#arrivals.accept(arrival.line, () => this.#abortTransfer());
        return this.#runWaiting();
      case "transferred":
        this.#witness.ended(arrival.result);
        this.#transfer = null;
        this.#awaitCommand();
        this.#answer(arrival.result.reply);
        return this.#runWaiting();
      case "dismissed":
        return this.#runWaiting();
      case "end":
        this.#isLeaving = this.#arrivals.saidGoodbye;
        if (this.#isLeaving) return undefined;
        if (arrival.error instanceof LineFloodError) this.#say(FLOODED);
        this.#hangUp();
        return undefined;
    }
  }

  #hangUp(): void {
    this.#transfer?.stop(CONTROL_CLOSED);
    this.#closing = true;
  }

  /** ABOR acts at once; whether there was something to stop. */
  #abortTransfer(): boolean {
    this.#transfer?.stop(ABORTED);
    return this.#transfer !== null;
  }

  /** Runs commands in the order they came, as far as a transfer lets them. */
  async #runWaiting(): Promise<void> {
    while (!this.#closing && !this.#dismissals.isKicked) {
      const verb = this.#arrivals.nextVerb;
      if (verb === undefined) break;
      if (this.#transfer !== null && !this.#isAnsweredAtOnce(verb)) return;
      await this.#run(this.#arrivals.nextCommand());
    }
    // The QUIT that a client has left with was refused: nothing else comes.
    if (this.#isLeaving && !this.#arrivals.saidGoodbye) this.#hangUp();
    const { why } = this.#dismissals;
    const idle = this.#transfer === null && !this.#closing;
    if (idle && why !== null) this.#say(LAST_WORDS[why]);
  }

  /** Work has no 150 in front, so that its reply must be the next. */
  #isAnsweredAtOnce(verb: string): boolean {
    if ("work" in this.#transfer!.transfer) return false;
    return COMMANDS.get(verb)?.duringTransfer ?? false;
  }

  async #run(command: Waiting): Promise<void> {
    const { policy, limits, log } = this.#options;
    const wasIn = this.#session.account !== null;
    this.#witness.before(command.verb);
    const outcome = await dispatch(command, {
      session: this.#session,
      policy,
      running: this.#transfer,
      stopped: command.stopped,
      readsOn: this.#arrivals.isReading,
      signal: this.#over.signal,
      observer: this.#witness.observer,
      who: this.#options.who,
      log,
    });
    this.#witness.after(outcome);
    const isIn = this.#session.account !== null;
    if (isIn) this.#awaitCommand();
    else if (wasIn) this.#watchdog.set(limits.loginTimeout);
    if ("code" in outcome) this.#answer(this.#limited(outcome));
    else if ("to" in outcome) await this.#changeControl(outcome);
    else if ("work" in outcome) this.#follow(beginWork(outcome, this.#around));
    else await this.#start(outcome);
  }

  #answer(reply: Reply): void {
    this.#replies.add(reply);
    if (!reply.close) return;
    this.#closing = true;
    this.#parting = partingOf(reply);
  }

  /** Says something that no command has asked for. */
  #say(reply: Reply): void {
    this.#witness.said(reply.code);
    this.#answer(reply);
  }

  async #changeControl(change: ControlChange): Promise<void> {
    await changeControl(change, this.#secured);
    this.#witness.secured();
  }

  /** Whoever knows no command at all is no FTP client. */
  #limited(reply: Reply): Reply {
    this.#unknown = reply.code === 500 ? this.#unknown + 1 : 0;
    return this.#unknown < MAX_UNKNOWN ? reply : CONFUSED;
  }

  async #start(transfer: Transfer): Promise<void> {
    const { started, announced } = await beginTransfer(transfer, this.#around);
    this.#follow(started);
    await announced;
  }

  #follow(started: StartedTransfer): void {
    this.#transfer = started;
    this.#witness.began(started);
    if (this.#dismissals.isKicked) started.stop(KICKED);
    started.finished.then((result) =>
      this.#arrivals.put({ kind: "transferred", result })
    );
  }

  get #around() {
    const { signal } = this.#over;
    return { secured: this.#secured, arrivals: this.#arrivals, signal };
  }

  /** From now on the client has the time between commands (SITE IDLE). */
  #awaitCommand(): void {
    if (this.#dismissals.isKicked) return;
    const { limits } = this.#options;
    this.#watchdog.set(this.#session.idleTimeout ?? limits.idleTimeout);
  }

  /** Time is up; also for a client that does not take its replies. */
  #expire(): void {
    if (this.#channel.isChanging) {
      return this.#channel.giveUp(new Error("time is up"));
    }
    const { why, isKicked } = this.#dismissals;
    if (this.#transfer !== null && !this.#replies.busy && !isKicked) {
      return this.#awaitCommand();
    }
    this.#parting = "timeout";
    if (why === null) this.#options.log.info("timeout");
    this.#witness.said(421);
    const last = this.#replies.busy
      ? Promise.resolve()
      : this.#channel.end(LAST_WORDS[why ?? "timeout"]).catch(() => {});
    last.then(() => this.#channel.close());
  }
}
