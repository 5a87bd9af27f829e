/**
 * Opening listeners: all of them or none, and one clear error.
 *
 * @module
 */
import type { BoundAddress, ListenAddress, UnixAddress } from "./address.ts";
import { closeQuietly } from "./close.ts";
import { ListenError, listenError } from "./listen_error.ts";
import { within } from "./wait.ts";

/** A listener for TCP connections or on a Unix socket. */
export type StreamListener = Deno.TcpListener | Deno.UnixListener;

/** Options for {@linkcode openListeners}. */
export interface ListenOptions {
  /**
   * Lets several processes or workers listen on the same port; Linux then
   * spreads the connections. @default {false}
   */
  reusePort?: boolean;
  /** Connections the kernel queues until they are accepted. @default {511} */
  backlog?: number;
}

/**
 * Opens a listener on every address. When one fails, the others are closed.
 *
 * @throws {ListenError} If one of them cannot be opened.
 *
 * @example
 * ```ts
 * import { parseListenAddress } from "./address.ts";
 * import { openListeners } from "./listen.ts";
 * const listeners = await openListeners([parseListenAddress("localhost:0")]);
 * for (const listener of listeners) listener.close();
 * ```
 */
export async function openListeners(
  addresses: readonly ListenAddress[],
  options: ListenOptions = {},
): Promise<StreamListener[]> {
  const listeners: StreamListener[] = [];
  try {
    for (const address of addresses) {
      listeners.push(await openListener(address, options));
    }
    return listeners;
  } catch (error) {
    listeners.forEach(closeQuietly);
    throw error;
  }
}

/**
 * Where `listener` listens, with the real port.
 *
 * @example
 * ```ts
 * import { boundAddress } from "./listen.ts";
 * using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const address = boundAddress(listener);
 * console.assert(address.transport === "tcp" && address.port > 0);
 * ```
 */
export function boundAddress(listener: StreamListener): BoundAddress {
  const { addr } = listener;
  if (addr.transport === "tcp") {
    return { transport: "tcp", hostname: addr.hostname, port: addr.port };
  }
  return { transport: "unix", path: (addr as Deno.UnixAddr).path };
}

async function openListener(
  address: ListenAddress,
  options: ListenOptions,
): Promise<StreamListener> {
  try {
    if (address.transport === "tcp") return openTcp(address, options);
    return await openUnix(address);
  } catch (error) {
    throw listenError(error, address);
  }
}

/**
 * `reusePort` is passed only when asked for: without `--unstable-net` its mere
 * presence ends the process.
 */
function openTcp(
  { hostname, port }: { hostname: string; port: number },
  options: ListenOptions,
): Deno.TcpListener {
  const { reusePort = false, backlog = 511 } = options;
  return Deno.listen({
    hostname,
    port,
    tcpBacklog: backlog,
    ...(reusePort ? { reusePort } : {}),
  });
}

async function openUnix(address: UnixAddress): Promise<Deno.UnixListener> {
  try {
    return Deno.listen(address);
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    await removeStaleSocket(address, error);
    return Deno.listen(address);
  }
}

/**
 * A server that was killed leaves its socket's file behind. When nobody
 * answers there it is in the way of nothing but us, and goes.
 */
async function removeStaleSocket(
  address: UnixAddress,
  error: Error,
): Promise<void> {
  const { path } = address;
  if (!(await Deno.lstat(path)).isSocket) {
    throw new ListenError(
      "bad-path",
      address,
      "a file that is not a socket is in the way; remove it or choose another path",
      error,
    );
  }
  if (await isAnswered(address)) throw error;
  await Deno.remove(path);
}

/**
 * Whether somebody listens on a Unix socket. A live server with a full queue
 * does not answer at once: it counts as live.
 */
export async function isAnswered(address: UnixAddress): Promise<boolean> {
  const attempt = Deno.connect(address);
  try {
    const conn = await within(attempt, 1000, null);
    conn?.close();
    if (!conn) attempt.then(closeQuietly, () => {});
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}
