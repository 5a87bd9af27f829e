/**
 * The parts of the warden that have one duty each: counting sessions, checking
 * passwords, keeping logs. All of them plug in here.
 *
 * @module
 */

import type { Log } from "../../../lib/log.ts";
import type { Ban } from "../limits/ledger.ts";
import type { Notice, Questions, Report, Topic } from "./messages.ts";
import type { Settings } from "../settings.ts";
import type { ServerSurvey } from "../operations/survey.ts";

/** A worker, as clerks know it: an object for its whole life, and no longer. */
export interface Colleague {
  /** Counts the workers of this server, from 1. */
  readonly worker: number;
}

/** Answers to some questions of workers, at once or later. */
export type Answers = {
  readonly [T in Topic]?: (
    ask: Questions[T]["ask"],
    from: Colleague,
  ) => Questions[T]["answer"] | Promise<Questions[T]["answer"]>;
};

/**
 * One duty in the warden's thread. Whatever it leaves out it does not do; what
 * it throws is logged, and ends nothing.
 */
export interface Clerk {
  /** The questions that it answers; at most one clerk answers each. */
  readonly answers?: Answers;
  /** Hears what workers tell: sessions that leave, for one. */
  onNotice?(notice: Notice, from: Colleague): void;
  /** Hears every report that is neither a question nor a notice. */
  onReport?(report: Report, from: Colleague): void;
  /** A worker is gone, by death or in good order, with all its sessions. */
  onGone?(worker: Colleague): void;
  /**
   * Tries settings before anything changes.
   *
   * @throws {ToolError} when they can't be: then everything stays as it was.
   */
  check?(settings: Settings): void | Promise<void>;
  /** Takes new settings over. All clerks have checked them. */
  change?(settings: Settings): void | Promise<void>;
  /** SIGHUP: opens its files again, changed or not. */
  reopen?(): void | Promise<void>;
  /** The last worker has stopped; ends what it has running, within seconds. */
  close?(): void | Promise<void>;
}

/** What clerks may do with the server. */
export interface Office {
  /** Where events are told. */
  readonly log: Log;
  /** Aborts when the server shall stop. */
  readonly signal: AbortSignal;
  /** The numbers that all threads share. */
  readonly shared: SharedArrayBuffer;
  /** The settings as of now. */
  readonly settings: Settings;
  /** Workers that there are; those that only end what they began, too. */
  readonly workers: number;
  /** Workers that died. */
  readonly deaths: number;
  /** Whether the server waits for its last session to end. */
  readonly draining: boolean;
  /** Reloads that worked, and that did not. */
  readonly reloads: { readonly ok: number; readonly failed: number };
  /**
   * Asks every worker what is going on; of who does not answer within two
   * seconds, the last answer counts.
   */
  survey(): Promise<ServerSurvey>;
  /** Whether every worker answers, within two seconds. */
  areWell(): Promise<boolean>;
  /** Ends a session, whoever has it; `false` when nobody has. */
  kick(session: number): Promise<boolean>;
  /** Who is banned; nobody where the warden does not count. */
  bans(): readonly Ban[];
  /** Ends the ban of an address or its network; whether there was one. */
  unban(address: string): boolean;
  /** Takes no more sessions; the server ends with the last one. */
  drain(): void;
}

/** Hires a clerk, at the start of the server. */
export type HireClerk = (office: Office) => Clerk | Promise<Clerk>;
