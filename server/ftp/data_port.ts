/**
 * Data ports made of sockets: passive (RFC 959 PASV, RFC 2428 EPSV) and active
 * (PORT, EPRT).
 *
 * @module
 */

import type { HostPort } from "../../lib/host_port.ts";
import { reply } from "../../lib/ftp/reply.ts";
import { isLoopback, isPrivate, sameAddress } from "../../lib/net/address.ts";
import { normalizeAddress } from "../../lib/net/address.ts";
import { closeQuietly } from "../../lib/net/close.ts";
import { type Stream, streamOf } from "../../lib/net/stream.ts";
import {
  type DataConnection,
  type DataPort,
  DataPortError,
  type DataPorts,
  type Ends,
  type PassivePort,
} from "./session.ts";

/** Where active mode may connect to. */
export type ActiveReach = "off" | "loopback" | "lan" | "any";

/** Options for {@linkcode socketDataPorts}. */
export interface DataPortOptions {
  /** Addresses that the server listens on, as it was told. */
  hostnames: readonly string[];
  /** Ports for passive mode, both ends included. @default any free port */
  passivePorts?: { first: number; last: number } | undefined;
  /** IPv4 address that PASV shows. @default the one the client reached */
  passiveAddress?: string | undefined;
  /** Milliseconds to wait for a connection. @default {30000} */
  passiveTimeout?: number;
  /** Where active mode may connect to. @default {"lan"} */
  active?: ActiveReach;
  /** Whether the other end may be another host (FXP). @default {false} */
  foreignData?: boolean;
}

/**
 * Data ports on this machine's addresses. The other end of a data connection
 * must be the control connection's, unless `foreignData` says otherwise.
 *
 * @example
 * ```ts
 * import { socketDataPorts } from "./data_port.ts";
 * const ports = socketDataPorts({ hostnames: ["127.0.0.1"] });
 * const ends = { remote: "127.0.0.1", local: "127.0.0.1" };
 * const passive = await ports.passive(ends);
 * using conn = await Deno.connect({ port: passive.port, hostname: "127.0.0.1" });
 * const data = await passive.open(new AbortController().signal);
 * data.close();
 * ```
 */
export function socketDataPorts(options: DataPortOptions): DataPorts {
  const { passiveTimeout = 30_000, passivePorts } = options;
  const { foreignData = false } = options;
  const closing: Closing = new Set();
  return {
    passiveAddress: options.passiveAddress,
    async passive(ends) {
      const hostname = bindHostname(ends.local, options.hostnames);
      let listener = listen(hostname, passivePorts);
      if (listener === null) {
        await Promise.all(closing);
        listener = listen(hostname, passivePorts) ?? noPort();
      }
      const owner = foreignData ? null : ends.remote;
      return new Listening(listener, owner, passiveTimeout, closing);
    },
    active(target, ends) {
      checkTarget(target, ends, options);
      return connecting(target, passiveTimeout);
    },
  };
}

/** A server that listens everywhere makes data ports everywhere too. */
function bindHostname(local: string, hostnames: readonly string[]): string {
  if (hostnames.includes(local)) return local;
  const anywhere = local.includes(":") ? "::" : "0.0.0.0";
  return hostnames.includes(anywhere) ? anywhere : "::";
}

function listen(
  hostname: string,
  range: DataPortOptions["passivePorts"],
): Deno.TcpListener | null {
  if (range === undefined) return tryListen(hostname, 0);
  const count = range.last - range.first + 1;
  // A random start keeps the next port from being guessed.
  const start = Math.floor(Math.random() * count);
  for (let step = 0; step < count; step++) {
    const port = range.first + (start + step) % count;
    const listener = tryListen(hostname, port);
    if (listener !== null) return listener;
  }
  return null;
}

function tryListen(hostname: string, port: number): Deno.TcpListener | null {
  try {
    return Deno.listen({ hostname, port });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return null;
    const why = error instanceof Deno.errors.NotCapable
      ? "the server has no permission for passive mode; use PORT or EPRT"
      : "no port could be opened";
    throw cannotOpen(why, error);
  }
}

function noPort(): never {
  throw cannotOpen("no passive port is free");
}

function cannotOpen(why: string, cause?: unknown): DataPortError {
  const said = reply(425, `Can't open data connection: ${why}.`);
  return new DataPortError(said, { cause });
}

/** A closed port is free again once its pending accept has noticed. */
type Closing = Set<Promise<void>>;

const TIMED_OUT = reply(421, "Passive data channel timed out.");

