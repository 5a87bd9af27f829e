/**
 * The one receive loop for UDP services.
 *
 * It does not answer where an answer could do harm: see `udp_guard.ts`.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import type { Clock } from "../clock.ts";
import type { HostPort } from "../host_port.ts";
import { formatHostPort } from "./address.ts";
import { closeQuietly } from "./close.ts";
import { Datagrams, type UdpCounters } from "./datagrams.ts";
import { ListenError, listenError } from "./listen_error.ts";
import { loopUntil } from "./loop.ts";
import type { Rate } from "./token_bucket.ts";
import { broadcastOf, type DropReason } from "./udp_guard.ts";

export type { UdpCounters } from "./datagrams.ts";
export type { Rate } from "./token_bucket.ts";
export type { DropReason } from "./udp_guard.ts";

/** Longer than any datagram: the runtime's own buffer cuts the longest of IPv6. */
const LONGEST = 65_536;
/** Memory that datagrams fill one after the other, until it has no room for one more. */
const BLOCK_SIZE = 4 * LONGEST;
/** Datagrams in one turn of the loop, which costs as much as a datagram. */
const LONG_TURN = 1000;

/** What a {@linkcode UdpHandler} knows about a datagram. */
export interface UdpContext {
  /** Who sent it, as the datagram says; normalised. */
  readonly peer: HostPort;
  /** The socket's address. */
  readonly local: HostPort;
  /** Aborts when the server has stopped; shared by all datagrams. */
  readonly signal: AbortSignal;
  /**
   * Sends one more answer, now. It is counted, but not held to the length of
   * the question. Missing where there is no socket.
   */
  readonly also?: (answer: Bytes) => void;
}

/**
 * Answers a datagram, or does not (`null`). The bytes belong to the handler:
 * it may keep, change and send them back. They are part of a larger
 * `ArrayBuffer`, so copy what is kept for long and transfer nothing. While a
 * promise is pending, further datagrams are handled.
 */
export type UdpHandler = (
  data: Bytes,
  context: UdpContext,
) => Bytes | null | Promise<Bytes | null>;

/** Options for {@linkcode serveUdp}. */
export interface ServeUdpOptions {
  /** Where to listen; port 0 stands for any free port. */
  listen: readonly HostPort[];
  /**
   * Allows answers that are longer than the question. Only for services whose
   * answer is short in any case. @default {false}
   */
  mayGrow?: boolean;
  /**
   * What one sender (an IPv4 address or an IPv6 /64) may ask; `null` for no
   * limit. @default {null}
   */
  rate?: Rate | null;
  /**
   * UDP ports that this process serves: datagrams that claim to come from there
   * get no answer. The server adds its own, so that servers which are given
   * the same set never answer each other; nothing is removed when it stops.
   * @default {new Set()}
   */
  ownPorts?: Set<number>;
  /**
   * Who is answered, by normalised address. Asked once for a sender, as long as
   * it is remembered (1,024 a socket). @default everybody
   */
  allows?: (ip: string) => boolean;
  /**
   * The handler never answers: datagrams are taken from any port and address,
   * for nothing can come of it. @default {false}
   */
  silent?: boolean;
  /** Answers the ports of other UDP services too. @default {false} */
  allowServicePorts?: boolean;
  /** Answers under way at a time; datagrams beyond are dropped. @default {1024} */
  maxPending?: number;
  /** Stops the server, as `stop()` does. */
  signal?: AbortSignal;
  /** Milliseconds that pending answers get when the server stops. @default {1000} */
  grace?: number;
  /** Called once, when all sockets are bound. */
  onListen?(addresses: readonly HostPort[]): void;
  /**
   * Called for datagrams that get no answer for `reason`: once for each source
   * and reason, at most 10 times a second. `counters` knows them all.
   */
  onDropped?(reason: DropReason, source: HostPort): void;
  /**
   * Called when a sender fell silent with its first datagram that was dropped
   * for its rate: nothing came for 3 s. Likely it is a server that answered our
   * answers, and the drop has ended that loop (CVE-2024-2169); a client that
   * gave up looks the same.
   */
  onLoop?(source: HostPort): void;
  /**
   * Called when receiving, the handler or sending fails; for one source once,
   * as with `onDropped`. `what` says where. Without it failures go unseen.
   */
  onError?(error: unknown, what: string): void;
  /** Whose milliseconds count. @default {systemClock} */
  clock?: Clock;
}

/** A running server. Disposing of it stops it. */
export interface UdpServer extends AsyncDisposable {
  /** Where it listens, in the order asked for, with real ports. */
  readonly addresses: readonly HostPort[];
  /** What happened so far. */
  readonly counters: UdpCounters;
  /** Resolves when the server has stopped. */
  readonly finished: Promise<void>;
  /** Takes no more datagrams, waits up to `grace` for answers, closes. */
  stop(): Promise<void>;
}

