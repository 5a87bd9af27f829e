/**
 * A data connection that a client has been promised a port for.
 *
 * @module
 */

import { Watchdog } from "../../../lib/watchdog.ts";
import type { DataConnection, PassivePort } from "../session.ts";
import { cannotOpen, timedOut } from "./refusal.ts";

/** What an {@linkcode Awaited} goes by. */
export interface AwaitedOptions {
  /** Where the client connects to. */
  readonly port: number;
  /** Milliseconds until nobody waits any more. */
  readonly timeout: number;
  /** Called once, when nobody waits any more: it came, or never will. */
  onOver(): void;
}

/**
 * The connection may come before or after the command that uses it: whoever
 * accepts it hands it over with `take`, the session asks for it with `open`.
 */
export class Awaited implements PassivePort {
  /** Where the client connects to. */
  readonly port: number;
  readonly #onOver: () => void;
  readonly #patience: Watchdog;
  readonly #arrival = Promise.withResolvers<DataConnection>();
  #connection: DataConnection | null = null;
  #isOpened = false;
  #isOver = false;

  /** Waits from now on. */
  constructor({ port, timeout, onOver }: AwaitedOptions) {
    this.port = port;
    this.#onOver = onOver;
    this.#patience = new Watchdog(() => this.giveUp(timedOut()));
    this.#patience.set(timeout);
    this.#arrival.promise.catch(() => {}); // Told by open(), if anybody asks.
  }

  /** Whether nobody waits any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Takes the connection over; `false` when nobody waits for it. */
  take(connection: DataConnection): boolean {
    if (this.#isOver) return false;
    this.#connection = connection;
    this.#arrival.resolve(connection);
    this.#stop();
    return true;
  }

  /** There will be no connection. */
  giveUp(reason: unknown): void {
    this.#arrival.reject(reason);
    this.#stop();
  }

  /** The connection, as soon as it is there. */
  async open(signal: AbortSignal): Promise<DataConnection> {
    this.#isOpened = true;
    const onAbort = () => this.giveUp(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      return await this.#arrival.promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Gives the port up, and a connection that nobody opened. */
  close(): void {
    this.giveUp(cannotOpen("the data port was closed"));
    if (!this.#isOpened) this.#connection?.close();
  }

  #stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#patience.clear();
    this.#onOver();
  }
}
