/**
 * An FTP server for programs: the sessions of {@linkcode serveSession} on the
 * accept loop of {@linkcode serveTcp}.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { systemClock } from "../../lib/clock.ts";
import { createLog, type Log } from "../../lib/log.ts";
import {
  type ListenAddress,
  serveTcp,
  type ServeTcpOptions,
  type TcpContext,
  type TcpHandler,
  type TcpServer,
} from "../../lib/net/tcp.ts";
import { streamOf } from "../../lib/net/stream.ts";
import type { Authenticate, Credentials } from "./accounts.ts";
import { balancers } from "./balancers.ts";
import { breather } from "./breather.ts";
import { bufferPool } from "./buffers.ts";
import { serveSession } from "./connection.ts";
import {
  type DataPortChange,
  type DataPortOptions,
  socketDataPorts,
} from "./data_port.ts";
import type { VirtualHost } from "./accounts/hosts.ts";
import type { Gate } from "./limits/ledger.ts";
import { type Observer, watchedDoor } from "./operations/observer.ts";
import { turnAway } from "./limits/refusals.ts";
import type { Context, DataPorts } from "./session.ts";
import { type FtpTls, tlsPolicy } from "./tls.ts";

/** How an FTP server behaves. Times are in milliseconds. */
export interface FtpOptions {
  /** Lets people in. */
  authenticate: Authenticate;
  /** Where data connections come from. */
  dataPorts: DataPorts;
  /** Text of the greeting; may have several lines. @default {"Wharf FTP server ready."} */
  banner?: string;
  /** Whether TYPE A converts line ends. @default {true} */
  ascii?: boolean;
  /** Where names with a leading dot are shown: always, with `-a`, never. @default {"show"} */
  dotfiles?: "show" | "ls" | "hide";
  /** Failed logins that end a session. @default {3} */
  loginAttempts?: number;
  /** What a failed login costs, times the number of failures. @default {1000} */
  loginDelay?: number;
  /** Time to log in. @default {60000} */
  loginTimeout?: number;
  /** Time between commands. @default {300000} */
  idleTimeout?: number;
  /** Time in which some byte of a transfer must move. @default {300000} */
  dataTimeout?: number;
  /** How TLS is spoken. @default not at all */
  tls?: FtpTls | undefined;
  /** What HOST (RFC 7151) chooses. @default it is not offered */
  hosts?: readonly VirtualHost[] | undefined;
  /** Hears of logins and failures. @default failures cost `loginDelay` */
  gate?: Pick<Gate, "failed" | "succeeded"> | undefined;
  /** Time that a session may last; a transfer may still end. @default no limit */
  sessionTimeout?: number | undefined;
  /** Watches the server. @default nobody does */
  observer?: Observer | undefined;
  /** Who is there, for SITE WHO. @default nobody can tell */
  who?: Context["who"];
  /** Most bytes that one HASH or its kin reads; 0 is none. @default no limit */
  hashLimit?: number | undefined;
  /** Level of MODE Z, 1 to 9, until a client chooses; 0 is none. @default {6} */
  deflateLevel?: number | undefined;
  /** Numbers sessions. @default counts them from 1 */
  nextId?: (() => number) | undefined;
  /** Where events are told. @default nowhere */
  log?: Log;
}

/** What of {@linkcode FtpOptions} can change while a server runs. */
export type FtpChange = Omit<FtpOptions, "dataPorts" | "tls">;

/** A running FTP server. */
export interface FtpServer extends TcpServer {
  /**
   * Goes on with other options, completely: what is left out has its default.
   * Sessions that begin from now on go by them; log-ins do in every session.
   */
  change(options: FtpServerChange): void;
  /** Ends a session; `false` when there is none of this number. */
  kick(id: number): boolean;
}

/** What of {@linkcode ServeFtpOptions} can change while a server runs. */
export interface FtpServerChange extends FtpChange {
  /** As {@linkcode ServeFtpOptions.data}, but for the range of ports. */
  data?: DataPortChange | undefined;
  /** As {@linkcode ServeFtpOptions.proxyFrom}. */
  proxyFrom?: readonly string[] | undefined;
}

/** Options for {@linkcode serveFtp}. */
export interface ServeFtpOptions
  extends Omit<FtpOptions, "dataPorts">, ServeTcpOptions {
  /** How data connections are made. @default passive and LAN active mode */
  data?: Omit<DataPortOptions, "hostnames">;
  /**
   * Addresses and blocks (CIDR) of load balancers. Their connections begin with
   * a PROXY header, and are those of the clients it names. @default none
   */
  proxyFrom?: readonly string[] | undefined;
  /**
   * Where to listen for clients that begin with TLS at once; needs `tls`. The
   * server's `addresses` tell these behind those of `listen`. @default nowhere
   */
  implicit?: readonly ListenAddress[];
}

/**
 * Serves FTP until the signal aborts.
 *
 * @throws {ListenError} when an address can't be listened on.
 * @throws {TypeError} for `implicit` without `tls`.
 *
 * @example
 * ```ts
 * import { listedAccounts } from "./accounts.ts";
 * import { serveFtp } from "./serve.ts";
 * import { memoryFileSystem } from "../fs/memory.ts";
 *
 * const fs = memoryFileSystem({ "/hello.txt": "Hello!\n" });
 * await using server = await serveFtp({
 *   listen: [{ transport: "tcp", hostname: "127.0.0.1", port: 0 }],
 *   authenticate: listedAccounts([
 *     { name: "anonymous", password: null, write: false, fs },
 *   ]),
 * });
 * console.assert(server.addresses.length === 1);
 * ```
 */
