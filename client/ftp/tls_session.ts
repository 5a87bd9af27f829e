/**
 * The TLS of one session: its control connection, its data connections, and
 * what is known of them.
 *
 * @module
 */

import type { Stream } from "../../lib/net/stream.ts";
import type {
  ClientTls,
  TlsFacts,
  TlsStream,
  TrustOptions,
} from "../../lib/net/tls/stream.ts";
import type { ConnectWithinOptions } from "./connect_within.ts";
import type { ClientTlsChoice } from "./tls.ts";
import { changeWithin } from "./tls_within.ts";

/** Tickets that a server sends at first, as a rule (RFC 8446 section 4.6.1). */
const TICKETS = 2;

/** TLS with one server, from the first handshake to the last. */
export class SessionTls {
  /** What was chosen. */
  readonly choice: ClientTlsChoice;
  /** Whether commands are protected; `null` while nobody has said any. */
  commands: "private" | "clear" | null = null;
  /** Whether the server has taken a data connection that resumed the session. */
  hasResumed = false;
  /** Whether the server lets data connections end without a word. */
  isCurt = false;
  /**
   * Whether a ticket was lost because a handshake was begun in vain: from then
   * on the server's first reply is waited for.
   */
  isCareful = false;
  #lost = 0;
  readonly #tls: ClientTls;
  #control: TlsStream | null = null;
  #isOpen = true;

  /** Nothing happens yet. */
  constructor(choice: ClientTlsChoice, tls: ClientTls) {
    this.choice = choice;
    this.#tls = tls;
  }

  /** Whom to trust. */
  get trust(): TrustOptions {
    return this.choice.trust ?? {};
  }

  /** Whether data connections are protected, too. */
  get protectsData(): boolean {
    return this.choice.data !== "clear";
  }

  /** Whether the server hears which name it was called by. */
  get sendsName(): boolean {
    return this.#tls.sendsName;
  }

  /** How the control connection is, or was, protected. */
  get facts(): TlsFacts | null {
    return this.#control?.facts ?? null;
  }

  /**
   * Protects the control connection, whose end is then the session's.
   *
   * @throws {NetworkError} when that fails; the signal's reason.
   */
  async control(
    stream: Stream,
    options: ConnectWithinOptions,
  ): Promise<Stream> {
    const secure = (signal: AbortSignal) => this.#tls.control(stream, signal);
    this.#control = await changeWithin(secure, options);
    this.commands = "private";
    return this.#ending(this.#control);
  }

  /**
   * Protects a data connection.
   *
   * @throws {NetworkError} when that fails; the signal's reason.
   */
  async data(
    stream: Stream,
    options: ConnectWithinOptions,
  ): Promise<TlsStream> {
    const secure = (signal: AbortSignal) => this.#tls.data(stream, signal);
    try {
      return await changeWithin(secure, options);
    } catch (error) {
      this.loseTicket();
      this.isCareful = this.#lost > 0;
      throw error;
    }
  }

  /**
   * A connection has used a ticket and has brought no other. With TLS 1.3 the
   * runtime uses each one once.
   */
  loseTicket(): void {
    if (this.facts?.protocol === "TLSv1.3") this.#lost++;
  }

  /** There is no ticket left, or none that counts. */
  wearOut(): void {
    this.#lost = TICKETS;
  }

  /**
   * Whether the next data connection may find no ticket, which servers that
   * demand one refuse: at the latest two are gone.
   */
  get isWorn(): boolean {
    return this.protectsData && this.#tls.canResume && this.#lost >= TICKETS;
  }

  /**
   * What to choose for the next connection in the place of this one: a session
   * of TLS 1.2 needs no tickets, where that is allowed.
   */
  get successor(): ClientTlsChoice {
    const { minVersion = "TLSv1.2" } = this.trust;
    if (!this.isWorn || minVersion !== "TLSv1.2") return this.choice;
    const trust = { ...this.trust, maxVersion: "TLSv1.2" as const };
    return { ...this.choice, trust };
  }

  /**
   * Ends the protection of commands.
   *
   * @throws {NetworkError} when the server does not end it; the signal's reason.
   */
  async leave(options: ConnectWithinOptions): Promise<Stream> {
    const leave = (signal: AbortSignal) => this.#control!.leave(signal);
    const plain = await changeWithin(leave, options);
    this.commands = "clear";
    return this.#ending(plain);
  }

  /** Forgets the session. Safe to call more than once. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false; // Its name may be somebody else's from now on.
    this.#tls.close();
  }

  #ending(stream: Stream): Stream {
    return {
      read: (buffer) => stream.read(buffer),
      write: (bytes) => stream.write(bytes),
      close: () => {
        stream.close();
        this.close();
      },
    };
  }
}
