/**
 * What the warden and the workers say to each other. Everything here survives
 * being copied from one thread to another.
 *
 * @module
 */

import type { HostPort } from "../../../lib/host_port.ts";
import type { Refusal } from "../../../lib/net/admission.ts";
import type { Admitted, Penalty } from "../limits/ledger.ts";
import type { SessionView } from "../operations/observer.ts";
import type { AuthQuestion, Identity } from "../accounts/identify.ts";
import type { Settings } from "../settings.ts";
import type { Survey } from "../operations/survey.ts";
import type { TlsMaterial } from "../tls/settings.ts";

/** What the warden tells a worker; it reads the files, no worker does. */
export type Order =
  | StartOrder
  | { kind: "certificates"; material: TlsMaterial }
  /** What changed while it serves: for new sessions and log-ins. */
  | { kind: "settings"; settings: Settings }
  | AnswerOrder
  /** Tell what is going on. */
  | { kind: "survey"; id: number }
  /** End a session, whoever has it. */
  | { kind: "kick"; session: number }
  /** Take no more sessions, and stop when the last one has ended. */
  | { kind: "drain" }
  /** Stop within the grace. */
  | { kind: "stop" };

/** The first order. */
export interface StartOrder {
  /** The tag of this order. */
  readonly kind: "start";
  /** How to serve; without hashes of passwords. */
  readonly settings: Settings;
  /** The certificates, where there is TLS. */
  readonly material: TlsMaterial | null;
  /** Which of the workers it is, from 0; who takes its place is the same. */
  readonly index: number;
  /** Whether others listen on the same ports. */
  readonly reusePort: boolean;
  /** Who counts sessions: the worker when it is alone, else the warden. */
  readonly counts: "worker" | "warden";
  /** Numbers that all threads share: `shared.ts` says which. */
  readonly shared: SharedArrayBuffer;
}

/** The answer to an `ask` report of the same id. */
export interface AnswerOrder {
  /** The tag of this order. */
  readonly kind: "answer";
  /** Which question it answers. */
  readonly id: number;
  /** The answer; `null` in `failed` is none. */
  readonly answer: unknown;
  /** Why there is no answer. @default there is one */
  readonly failed?: string | undefined;
}

/** What a worker tells the warden. */
export type Report =
  | { kind: "ready"; addresses: HostPort[] }
  | { kind: "failed"; message: string }
  /** Nobody can come any more: it was told to drain. */
  | { kind: "deaf" }
  | AskReport
  | { kind: "notice"; notice: Notice }
  /** The answer to an order of the same id; 0 for the last words of a worker. */
  | { kind: "survey"; id: number; survey: Survey }
  | { kind: "stopped" };

/** A question that is answered by an order of the same id. */
export interface AskReport {
  /** The tag of this report. */
  readonly kind: "ask";
  /** Counts the questions of one worker. */
  readonly id: number;
  /** What it wants to know. */
  readonly question: Question;
}

/** What workers ask: each question, and what it is answered with. */
export interface Questions {
  /** May a client of this address come in? `null` is yes. */
  enter: { ask: { address: string }; answer: Refusal | null };
  /** May one more session of this account begin? Its seat, or no. */
  admit: {
    ask: { account: string; address: string; max?: number | undefined };
    answer: Admitted;
  };
  /** A log-in failed: what that costs, in milliseconds. */
  failed: {
    ask: { address: string; user: string };
    answer: Penalty;
  };
  /** Whole lines for a log file that the warden has open: are they written? */
  log: { ask: { stream: LogStream; lines: readonly string[] }; answer: null };
  /** What hooks want to know, as JSON: have they got it? */
  events: { ask: { events: readonly string[] }; answer: null };
  /** Who is there, in all workers? */
  who: { ask: Record<never, never>; answer: readonly SessionView[] };
  /** Who is that? Answered by the registrar. */
  authenticate: { ask: AuthQuestion; answer: Identity };
}

/** The name of a question. */
export type Topic = keyof Questions;

/** A question, with its name in `of`. */
export type Question = {
  [T in Topic]: { of: T } & Questions[T]["ask"];
}[Topic];

/** What the warden is told and never answers. */
export type Notice =
  /** A client of this address, who was let in, is gone. */
  | { of: "leave"; address: string }
  /** A session of this account, which was admitted, is over. */
  | { of: "release"; account: string; address: string }
  /** A log-in succeeded: the failures of this user from there are forgotten. */
  | { of: "succeeded"; address: string; user: string };

/** The log files there are. */
export type LogStream = "log" | "xferlog";
