/**
 * A passive port for one data connection: opened for it, closed behind it.
 *
 * @module
 */

import { sameAddress } from "../../../lib/net/address.ts";
import { closeQuietly } from "../../../lib/net/close.ts";
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

/** What an {@linkcode OwnPorts} goes by. */
export interface OwnPortsOptions extends Arrivals {
  /** Where ports are. @default any free port */
  readonly range?: Ports | undefined;
  /** Milliseconds for a client to come. */
  readonly timeout: number;
}

/** Opens a port for each data connection. */
export class OwnPorts {
  readonly #options: OwnPortsOptions;
  /** A closed port is free again once its pending accept has noticed. */
  readonly #closing: Set<Promise<void>> = new Set();

  /** Opens nothing yet. */
  constructor(options: OwnPortsOptions) {
    this.#options = options;
  }

  /**
   * Waits for a connection from `owner`, or from anybody.
   *
   * @throws {DataPortError} when no port is free.
   */
  async open(hostname: string, owner: string | null): Promise<PassivePort> {
    const found = this.#listen(hostname);
    if (found !== null) return this.#wait(found, owner);
    await Promise.all(this.#closing);
    const later = this.#listen(hostname);
    if (later === null) throw cannotOpen("no passive port is free");
    return this.#wait(later, owner);
  }

  #listen(hostname: string): Deno.TcpListener | null {
    const { range } = this.#options;
    if (range === undefined) return tryListen(hostname, 0);
    for (const port of portsOf(range)) {
      const listener = tryListen(hostname, port);
      if (listener !== null) return listener;
    }
    return null;
  }

  /**
   * Accepts from the moment the port is announced. Whoever else connects is
   * turned away without taking the client's place.
   */
  #wait(listener: Deno.TcpListener, owner: string | null): PassivePort {
    const awaited = new Awaited({
      port: listener.addr.port,
      timeout: this.#options.timeout,
      onOver: () => {
        closeQuietly(listener);
        this.#closing.add(accepting);
        accepting.then(() => this.#closing.delete(accepting));
      },
    });
    const accepting = this.#accept(listener, owner, awaited);
    return awaited;
  }

  async #accept(
    listener: Deno.TcpListener,
    owner: string | null,
    awaited: Awaited,
  ): Promise<void> {
    try {
      // Once the client is there, one more accept would only fail, and cost.
      while (!awaited.isOver) {
        const conn = await listener.accept();
        welcome(conn, this.#options, (address) => {
          const isOwner = owner === null || sameAddress(address, owner);
          return isOwner && awaited.take(dataStream(conn));
        });
      }
    } catch (error) {
      awaited.giveUp(cannotOpen("accepting it failed", error));
    }
  }
}