/**
 * Accepts from the moment the port is announced, so that the client may
 * connect before or after it sends its command. Whoever else connects is
 * turned away without taking the client's place.
 */
class Listening implements PassivePort {
  readonly port: number;
  readonly #listener: Deno.TcpListener;
  readonly #owner: string | null;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #arrival = Promise.withResolvers<DataConnection>();
  readonly #accepting: Promise<void>;
  readonly #closing: Closing;
  #conn: Deno.Conn | null = null;
  #opened = false;

  constructor(
    listener: Deno.TcpListener,
    owner: string | null,
    timeout: number,
    closing: Closing,
  ) {
    this.#closing = closing;
    this.#listener = listener;
    this.#owner = owner;
    this.port = listener.addr.port;
    this.#timer = setTimeout(
      () => this.#giveUp(new DataPortError(TIMED_OUT)),
      timeout,
    );
    this.#arrival.promise.catch(() => {}); // Told by open(), if anybody asks.
    this.#accepting = this.#accept();
  }

  async open(signal: AbortSignal): Promise<DataConnection> {
    this.#opened = true;
    const onAbort = () => this.#giveUp(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      return await this.#arrival.promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  close(): void {
    this.#giveUp(cannotOpen("the data port was closed"));
    if (this.#conn !== null && !this.#opened) closeQuietly(this.#conn);
  }

  async #accept(): Promise<void> {
    try {
      for (;;) {
        const conn = await this.#listener.accept();
        const { hostname } = conn.remoteAddr;
        if (this.#isOwner(hostname)) {
          this.#conn = conn;
          this.#arrival.resolve(dataStream(conn));
          return this.#stop();
        }
        closeQuietly(conn);
      }
    } catch (error) {
      this.#giveUp(cannotOpen("accepting it failed", error));
    }
  }

  /** Nobody in particular, where other hosts are welcome. */
  #isOwner(hostname: string): boolean {
    return this.#owner === null ||
      sameAddress(normalizeAddress(hostname), this.#owner);
  }

  #giveUp(reason: unknown): void {
    this.#arrival.reject(reason);
    this.#stop();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    closeQuietly(this.#listener);
    this.#closing.add(this.#accepting);
    this.#accepting.then(() => this.#closing.delete(this.#accepting));
  }
}

function checkTarget(
  { hostname, port }: HostPort,
  { remote }: Ends,
  { active = "lan", foreignData = false }: DataPortOptions,
): void {
  const refuse = (code: number, text: string) => {
    throw new DataPortError(reply(code, text));
  };
  if (active === "off") refuse(502, "Active mode is off; use PASV or EPSV.");
  if (port < 1024) refuse(501, "Can't connect over a privileged port.");
  const target = normalizeAddress(hostname);
  if (!foreignData && !sameAddress(target, remote)) {
    refuse(
      501,
      `Rejected data connection to foreign address ${hostname}:${port}.`,
    );
  }
  if (!withinReach(target, active)) {
    refuse(
      501,
      `Active mode does not reach ${hostname} here; use PASV or EPSV.`,
    );
  }
}

/** The runtime has no blocks of IPv6 addresses: a LAN is IPv4, or this host. */
function withinReach(address: string, active: ActiveReach): boolean {
  if (active === "any") return true;
  if (isLoopback(address)) return true;
  return active === "lan" && !address.includes(":") && isPrivate(address);
}

function connecting(target: HostPort, timeout: number): DataPort {
  return {
    close() {},
    async open(signal) {
      const enough = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
      const hostname = normalizeAddress(target.hostname);
      const attempt = Deno.connect({ hostname, port: target.port });
      const late = new Promise<never>((_, reject) => {
        const onAbort = () => reject(enough.reason);
        enough.addEventListener("abort", onAbort, { once: true });
        if (enough.aborted) onAbort();
      });
      try {
        return dataStream(await Promise.race([attempt, late]));
      } catch (error) {
        attempt.then(closeQuietly, () => {});
        if (signal.aborted) throw signal.reason;
        throw cannotOpen(connectFailure(error), error);
      }
    },
  };
}

/** TLS sends little records one after the other: none waits for an answer. */
function dataStream(conn: Deno.TcpConn): Stream {
  conn.setNoDelay(true);
  return streamOf(conn);
}

function connectFailure(error: unknown): string {
  if (error instanceof Deno.errors.ConnectionRefused) {
    return "connection refused";
  }
  if (error instanceof Deno.errors.NotCapable) {
    return "the server has no permission for active mode; use PASV or EPSV";
  }
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return "no answer";
  }
  return "the host could not be reached";
}
