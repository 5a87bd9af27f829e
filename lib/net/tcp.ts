/**
 * The one accept loop for TCP connections and Unix sockets.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { HostPort } from "../host_port.ts";
import {
  type BoundAddress,
  formatListenAddress,
  type ListenAddress,
} from "./address.ts";
import type { Admission, Refusal } from "./admission.ts";
import { closeQuietly } from "./close.ts";
import { Door } from "./door.ts";
import { Connections } from "./connections.ts";
import {
  boundAddress,
  type ListenOptions,
  openListeners,
  type StreamListener,
} from "./listen.ts";
import { loopUntil } from "./loop.ts";
import type { Identify } from "./proxied.ts";
import type { ProxiedEnds } from "./proxy_protocol.ts";

export type { BoundAddress, ListenAddress } from "./address.ts";
export type { Admission, Refusal } from "./admission.ts";
export type { ListenOptions } from "./listen.ts";
export type { Identify } from "./proxied.ts";

/** What a {@linkcode TcpHandler} knows about its connection. */
export interface TcpContext {
  /** Counts the connections of this server, from 1. */
  readonly id: number;
  /** The other end, normalised; of a Unix socket `{hostname: "", port: 0}`. */
  readonly peer: HostPort;
  /** Our end, normalised; of a Unix socket `{hostname: "", port: 0}`. */
  readonly local: HostPort;
  /** The connection's own ends, where `peer` and `local` were told by `identify`. */
  readonly carrier?: ProxiedEnds;
  /** Which of the server's `addresses` it came to, from 0. */
  readonly listener: number;
  /** Aborts when the server stops: finish what is under way, begin nothing new. */
  readonly stopping: AbortSignal;
  /** Aborts when the grace is over and the connection is being closed. */
  readonly signal: AbortSignal;
}

/**
 * Serves one connection. When it ends, by returning or throwing, the connection
 * is closed. Use `conn.read` and `conn.write`: `conn.readable` closes both
 * directions as soon as the peer ends one.
 */
export type TcpHandler = (
  conn: Deno.Conn,
  context: TcpContext,
) => void | Promise<void>;

/** Options for {@linkcode serveTcp}. */
export interface ServeTcpOptions extends ListenOptions {
  /** Where to listen. */
  listen: readonly ListenAddress[];
  /**
   * Says whose connection it is, before `admission` hears of it: the header of
   * a load balancer. @default the connection's own ends
   */
  identify?: Identify | undefined;
  /** Who may come in. An answer is awaited for 5 s. @default everybody */
  admission?: Admission;
  /** Stops the server gracefully, as `stop()` does. */
  signal?: AbortSignal;
  /** Milliseconds that handlers get to finish when the server stops. @default {10000} */
  grace?: number;
  /** Called once, when all sockets are bound. */
  onListen?(addresses: readonly BoundAddress[]): void;
  /**
   * Tells a refused peer why, in a line. It has a second; then the connection
   * is closed gently. In a flood (over 64 at a time) peers go without a word.
   */
  onRefused?(
    conn: Deno.Conn,
    refusal: Refusal,
    context: TcpContext,
  ): void | Promise<void>;
  /**
   * Called once for each failure to accept and each crash of a handler.
   * `what` says where, such as `connection 7 from 192.0.2.7:40001`. A peer that
   * goes away is no error. Without it failures go unseen.
   */
  onError?(error: unknown, what: string): void;
  /** Whose milliseconds count. @default {systemClock} */
  clock?: Clock;
}

/** A running server. Disposing of it stops it gracefully. */
export interface TcpServer extends AsyncDisposable {
  /** Where it listens, in the order asked for, with real ports. */
  readonly addresses: readonly BoundAddress[];
  /** Connections being served now. */
  readonly connections: number;
  /** Resolves when the server has stopped and its connections are closed. */
  readonly finished: Promise<void>;
  /**
   * Stops accepting at once, aborts `stopping`, waits up to `grace` for the
   * handlers, then aborts `signal` and closes what is left. Resolves with
   * `finished`, a second after the grace at the latest.
   */
  stop(): Promise<void>;
  /**
   * Stops accepting; connections go on until they end by themselves, or until
   * `stop()`. Resolves when nobody can come any more, within a second.
   */
  drain(): Promise<void>;
}

/**
 * Serves connections on all of `listen`. Resolves when every socket is bound.
 *
 * The loop outlives whatever happens to a connection and running out of file
 * descriptors. TCP connections have Nagle's algorithm off.
 *
 * @throws {ListenError} If one address fails; then none is left open.
 *
 * @example
 * ```ts
 * import { parseListenAddress } from "./address.ts";
 * import { serveTcp } from "./tcp.ts";
 *
 * await using server = await serveTcp(async (conn) => {
 *   await conn.write(new TextEncoder().encode("hello\r\n"));
 * }, { listen: [parseListenAddress("127.0.0.1:0")] });
 *
 * const [address] = server.addresses;
 * console.assert(address?.transport === "tcp" && address.port > 0);
 * ```
 */
export async function serveTcp(
  handler: TcpHandler,
  options: ServeTcpOptions,
): Promise<TcpServer> {
  const { signal, onListen } = options;
  signal?.throwIfAborted();
  const listeners = await openListeners(options.listen, options);
  const addresses = listeners.map(boundAddress);
  try {
    onListen?.(addresses);
  } catch (error) {
    listeners.forEach(closeQuietly);
    throw error;
  }
  const connections = new Connections({ ...options, handler });
  return run(listeners, addresses, connections, options);
}

function run(
  listeners: readonly StreamListener[],
  addresses: readonly BoundAddress[],
  connections: Connections,
  options: ServeTcpOptions,
): TcpServer {
  const { grace = 10_000, signal, onError, clock } = options;
  const closing = new AbortController();
  const hurry = Promise.withResolvers<void>();
  const stop = () => {
    closing.abort();
    for (const door of doors) door.close();
    hurry.resolve();
    return finished;
  };
  const doors = listeners.map((listener, index) =>
    new Door(listener, (conn) => connections.take(conn, index))
  );
  const loops = doors.map((door, index) => {
    const what = `accept on ${formatListenAddress(addresses[index]!)}`;
    return loopUntil(closing.signal, () => door.accept(), {
      onError: (error) => onError?.(error, what),
      clock,
    });
  });
  const finished = Promise.all(loops)
    .then(() => Promise.race([connections.closed(), hurry.promise]))
    .then(() => connections.drain(grace))
    .finally(() => signal?.removeEventListener("abort", stop));
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();
  return {
    addresses,
    finished,
    stop,
    drain: async () => {
      await Promise.all(doors.map((door) => door.leave()));
    },
    get connections() {
      return connections.serving;
    },
    [Symbol.asyncDispose]: stop,
  };
}
