/**
 * Passive ports that all sessions share: each port serves one data connection
 * of every client's address at a time, so that ten ports serve any number of
 * clients.
 *
 * @module
 */

import { normalizeAddress } from "../../../lib/net/address.ts";
import { closeQuietly } from "../../../lib/net/close.ts";
import { loopUntil } from "../../../lib/net/loop.ts";
import type { PassivePort } from "../session.ts";
import { Awaited } from "./awaited.ts";
import {
  type Arrivals,
  dataStream,
  type Ports,
  portsOf,
  tryListen,
  welcome,
} from "./listen.ts";
import { cannotOpen } from "./refusal.ts";

/** Milliseconds that a port stays open when nobody is expected there. */
const LINGER = 1000;

/** What {@linkcode SharedPorts} go by. */
export interface SharedPortsOptions extends Arrivals {
  /** Where the ports are. */
  readonly range: Ports;
  /** Milliseconds for a client to come. */
  readonly timeout: number;
}

/** Opens ports when they are needed, and closes those that no longer are. */
export class SharedPorts {
  #options: SharedPortsOptions;
  readonly #open: Map<string, SharedPort> = new Map();
  /** A closed port is free again once its pending accept has noticed. */
  readonly #closing: Set<Promise<void>> = new Set();

  /** Opens nothing yet. */
  constructor(options: SharedPortsOptions) {
    this.#options = options;
  }

  /**
   * Waits for a connection from `owner`.
   *
   * @throws {DataPortError} when a connection from there is expected on every
   * port already, or ports can't be opened.
   */
  async open(hostname: string, owner: string): Promise<PassivePort> {
    const found = this.#find(hostname, owner);
    if (found !== null) return found;
    await Promise.all(this.#closing);
    const later = this.#find(hostname, owner);
    if (later !== null) return later;
    throw cannotOpen("no passive port is free for your address");
  }

  /** Goes on with other options, for whoever comes from now on. */
  change(options: Omit<SharedPortsOptions, "range">): void {
    this.#options = { ...this.#options, ...options };
  }

  /** Closes every port. Sessions that still wait get no connection. */
  close(): void {
    for (const port of this.#open.values()) port.close();
  }

  #find(hostname: string, owner: string): PassivePort | null {
    const address = normalizeAddress(owner);
    for (const number of portsOf(this.#options.range)) {
      const port = this.#open.get(`${hostname} ${number}`) ??
        this.#listen(hostname, number);
      const awaited = port?.expect(address, this.#options.timeout);
      if (awaited) return awaited;
    }
    return null;
  }

  #listen(hostname: string, number: number): SharedPort | null {
    const listener = tryListen(hostname, number);
    if (listener === null) return null;
    const name = `${hostname} ${number}`;
    const port = new SharedPort(listener, () => this.#options, () => {
      this.#open.delete(name);
      this.#closing.add(port.finished);
      port.finished.then(() => this.#closing.delete(port.finished));
    });
    this.#open.set(name, port);
    return port;
  }
}

/** One port, and who is expected there. */
class SharedPort {
  /** Resolves when it is closed, and somebody else may listen there. */
  readonly finished: Promise<void>;
  readonly #listener: Deno.TcpListener;
  readonly #arrivals: () => Arrivals;
  readonly #onClose: () => void;
  readonly #expected: Map<string, Awaited> = new Map();
  readonly #closing = new AbortController();
  #linger: ReturnType<typeof setTimeout> | undefined;

  constructor(
    listener: Deno.TcpListener,
    arrivals: () => Arrivals,
    onClose: () => void,
  ) {
    this.#listener = listener;
    this.#arrivals = arrivals;
    this.#onClose = onClose;
    this.finished = loopUntil(this.#closing.signal, () => this.#accept(), {
      onError: (error) => this.#failed(error),
    });
  }

  /** Waits for a client; `null` when one from there is expected already. */
  expect(address: string, timeout: number): Awaited | null {
    if (this.#expected.has(address)) return null;
    clearTimeout(this.#linger);
    const awaited = new Awaited({
      port: this.#listener.addr.port,
      timeout,
      onOver: () => this.#forget(address),
    });
    this.#expected.set(address, awaited);
    return awaited;
  }

  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    closeQuietly(this.#listener);
    clearTimeout(this.#linger);
    for (const awaited of [...this.#expected.values()]) awaited.close();
    this.#onClose();
  }

  async #accept(): Promise<void> {
    const conn = await this.#listener.accept();
    welcome(conn, this.#arrivals(), (address) => {
      const awaited = this.#expected.get(address);
      return awaited?.take(dataStream(conn)) ?? false;
    });
  }

  #forget(address: string): void {
    this.#expected.delete(address);
    if (this.#expected.size > 0 || this.#closing.signal.aborted) return;
    this.#linger = setTimeout(() => this.close(), LINGER);
  }

  #failed(error: unknown): void {
    const reason = cannotOpen("accepting it failed", error);
    for (const awaited of [...this.#expected.values()]) awaited.giveUp(reason);
  }
}