/**
 * Answers datagrams on all of `listen`. Resolves when every socket is bound.
 *
 * Only one receive is pending at a time, because the runtime completes several
 * out of order. Answers leave from the socket that got the question.
 *
 * @throws {ListenError} If one address fails; then none is left open.
 * @throws {RangeError} If `rate` makes no sense.
 *
 * @example
 * ```ts
 * import { serveUdp } from "./udp.ts";
 *
 * await using server = await serveUdp((data) => data, {
 *   listen: [{ hostname: "127.0.0.1", port: 0 }],
 *   rate: { perSecond: 100, burst: 200 },
 * });
 * console.assert(server.addresses[0]!.port > 0);
 * ```
 */
export function serveUdp(
  handler: UdpHandler,
  options: ServeUdpOptions,
): Promise<UdpServer> {
  // Async only to fail as serveTcp does.
  return Promise.resolve().then(() => start(handler, options));
}

function start(handler: UdpHandler, options: ServeUdpOptions): UdpServer {
  options.signal?.throwIfAborted();
  const sockets = openSockets(options.listen);
  try {
    const addresses = sockets.map(({ addr }) => numeric(addr));
    const { ownPorts = new Set() } = options;
    for (const { port } of addresses) ownPorts.add(port);
    const datagrams = new Datagrams(handler, {
      ...options,
      ownPorts,
      broadcasts: ownBroadcasts(),
    });
    options.onListen?.(addresses);
    return run(sockets, addresses, datagrams, options);
  } catch (error) {
    sockets.forEach(closeQuietly);
    throw error;
  }
}

function run(
  sockets: readonly Deno.DatagramConn[],
  addresses: readonly HostPort[],
  datagrams: Datagrams,
  { signal, grace = 1000, onError, clock }: ServeUdpOptions,
): UdpServer {
  const closing = new AbortController();
  const stop = async () => {
    await datagrams.drain(grace);
    closing.abort();
    sockets.forEach(closeQuietly);
    await finished;
  };
  const loops = sockets.map((socket, index) => {
    const local = addresses[index]!;
    const what = `receive on udp:${formatHostPort(local.hostname, local.port)}`;
    return loopUntil(
      closing.signal,
      receiver(socket, datagrams.from(socket, local)),
      { onError: (error) => onError?.(error, what), clock },
    );
  });
  const finished = Promise.all(loops)
    .then(() => signal?.removeEventListener("abort", stop));
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();
  return {
    addresses,
    counters: datagrams.counters,
    finished,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/**
 * Receives datagrams, many at a call. Each has memory of its own and is not
 * copied: the next one is received behind it.
 */
function receiver(
  socket: Deno.DatagramConn,
  take: (data: Bytes, source: Deno.NetAddr) => void,
): () => Promise<void> {
  let free = new Uint8Array(BLOCK_SIZE);
  let turn = 1;
  return async () => {
    const datagrams = turn;
    // After a failure the loop hears of the first success.
    turn = 1;
    for (let i = 0; i < datagrams; i++) {
      if (free.length < LONGEST) free = new Uint8Array(BLOCK_SIZE);
      const [data, source] = await socket.receive(free);
      free = free.subarray(data.length);
      take(data as Bytes, source as Deno.NetAddr);
    }
    turn = LONG_TURN;
  };
}

function openSockets(addresses: readonly HostPort[]): Deno.DatagramConn[] {
  const sockets: Deno.DatagramConn[] = [];
  try {
    for (const address of addresses) sockets.push(openSocket(address));
    return sockets;
  } catch (error) {
    sockets.forEach(closeQuietly);
    throw error;
  }
}

function openSocket({ hostname, port }: HostPort): Deno.DatagramConn {
  const address = { transport: "udp", hostname, port } as const;
  if (typeof Deno.listenDatagram !== "function") {
    throw new ListenError(
      "not-permitted",
      address,
      "UDP is unstable in Deno; add --unstable-net",
    );
  }
  try {
    return Deno.listenDatagram(address);
  } catch (error) {
    throw listenError(error, address);
  }
}

function numeric(addr: Deno.Addr): HostPort {
  const { hostname, port } = addr as Deno.NetAddr;
  return { hostname, port };
}

/**
 * Broadcast addresses of our own networks, where we may know them. Without the
 * permission Linux still drops datagrams that claim to come from there.
 */
function ownBroadcasts(): ReadonlySet<string> {
  const permission = Deno.permissions.querySync({
    name: "sys",
    kind: "networkInterfaces",
  });
  if (permission.state !== "granted") return new Set();
  const ipv4 = Deno.networkInterfaces().filter((one) => one.family === "IPv4");
  const wide = ipv4.filter(({ netmask }) => netmask < "255.255.255.254");
  return new Set(
    wide.map(({ address, netmask }) => broadcastOf(address, netmask)),
  );
}
