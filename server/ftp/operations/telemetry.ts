/**
 * An observer that remembers: who is there, what they do, and how often what
 * has happened.
 *
 * @module
 */

import { addValue } from "../../../lib/histogram.ts";
import {
  addCounters,
  COMMAND_BOUNDS,
  type Counters,
  countOne,
  LOGIN_BOUNDS,
  newCounters,
  TRANSFER_BOUNDS,
} from "./counters.ts";
import type {
  Direction,
  ObservedSession,
  Observer,
  SessionObserver,
  SessionView,
  TransferEnd,
  TransferView,
} from "./observer.ts";
import type { TreeChange } from "../../fs/observed.ts";
import type { RunningTransfer } from "../session.ts";
import type { Survey } from "./survey.ts";
import { shownUser } from "../accounts/shown_user.ts";
import { versionOf } from "../tls.ts";
import type { TlsFacts } from "../../../lib/net/tls/stream.ts";
import { directionOf, isOfFiles } from "./transfer_log.ts";

/** Something that has happened in a session, for hooks and transfer logs. */
export type Happening =
  | { kind: "login" | "login-failed"; account: string }
  | { kind: "ban"; milliseconds: number }
  | { kind: "transfer"; end: TransferEnd }
  | { kind: "change"; change: TreeChange };

/** Where it has happened. */
export type Where = Pick<SessionView, "id" | "address" | "account" | "tls">;

/** Options for {@linkcode Telemetry}. */
export interface TelemetryOptions {
  /** Hears what happens. @default nobody does */
  onHappening?: ((what: Happening, where: Where) => void) | undefined;
  /** Whether changes are among it; they cost a little. @default never */
  watchesChanges?: (() => boolean) | undefined;
  /** Milliseconds since 1970. @default {Date.now} */
  now?: () => number;
  /** Bytes that the thread's objects take. @default nobody knows: 0 */
  heap?: (() => number) | undefined;
}

/** Milliseconds from one look at rates and lag to the next. */
const TICK = 1000;
/** Looks that the worst lag is remembered for. */
const LAG_TICKS = 15;

/** Remembers what a worker's sessions do. */
export class Telemetry implements Observer {
  readonly #sessions: Map<number, Watched> = new Map();
  readonly #counters: Counters = newCounters();
  readonly #options: TelemetryOptions;
  readonly #now: () => number;
  readonly #lags: number[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;
  #due = 0;

  /** Nobody has come yet. */
  constructor(options: TelemetryOptions = {}) {
    this.#options = options;
    this.#now = options.now ?? (() => Date.now());
  }

  /** Whether anybody wants to know of changes. */
  get watchesChanges(): boolean {
    return this.#options.watchesChanges?.() ?? false;
  }

  /** Looks at rates and lag every second, until {@linkcode close}. */
  start(): void {
    this.#due = this.#now() + TICK;
    this.#timer = setInterval(() => this.tick(), TICK);
  }

