/**
 * One question over UDP, and its answer.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { within } from "../../lib/net/wait.ts";
import {
  DATAGRAM_BUFFER,
  type DatagramLink,
  openDatagrams,
} from "./datagram_link.ts";
import { noReply } from "./errors.ts";
import type { WaitLimits } from "./in_time.ts";
import { addressesOf } from "./resolve.ts";
import type { UdpTarget } from "./target.ts";

/** Options for {@linkcode exchange}. `timeout` is for all tries together. */
export interface ExchangeOptions extends WaitLimits {
  /** How often the question is sent, evenly over `timeout`. @default {3} */
  readonly tries?: number;
  /** Whether this is the answer; others are ignored. @default everything */
  accept?(answer: Bytes): boolean;
}

/**
 * Asks a UDP service and returns its answer. The question is sent again while
 * there is none, to the next address when a name has several; whatever does
 * not come from the server is ignored.
 *
 * @throws {ServiceError} when there is no answer within `timeout` milliseconds,
 * or the question cannot be sent; the signal's reason when it aborts.
 *
 * @example
 * ```ts
 * import { serveUdp } from "../../lib/net/udp.ts";
 * import { exchange } from "./exchange.ts";
 * await using server = await serveUdp((data) => data, {
 *   listen: [{ hostname: "127.0.0.1", port: 0 }],
 * });
 * const { hostname, port } = server.addresses[0]!;
 * const question = new TextEncoder().encode("hello");
 * const answer = await exchange(
 *   { transport: "udp", hostname, port },
 *   question,
 *   { timeout: 2000 },
 * );
 * console.assert(answer.length === question.length);
 * ```
 */
export async function exchange(
  target: UdpTarget,
  question: Bytes,
  options: ExchangeOptions,
): Promise<Bytes> {
  const end = performance.now() + options.timeout;
  const addresses = await addressesOf(target, options);
  return await exchangeWith(addresses, target, question, { ...options, end });
}

/** Options for {@linkcode exchangeWith}. */
export interface ExchangeWithOptions extends ExchangeOptions {
  /** When all is over, on the clock of `performance.now()`. */
  readonly end: number;
}

/**
 * What {@linkcode exchange} does once the addresses of the target are known.
 * One that a datagram cannot be sent to is left out, unless it is the last: a
 * machine without IPv6 may well have a name with an IPv6 address.
 */
export async function exchangeWith(
  addresses: readonly string[],
  target: UdpTarget,
  question: Bytes,
  options: ExchangeWithOptions,
): Promise<Bytes> {
  const { end, timeout, tries = 3, signal } = options;
  const asked = new Asked(addresses, target, options);
  try {
    for (let left = tries; left > 0; left--) {
      signal?.throwIfAborted();
      await asked.ask(question);
      const patience = Math.max(1, (end - performance.now()) / left);
      const answer = await within(asked.answer, patience, null, { signal });
      if (answer !== null) return answer;
    }
    signal?.throwIfAborted();
    throw noReply(target, timeout);
  } finally {
    await asked.close();
  }
}

/** The sockets that an answer may come to, one for each address. */
class Asked {
  /** Those to be asked, the next one first. */
  readonly #addresses: string[];
  readonly #target: UdpTarget;
  readonly #options: ExchangeOptions;
  readonly #links = new Map<string, DatagramLink>();
  readonly #loops: Promise<void>[] = [];
  readonly #answer = Promise.withResolvers<Bytes>();
  #failure: unknown = null;
  #closed = false;

  constructor(
    addresses: readonly string[],
    target: UdpTarget,
    options: ExchangeOptions,
  ) {
    this.#addresses = [...addresses];
    this.#target = target;
    this.#options = options;
    this.#answer.promise.catch(() => {});
  }

  /** The first answer; rejects when receiving fails. */
  get answer(): Promise<Bytes> {
    return this.#answer.promise;
  }

  /** Sends to the next address that can be sent to. */
  async ask(question: Bytes): Promise<void> {
    for (let address; (address = this.#addresses.shift()) !== undefined;) {
      try {
        await this.#at(address).send(question);
        this.#addresses.push(address);
        this.#failure = null;
        return;
      } catch (error) {
        this.#failure ??= error;
      }
    }
    throw this.#failure;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const link of this.#links.values()) link.close();
    await Promise.all(this.#loops);
  }

  #at(address: string): DatagramLink {
    const known = this.#links.get(address);
    if (known) return known;
    const link = openDatagrams(this.#target, address);
    this.#links.set(address, link);
    this.#loops.push(this.#listen(link));
    return link;
  }

  async #listen(link: DatagramLink): Promise<void> {
    const { accept = () => true } = this.#options;
    const buffer = new Uint8Array(DATAGRAM_BUFFER);
    try {
      while (!this.#closed) {
        const { data, isPeer } = await link.receive(buffer);
        if (!isPeer || !accept(data)) continue;
        return this.#answer.resolve(data.slice());
      }
    } catch (error) {
      this.#answer.reject(error);
    }
  }
}