export async function serveFtp(options: ServeFtpOptions): Promise<FtpServer> {
  const { log, implicit = [] } = options;
  if (implicit.length > 0 && options.tls === undefined) {
    throw new TypeError("Cannot listen for implicit TLS without tls");
  }
  const listen = [...options.listen, ...implicit];
  const hostnames = listen.flatMap((address) =>
    address.transport === "tcp" ? address.hostname : []
  );
  const dataPorts = socketDataPorts({ ...options.data, hostnames });
  const proxies = balancers(options.proxyFrom ?? [], log);
  const isImplicit = ({ listener }: TcpContext) =>
    listener >= options.listen.length;
  const handler = ftpHandler({ ...options, dataPorts, isImplicit });
  const server = await serveTcp(handler, {
    onError: (error, what) =>
      log?.error("connection-error", {
        what,
        reason: error instanceof Error ? error.stack : String(error),
      }),
    onRefused: turnAway({ log, isImplicit }),
    identify: proxies.identify,
    ...options,
    ...watchedDoor(options),
    listen,
  });
  server.finished.then(dataPorts.close);
  return Object.assign(server, {
    kick: handler.kick,
    change(changed: FtpServerChange): void {
      dataPorts.change(changed.data ?? {});
      proxies.change(changed.proxyFrom ?? []);
      handler.change(changed);
    },
  });
}

/** Options for {@linkcode ftpHandler}. */
export interface FtpHandlerOptions extends FtpOptions {
  /** Whether the client of a connection begins with TLS. @default never */
  isImplicit?(context: TcpContext): boolean;
}

/** A handler whose options can change. */
export interface FtpHandler extends TcpHandler {
  /** As {@linkcode FtpServer.change}. */
  readonly change: (this: void, options: FtpChange) => void;
  /** As {@linkcode FtpServer.kick}. */
  readonly kick: (this: void, id: number) => boolean;
}

/**
 * FTP as a handler for {@linkcode serveTcp}.
 *
 * @throws {RangeError} when the rate of handshakes makes no sense.
 */
export function ftpHandler(options: FtpHandlerOptions): FtpHandler {
  const { dataPorts, isImplicit } = options;
  const memory = { buffers: bufferPool(), breather: breather() };
  const tls = options.tls && tlsPolicy(options.tls);
  let newest: FtpChange = options;
  const authenticate: Authenticate = Object.assign(
    (credentials: Credentials) => newest.authenticate(credentials),
    {
      demand: (user: string, host?: string) =>
        newest.authenticate.demand?.(user, host),
    },
  );
  const settle = () => ({
    policy: { ...policyOf(newest), authenticate, dataPorts, tls },
    limits: { ...timesOf(newest), ...memory },
  });
  let now = settle();
  const inside = new Map<number, () => void>();
  async function handle(conn: Deno.Conn, context: TcpContext): Promise<void> {
    const { peer, local, carrier, stopping } = context;
    const id = newest.nextId?.() ?? context.id;
    const session = { session: id, address: peer.hostname };
    const log = (newest.log ?? SILENT).with(session);
    const began = performance.now();
    log.info("connected", { port: peer.port, via: carrier?.peer.hostname });
    const end = await serveSession(streamOf(conn), {
      id,
      remote: peer.hostname,
      local: local.hostname,
      bound: carrier?.local.hostname,
      policy: now.policy,
      limits: now.limits,
      implicit: isImplicit?.(context) ?? false,
      stopping,
      kickable: (kick) => inside.set(id, kick),
      observer: newest.observer,
      who: newest.who,
      turn,
      log,
    }).finally(() => inside.delete(id));
    const seconds = Math.round(performance.now() - began) / 1000;
    log.info("disconnected", { seconds, ...end });
  }
  return Object.assign(handle, {
    kick(id: number) {
      inside.get(id)?.();
      return inside.has(id);
    },
    change(options: FtpChange) {
      newest = options;
      now = settle();
    },
  });
}

/** What commands need to know, as far as it can change. */
function policyOf(options: FtpChange) {
  return {
    banner: options.banner ?? "Wharf FTP server ready.",
    hosts: options.hosts,
    gate: options.gate,
    ascii: options.ascii ?? true,
    dotfiles: options.dotfiles ?? "show",
    loginAttempts: options.loginAttempts ?? 3,
    loginDelay: options.loginDelay ?? 1000,
    idleTimeout: options.idleTimeout ?? 300_000,
    hashLimit: options.hashLimit,
    deflateLevel: options.deflateLevel,
    now: () => Date.now(),
    sleep: systemClock.sleep,
  };
}

function timesOf(options: FtpChange) {
  return {
    loginTimeout: options.loginTimeout ?? 60_000,
    idleTimeout: options.idleTimeout ?? 300_000,
    dataTimeout: options.dataTimeout ?? 300_000,
    sessionTimeout: options.sessionTimeout,
  };
}

const SILENT = createLog({ format: "text", write: () => {} });

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => resolve()));
}