  /** Looks no more. */
  close(): void {
    clearInterval(this.#timer);
  }

  /** One look: how late is it, and how far have transfers come? */
  tick(): void {
    const now = this.#now();
    this.#lags.push(Math.max(0, now - this.#due));
    if (this.#lags.length > LAG_TICKS) this.#lags.shift();
    this.#due = now + TICK;
    for (const session of this.#sessions.values()) session.look(now);
  }

  /** Somebody has come in. */
  session(session: ObservedSession): SessionObserver {
    this.#counters.sessions++;
    const watched = new Watched(session, {
      counters: this.#counters,
      now: this.#now,
      tell: this.#options.onHappening,
      onLeft: () => this.#sessions.delete(session.id),
    });
    this.#sessions.set(session.id, watched);
    return watched;
  }

  /** Somebody was sent away at the door. */
  refused(reason: string): void {
    countOne(this.#counters.refusals, reason);
  }

  /** Who is there. */
  views(): SessionView[] {
    const now = this.#now();
    return [...this.#sessions.values()].map((session) => session.view(now));
  }

  /** How this worker is. */
  survey(): Survey {
    const running = newCounters();
    for (const { transfer } of this.#sessions.values()) {
      if (transfer !== null) {
        running.bytes[transfer.direction] += transfer.running.bytes;
      }
    }
    const ports = [...this.#sessions.values()]
      .filter(({ facts }) => facts.hasDataPort());
    return {
      sessions: this.views(),
      counters: addCounters([this.#counters, running]),
      dataPorts: ports.length,
      lag: Math.max(0, ...this.#lags),
      heap: this.#options.heap?.() ?? 0,
    };
  }
}

/** What a session's watcher needs. */
interface Surroundings {
  readonly counters: Counters;
  now(): number;
  readonly tell: TelemetryOptions["onHappening"];
  onLeft(): void;
}

/** A transfer, and how fast it was when somebody last looked. */
interface Seen {
  readonly running: RunningTransfer;
  readonly direction: Direction;
  readonly began: number;
  at: number;
  bytes: number;
  rate: number | null;
}

/** How much of a new rate counts against what was seen before. */
const NEWS = 0.5;

class Watched implements SessionObserver {
  readonly facts: ObservedSession;
  transfer: Seen | null = null;
  readonly #around: Surroundings;
  readonly #since: number;
  #last: number;
  #account: string | null = null;
  #command = "";
  #tls: string | null = null;

  constructor(facts: ObservedSession, around: Surroundings) {
    this.facts = facts;
    this.#around = around;
    this.#since = this.#last = around.now();
  }

  secured(facts: TlsFacts | null): void {
    this.#tls = facts && versionOf(facts);
    if (this.#tls !== null) countOne(this.#around.counters.secured, this.#tls);
  }

  loggedIn(account: string, milliseconds: number): void {
    const { counters } = this.#around;
    this.#account = account;
    counters.logins.ok++;
    addValue(counters.loginSeconds, LOGIN_BOUNDS, milliseconds / 1000);
    this.#tell({ kind: "login", account });
  }

  loginFailed(user: string): void {
    this.#around.counters.logins.failed++;
    this.#tell({ kind: "login-failed", account: shownUser(user) });
  }

  loggedOut(): void {
    this.#account = null;
  }

  banned(milliseconds: number): void {
    this.#around.counters.bans++;
    this.#tell({ kind: "ban", milliseconds });
  }

  command(verb: string): void {
    this.#command = verb;
    this.#last = this.#around.now();
  }

  replied(code: number, milliseconds: number | null): void {
    const { counters } = this.#around;
    countOne(counters.replies, String(code));
    if (milliseconds === null) return;
    addValue(counters.commandSeconds, COMMAND_BOUNDS, milliseconds / 1000);
  }

  began(running: RunningTransfer): void {
    const began = this.#around.now();
    const direction = directionOf(running.transfer);
    const seen = { at: began, bytes: 0, rate: null };
    this.transfer = { running, direction, began, ...seen };
  }

  ended(end: TransferEnd): void {
    const { counters, now } = this.#around;
    const { direction, outcome } = end;
    this.transfer = null;
    this.#last = now();
    counters.transfers[direction][outcome]++;
    counters.bytes[direction] += end.bytes;
    if (outcome === "complete" && isOfFiles(direction)) {
      const seconds = end.duration / 1000;
      addValue(counters.transferSeconds, TRANSFER_BOUNDS, seconds);
    }
    this.#tell({ kind: "transfer", end });
  }

  changed(change: TreeChange): void {
    this.#tell({ kind: "change", change });
  }

  kicked(): void {
    this.#around.counters.kicked++;
  }

  left(): void {
    this.#around.onLeft();
  }

  /** Looks how far the transfer has come. */
  look(now: number): void {
    const seen = this.transfer;
    if (seen === null || now <= seen.at) return;
    const { bytes } = seen.running;
    const rate = (bytes - seen.bytes) / (now - seen.at) * 1000;
    seen.rate = seen.rate === null
      ? rate
      : seen.rate * (1 - NEWS) + rate * NEWS;
    [seen.at, seen.bytes] = [now, bytes];
  }

  view(now: number): SessionView {
    return {
      ...this.#where(),
      since: this.#since,
      idle: this.transfer === null ? Math.max(0, now - this.#last) : 0,
      command: this.#command,
      transfer: this.transfer && viewOf(this.transfer, now),
    };
  }

  #where(): Where {
    const { id, address } = this.facts;
    return { id, address, account: this.#account, tls: this.#tls };
  }

  #tell(what: Happening): void {
    this.#around.tell?.(what, this.#where());
  }
}

function viewOf(
  { running, direction, began, rate }: Seen,
  now: number,
): TransferView {
  const { transfer: { verb, path }, bytes } = running;
  const duration = Math.max(0, now - began);
  // Before the first look the whole way counts.
  const average = duration > 0 ? bytes / duration * 1000 : 0;
  const perSecond = Math.round(rate ?? average);
  return { verb, path, direction, bytes, rate: perSecond, duration };
}
