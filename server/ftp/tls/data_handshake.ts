/**
 * Handshakes on data connections, which may begin before their transfers.
 *
 * @module
 */

import type { Bytes } from "../../../lib/bytes.ts";
import {
  type ServerTls,
  TlsError,
  type TlsFacts,
  type TlsStream,
} from "../../../lib/net/tls/stream.ts";
import { within } from "../../../lib/net/wait.ts";
import { BelowTls } from "./below_tls.ts";
import type { DataConnection, DataPort } from "../session.ts";

/** Longest wait for a client that begins by itself, in milliseconds. */
const FIRST_WORD = 100;
/** Longest wait for the rest of its handshake, in milliseconds. */
const WHOLE_HANDSHAKE = 1000;

/** A handshake that is under way, or over. */
export class DataHandshake implements DataConnection {
  /** The connection below TLS. */
  readonly below: BelowTls;
  /** How TLS protects it, once it does. */
  facts: TlsFacts | undefined;
  readonly #giveUp = new AbortController();
  readonly #outcome: Promise<TlsStream>;

  /** Begins. */
  constructor(connection: DataConnection, server: ServerTls) {
    this.below = new BelowTls(connection);
    this.#outcome = server.secure(this.below, this.#giveUp.signal);
    // A failure is told by done(), if anybody asks.
    this.#outcome.then(({ facts }) => this.facts = facts, () => {});
  }

  /**
   * Its outcome, `patience` milliseconds from now at the latest.
   *
   * @throws {TlsError} when it fails; the signal's reason. The connection is
   * closed then.
   */
  async done(signal: AbortSignal, patience: number): Promise<TlsStream> {
    const onAbort = () => this.#giveUp.abort(signal.reason);
    const timer = setTimeout(() => this.#giveUp.abort(late()), patience);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      return await this.#outcome;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Waits until it is over, one way or the other. */
  async over(): Promise<void> {
    await this.#outcome.catch(() => {});
  }

  /** Reads what TLS protects. */
  async read(buffer: Bytes): Promise<number | null> {
    return await (await this.#outcome).read(buffer);
  }

  /** Writes for TLS to protect. */
  async write(bytes: Bytes): Promise<number> {
    return await (await this.#outcome).write(bytes);
  }

  /** Gives up, or ends the connection. */
  close(): void {
    this.#giveUp.abort(new TlsError("closed", "the data port was closed"));
    this.below.close();
    this.#outcome.then((tls) => tls.close(), () => {});
  }
}

function late(): TlsError {
  return new TlsError("timeout", "the client took too long");
}

/**
 * A passive port whose connection begins with TLS as soon as it is there.
 *
 * curl shakes hands right after it has connected, and loses a fifth of a second
 * where nobody answers. And it reads the tickets for its next data connection
 * only if they are there before its upload: those of TLS 1.3 count once.
 */
export class EarlyPort implements DataPort {
  readonly #port: DataPort;
  readonly #closed = new AbortController();
  readonly #handshake: Promise<DataHandshake>;
  #begun: DataHandshake | null = null;

  /** Waits for the client. */
  constructor(port: DataPort, server: ServerTls) {
    this.#port = port;
    this.#handshake = this.#begin(server);
    this.#handshake.catch(() => {}); // Told by open(), if anybody asks.
  }

  async #begin(server: ServerTls): Promise<DataHandshake> {
    const connection = await this.#port.open(this.#closed.signal);
    return this.#begun = new DataHandshake(connection, server);
  }

  /** How TLS protects the connection, once it does. */
  get facts(): TlsFacts | undefined {
    return this.#begun?.facts;
  }

  /** The connection, whether TLS protects it already or not. */
  async open(signal: AbortSignal): Promise<DataConnection> {
    const onAbort = () => this.#closed.abort(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      return await this.#handshake;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /**
   * Lets a client finish its handshake that has begun it, or does so soon:
   * within 0.1 s, and a second for the rest. Whether it has begun.
   */
  async begun(): Promise<boolean> {
    const handshake = await within(this.#arrived(), FIRST_WORD, null);
    if (handshake === null) return false;
    await within(handshake.over(), WHOLE_HANDSHAKE, undefined);
    return true;
  }

  async #arrived(): Promise<DataHandshake | null> {
    const handshake = await this.#handshake.catch(() => null);
    await handshake?.below.heard;
    return handshake;
  }

  /** Gives the port up, and the connection. */
  close(): void {
    this.#closed.abort(new TlsError("closed", "the data port was closed"));
    this.#port.close();
    this.#handshake.then((handshake) => handshake.close(), () => {});
  }
}
