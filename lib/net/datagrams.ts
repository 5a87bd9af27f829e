/**
 * What happens to a datagram between its arrival and the answer.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import type { HostPort } from "../host_port.ts";
import { formatHostPort } from "./address.ts";
import { oncePerSource } from "./once_per_source.ts";
import { isPeerGone } from "./peer_gone.ts";
import { tokenBucket, type TokenBuckets } from "./token_bucket.ts";
import type { ServeUdpOptions, UdpHandler } from "./udp.ts";
import { type DropReason, type GuardRules, refuseSource } from "./udp_guard.ts";
import { knownPeers, type Peer, type Sender } from "./udp_peers.ts";
import { pause, within } from "./wait.ts";

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

/**
 * Milliseconds without a word after which a sender may have been in a loop;
 * longer than clients usually wait until they ask again.
 */
const SILENCE = 3000;

/** Options for {@linkcode Datagrams}. */
export type DatagramsOptions =
  & GuardRules
  & Pick<
    ServeUdpOptions,
    | "allows"
    | "mayGrow"
    | "silent"
    | "rate"
    | "maxPending"
    | "onDropped"
    | "onLoop"
    | "onError"
    | "clock"
  >;

/**
 * Answers datagrams, where that does no harm, and counts.
 *
 * @example
 * ```ts
 * import { Datagrams } from "./datagrams.ts";
 * const datagrams = new Datagrams((data) => data, { ownPorts: new Set([7]) });
 * const take = datagrams.from(
 *   { send: (data) => Promise.resolve(data.length) },
 *   { hostname: "192.0.2.1", port: 7 },
 * );
 * take(new Uint8Array(4), { transport: "udp", hostname: "192.0.2.7", port: 40001 });
 * await datagrams.drain(1000);
 * console.assert(datagrams.counters.answered === 1);
 * ```
 */
export class Datagrams {
  readonly #handler: UdpHandler;
  readonly #options: DatagramsOptions;
  readonly #maxPending: number;
  readonly #buckets: TokenBuckets | null;
  readonly #isNews: ReturnType<typeof oncePerSource>;
  readonly #ending = new AbortController();
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
      denied: 0,
      rate: 0,
      larger: 0,
      busy: 0,
    },
  };

  /** Throws a `RangeError` when `rate` makes no sense. */
  constructor(handler: UdpHandler, options: DatagramsOptions) {
    this.#handler = handler;
    this.#options = options;
    this.#maxPending = options.maxPending ?? 1024;
    this.#buckets = options.rate
      ? tokenBucket(options.rate, { clock: options.clock })
      : null;
    this.#isNews = oncePerSource({ clock: options.clock });
  }

  /**
   * What takes the datagrams of one socket: it answers a datagram or drops it,
   * and never throws. The bytes must not change later.
   */
  from(
    socket: Sender,
    local: HostPort,
  ): (data: Bytes, source: Deno.NetAddr) => void {
    const find = knownPeers({
      socket,
      local,
      signal: this.#ending.signal,
      refuse: (source) => this.#judge(source),
      sending: () => this.#pending++,
      sent: (length) => this.#sent(length),
      failed: (error, peer) => this.#failed(error, peer),
    });
    return (data, source) => this.#take(data, find(source));
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

  #take(data: Bytes, peer: Peer): void {
    if (this.#idle) return;
    this.counters.received++;
    this.counters.bytesReceived += data.length;
    peer.isSuspect = false;
    const reason = this.#refuse(peer);
    if (reason) this.#drop(reason, peer);
    else this.#answer(data, peer);
  }

  /** What holds for a sender whatever it sends. */
  #judge(source: HostPort): DropReason | null {
    const { allows, silent = false } = this.#options;
    const reason = silent ? null : refuseSource(source, this.#options);
    if (reason) return reason;
    return allows?.(source.hostname) === false ? "denied" : null;
  }

  #refuse({ source, key, refusal }: Peer): DropReason | null {
    if (refusal) return refusal;
    // Others in this process may have bound theirs since the peer was judged.
    const { ownPorts, silent = false } = this.#options;
    if (!silent && ownPorts.has(source.port)) return "own-port";
    if (this.#buckets?.take(key) === false) return "rate";
    return this.#pending >= this.#maxPending ? "busy" : null;
  }

  #drop(reason: DropReason, peer: Peer): void {
    this.counters.dropped[reason]++;
    const source = peer.context.peer;
    const { onDropped, onLoop } = this.#options;
    if (!onDropped && !onLoop) return;
    if (!this.#isNews(reason, source.hostname)) return;
    onDropped?.(reason, source);
    if (reason === "rate" && onLoop) this.#suspect(peer, onLoop);
  }

  /** A loop ends with the datagram that is dropped; clients come again. */
  async #suspect(
    peer: Peer,
    onLoop: (source: HostPort) => void,
  ): Promise<void> {
    const { signal } = this.#ending;
    peer.isSuspect = true;
    await pause(SILENCE, { signal, clock: this.#options.clock });
    if (peer.isSuspect && !signal.aborted) onLoop(peer.context.peer);
  }

  #answer(data: Bytes, peer: Peer): void {
    const limit = data.length;
    this.#pending++;
    try {
      const given = this.#handler(data, peer.context);
      // Without a promise there is nothing to wait for: answers keep their order.
      if (given instanceof Promise) this.#answerLater(given, limit, peer);
      else this.#reply(given, limit, peer);
    } catch (error) {
      this.#failed(error, peer.context.peer);
    }
  }

  async #answerLater(
    given: Promise<Bytes | null>,
    limit: number,
    peer: Peer,
  ): Promise<void> {
    try {
      this.#reply(await given, limit, peer);
    } catch (error) {
      this.#failed(error, peer.context.peer);
    }
  }

  #reply(reply: Bytes | null, limit: number, peer: Peer): void {
    if (reply !== null && (reply.length <= limit || this.#options.mayGrow)) {
      return peer.send(reply);
    }
    if (reply === null) this.counters.unanswered++;
    else this.#drop("larger", peer);
    this.#done();
  }

  #sent(length: number): void {
    this.counters.answered++;
    this.counters.bytesSent += length;
    this.#done();
  }

  #failed(error: unknown, peer: HostPort): void {
    this.counters.failed++;
    this.#done();
    if (this.#ending.signal.aborted || isPeerGone(error)) return;
    if (!this.#isNews("error", peer.hostname)) return;
    this.#options.onError?.(
      error,
      `datagram from ${formatHostPort(peer.hostname, peer.port)}`,
    );
  }

  #done(): void {
    if (--this.#pending === 0) this.#idle?.resolve();
  }
}
