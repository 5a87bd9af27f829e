/**
 * What happens to a datagram between its arrival and the answer.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import type { HostPort } from "../host_port.ts";
import { formatHostPort } from "./address.ts";
import { networkKey, normalizeAddress } from "./ip.ts";
import { oncePerSource } from "./once_per_source.ts";
import { isPeerGone } from "./peer_gone.ts";
import { tokenBucket, type TokenBuckets } from "./token_bucket.ts";
import type { ServeUdpOptions, UdpContext, UdpHandler } from "./udp.ts";
import { type DropReason, type GuardRules, refuseSource } from "./udp_guard.ts";
import { within } from "./wait.ts";

/** What happened to datagrams so far. */
export interface UdpCounters {
  /** Datagrams that arrived. */
  received: number;
  /** Their bytes. */
  bytesReceived: number;
  /** Answers that were sent. */
  answered: number;
  /** Their bytes. */
  bytesSent: number;
  /** Datagrams the handler had no answer to. */
  unanswered: number;
  /** Datagrams whose handler crashed or whose answer could not be sent. */
  failed: number;
  /** Datagrams dropped, by reason. */
  dropped: Record<DropReason, number>;
}

/** Where a datagram came from and where it arrived. */
export interface Arrival {
  /** The socket that got it, and sends the answer. */
  socket: Pick<Deno.DatagramConn, "send">;
  /** Who sent it, as the runtime writes it: what `send` wants. */
  source: Deno.NetAddr;
  /** The socket's address. */
  local: HostPort;
}

/** A sender's address, read. */
interface Sender {
  readonly hostname: string;
  readonly key: string;
}

/** Addresses that stay read. */
const MAX_SENDERS = 1024;

/** Options for {@linkcode Datagrams}. */
export type DatagramsOptions =
  & GuardRules
  & Pick<
    ServeUdpOptions,
    "mayGrow" | "rate" | "maxPending" | "onDropped" | "onError" | "clock"
  >;

/**
 * Answers datagrams, where that does no harm, and counts.
 *
 * @example
 * ```ts
 * import { Datagrams } from "./datagrams.ts";
 * const datagrams = new Datagrams((data) => data, { ownPorts: new Set([7]) });
 * datagrams.take(new Uint8Array(4), {
 *   socket: { send: (data) => Promise.resolve(data.length) },
 *   source: { transport: "udp", hostname: "192.0.2.7", port: 40001 },
 *   local: { hostname: "192.0.2.1", port: 7 },
 * });
 * await datagrams.drain(1000);
 * console.assert(datagrams.counters.answered === 1);
 * ```
 */
export class Datagrams {
  readonly #handler: UdpHandler;
  readonly #options: DatagramsOptions;
  readonly #buckets: TokenBuckets | null;
  readonly #isNews: ReturnType<typeof oncePerSource>;
  readonly #ending = new AbortController();
  readonly #senders: Map<string, Sender> = new Map();
  #pending = 0;
  #idle: PromiseWithResolvers<void> | null = null;

  /** What happened so far. */
  readonly counters: UdpCounters = {
    received: 0,
    bytesReceived: 0,
    answered: 0,
    bytesSent: 0,
    unanswered: 0,
    failed: 0,
    dropped: {
      "service-port": 0,
      "own-port": 0,
      "odd-address": 0,
      rate: 0,
      larger: 0,
      busy: 0,
    },
  };

  /** Throws a `RangeError` when `rate` makes no sense. */
  constructor(handler: UdpHandler, options: DatagramsOptions) {
    this.#handler = handler;
    this.#options = options;
    this.#buckets = options.rate
      ? tokenBucket(options.rate, { clock: options.clock })
      : null;
    this.#isNews = oncePerSource({ clock: options.clock });
  }

  /** Answers a datagram or drops it. Never throws. `data` must not change later. */
  take(data: Bytes, arrival: Arrival): void {
    if (this.#idle) return;
    this.counters.received++;
    this.counters.bytesReceived += data.length;
    const { hostname, key } = this.#identify(arrival.source.hostname);
    const peer = { hostname, port: arrival.source.port };
    const reason = this.#refuse(peer, key);
    if (reason) this.#drop(reason, peer);
    else this.#answer(data, arrival, peer);
  }

  /** Takes no more, and waits up to `grace` milliseconds for pending answers. */
  async drain(grace: number): Promise<void> {
    this.#idle ??= Promise.withResolvers();
    const { clock } = this.#options;
    if (this.#pending > 0) {
      await within(this.#idle.promise, grace, undefined, { clock });
    }
    this.#ending.abort();
  }

  /** Reading an address takes as long as echoing a datagram, so it is kept. */
  #identify(hostname: string): Sender {
    const known = this.#senders.get(hostname);
    if (known) return known;
    const sender = {
      hostname: normalizeAddress(hostname),
      key: networkKey(hostname),
    };
    if (this.#senders.size >= MAX_SENDERS) this.#senders.clear();
    this.#senders.set(hostname, sender);
    return sender;
  }

  #refuse(peer: HostPort, key: string): DropReason | null {
    const { maxPending = 1024 } = this.#options;
    const reason = refuseSource(peer, this.#options);
    if (reason) return reason;
    if (this.#buckets?.take(key) === false) return "rate";
    return this.#pending >= maxPending ? "busy" : null;
  }

  #drop(reason: DropReason, peer: HostPort): void {
    this.counters.dropped[reason]++;
    const { onDropped } = this.#options;
    if (onDropped && this.#isNews(reason, peer.hostname)) {
      onDropped(reason, peer);
    }
  }

  async #answer(
    data: Bytes,
    { socket, source, local }: Arrival,
    peer: HostPort,
  ): Promise<void> {
    const context: UdpContext = { peer, local, signal: this.#ending.signal };
    const limit = this.#options.mayGrow ? Infinity : data.length;
    this.#pending++;
    try {
      const given = this.#handler(data, context);
      // Without a promise there is nothing to wait for: answers keep their order.
      const reply = given instanceof Promise ? await given : given;
      if (reply === null) this.counters.unanswered++;
      else if (reply.length > limit) this.#drop("larger", peer);
      else await this.#send(reply, socket, source);
    } catch (error) {
      this.#fail(error, peer);
    } finally {
      if (--this.#pending === 0) this.#idle?.resolve();
    }
  }

  async #send(
    reply: Bytes,
    socket: Arrival["socket"],
    source: Deno.NetAddr,
  ): Promise<void> {
    await socket.send(reply, source);
    this.counters.answered++;
    this.counters.bytesSent += reply.length;
  }

  #fail(error: unknown, peer: HostPort): void {
    this.counters.failed++;
    if (this.#ending.signal.aborted || isPeerGone(error)) return;
    if (!this.#isNews("error", peer.hostname)) return;
    this.#options.onError?.(
      error,
      `datagram from ${formatHostPort(peer.hostname, peer.port)}`,
    );
  }
}
