/**
 * What a session does, as the log and whoever watches are told of it.
 *
 * @module
 */

import { observedChanges } from "../../fs/observed.ts";
import type { Account } from "../accounts.ts";
import type { Parting } from "../last_words.ts";
import type { SessionObserver } from "./observer.ts";
import type { Outcome, RunningTransfer, Session } from "../session.ts";
import type { SessionOptions } from "../session_options.ts";
import { versionOf } from "../tls.ts";
import type { TransferResult } from "../transfer.ts";
import { transferEnd, transferFields } from "./transfer_log.ts";

/** What is told of a session when it is over. */
export interface SessionEnd {
  /** Why it ended. */
  readonly reason: Parting;
  /** Who was logged in last; `undefined` when nobody was. */
  readonly account: string | undefined;
  /** Transfers of files and listings that were begun. */
  readonly transfers: number;
  /** Bytes that went to the client over data connections. */
  readonly sent: number;
  /** Bytes that came from the client over data connections. */
  readonly received: number;
  /** Version of TLS that last protected the control connection. */
  readonly tls: string | undefined;
}

/** A transfer that runs, and in what state of the session it began. */
interface Begun {
  readonly running: RunningTransfer;
  readonly account: Account | null;
  readonly ascii: boolean;
}

/** Sees what one session does, and tells. */
export class Witness {
  /** Is told in detail; `undefined` when nobody watches. */
  readonly observer: SessionObserver | undefined;
  readonly #session: Session;
  readonly #options: SessionOptions;
  #account: Account | null = null;
  #name: string | undefined;
  #failures = 0;
  #user = "";
  #began = 0;
  #begun: Begun | null = null;
  #transfers = 0;
  #sent = 0;
  #received = 0;
  #tls: string | undefined;

  /** Tells that the session has begun. */
  constructor(session: Session, options: SessionOptions) {
    this.#session = session;
    this.#options = options;
    this.observer = options.observer?.session({
      id: options.id,
      address: options.remote,
      hasDataPort: () => session.dataPort !== null || this.#begun !== null,
    });
  }

  /** A command begins. */
  before(verb: string): void {
    const { pending } = this.#session;
    this.#user = pending?.for === "password" ? pending.user : "";
    if (this.observer === undefined) return;
    this.#began = performance.now();
    this.observer.command(verb);
  }

  /** The command has come to its outcome. */
  after(outcome: Outcome): void {
    const { observer } = this;
    const took = observer === undefined ? 0 : performance.now() - this.#began;
    // What a wrong password costs says nothing of how fast the server is.
    const isPunished = this.#session.failedLogins > this.#failures;
    this.#seeLogin(took);
    if ("code" in outcome) {
      observer?.replied(outcome.code, isPunished ? null : took);
    }
    if ("to" in outcome) observer?.replied(outcome.reply.code, took);
  }

  /** Something was said that no command waits for. */
  said(code: number): void {
    this.observer?.replied(code, null);
  }

  #seeLogin(took: number): void {
    const { account, failedLogins } = this.#session;
    if (failedLogins > this.#failures) this.observer?.loginFailed(this.#user);
    this.#failures = failedLogins;
    if (account === this.#account) return;
    if (this.#account !== null) this.observer?.loggedOut();
    this.#account = account;
    if (account === null) return;
    this.#name = account.name;
    this.observer?.loggedIn(account.name, took);
    this.#watchChanges(account);
  }

  #watchChanges(account: Account): void {
    const { observer } = this;
    if (!this.#options.observer?.watchesChanges || !observer) return;
    const fs = observedChanges(
      account.fs,
      (change) => observer.changed(change),
    );
    this.#account = this.#session.account = { ...account, fs };
  }

  /** TLS has begun or ended on the control connection. */
  secured(): void {
    const { control } = this.#session.security;
    if (control !== null) this.#tls = versionOf(control);
    this.observer?.secured(control);
  }

  /** A transfer begins. */
  began(running: RunningTransfer): void {
    const { account, type } = this.#session;
    const ascii = type === "ascii" && this.#options.policy.ascii;
    this.#begun = { running, account, ascii };
    this.#transfers++;
    this.observer?.began(running);
  }

  /** The transfer has ended. */
  ended(result: TransferResult): void {
    const { running: { transfer }, account, ascii } = this.#begun!;
    this.#begun = null;
    const { log, policy } = this.#options;
    const end = transferEnd(transfer, result, { ascii });
    if (end.direction === "upload") this.#received += result.bytes;
    else if (end.direction !== "work") this.#sent += result.bytes;
    const event = end.direction === "work" ? "work" : "transfer";
    log.info(event, transferFields(end, policy.tls, account?.name));
    this.observer?.ended({
      ...end,
      account: account?.name,
      file: account?.fs.fileOf(transfer.path) ?? undefined,
    });
    this.said(result.reply.code);
  }

  /** The session is over. */
  left(reason: Parting): SessionEnd {
    if (reason === "kicked") this.observer?.kicked();
    this.observer?.left();
    return {
      reason,
      account: this.#name,
      transfers: this.#transfers,
      sent: this.#sent,
      received: this.#received,
      tls: this.#tls,
    };
  }
}
