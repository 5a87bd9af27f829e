/**
 * An FTP server for programs: the sessions of {@linkcode serveSession} on the
 * accept loop of {@linkcode serveTcp}.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { writeAll } from "../../lib/bytes.ts";
import { systemClock } from "../../lib/clock.ts";
import { formatReply, type Reply, reply } from "../../lib/ftp/reply.ts";
import { createLog, type Log } from "../../lib/log.ts";
import type { Refusal } from "../../lib/net/admission.ts";
import {
  type ListenAddress,
  serveTcp,
  type ServeTcpOptions,
  type TcpContext,
  type TcpHandler,
  type TcpServer,
} from "../../lib/net/tcp.ts";
import { streamOf } from "../../lib/net/stream.ts";
import type { Authenticate } from "./accounts.ts";
import { bufferPool } from "./buffers.ts";
import { serveSession } from "./connection.ts";
import { type DataPortOptions, socketDataPorts } from "./data_port.ts";
import type { DataPorts } from "./session.ts";
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
  /** Where events are told. @default nowhere */
  log?: Log;
}

/** Options for {@linkcode serveFtp}. */
export interface ServeFtpOptions
  extends Omit<FtpOptions, "dataPorts">, ServeTcpOptions {
  /** How data connections are made. @default passive and LAN active mode */
  data?: Omit<DataPortOptions, "hostnames">;
  /**
   * Where to listen for clients that begin with TLS at once; needs `tls`. The
   * server's `addresses` tell these behind those of `listen`. @default nowhere
   */
  implicit?: readonly ListenAddress[];
}

const REFUSALS: Record<Refusal, Reply> = {
  "too-many": reply(
    421,
    "Too many connections. Service temporarily unavailable.",
  ),
  "too-many-from-address": reply(
    421,
    "Too many connections from the same IP address.",
  ),
  "too-often": reply(
    421,
    "Too many connections in a short time, please try again later.",
  ),
  "denied": reply(421, "Connections from your address are not allowed."),
};

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
export async function serveFtp(options: ServeFtpOptions): Promise<TcpServer> {
  const { log, implicit = [] } = options;
  if (implicit.length > 0 && options.tls === undefined) {
    throw new TypeError("Cannot listen for implicit TLS without tls");
  }
  const listen = [...options.listen, ...implicit];
  const hostnames = listen.flatMap((address) =>
    address.transport === "tcp" ? address.hostname : []
  );
  const dataPorts = socketDataPorts({ ...options.data, hostnames });
  const isImplicit = ({ listener }: TcpContext) =>
    listener >= options.listen.length;
  return await serveTcp(ftpHandler({ ...options, dataPorts, isImplicit }), {
    onError: (error, what) =>
      log?.error("connection-error", {
        what,
        reason: error instanceof Error ? error.stack : String(error),
      }),
    onRefused: async (conn, refusal, context) => {
      const { hostname: address } = context.peer;
      log?.warn("refused", { address, reason: refusal });
      // Plain text would mean nothing where TLS comes first.
      if (isImplicit(context)) return;
      await writeAll(conn, formatReply(REFUSALS[refusal]));
    },
    ...options,
    listen,
  });
}

/** Options for {@linkcode ftpHandler}. */
export interface FtpHandlerOptions extends FtpOptions {
  /** Whether the client of a connection begins with TLS. @default never */
  isImplicit?(context: TcpContext): boolean;
}

/**
 * FTP as a handler for {@linkcode serveTcp}.
 *
 * @throws {RangeError} when the rate of handshakes makes no sense.
 */
export function ftpHandler(options: FtpHandlerOptions): TcpHandler {
  const buffers = bufferPool();
  const policy = {
    authenticate: options.authenticate,
    dataPorts: options.dataPorts,
    banner: options.banner ?? "Wharf FTP server ready.",
    ascii: options.ascii ?? true,
    dotfiles: options.dotfiles ?? "show",
    loginAttempts: options.loginAttempts ?? 3,
    loginDelay: options.loginDelay ?? 1000,
    tls: options.tls && tlsPolicy(options.tls),
    now: () => Date.now(),
    sleep: systemClock.sleep,
  };
  const limits = {
    loginTimeout: options.loginTimeout ?? 60_000,
    idleTimeout: options.idleTimeout ?? 300_000,
    dataTimeout: options.dataTimeout ?? 300_000,
    buffers,
  };
  return async (conn, context) => {
    const { id, peer, local, stopping } = context;
    const session = { session: id, address: peer.hostname };
    const log = (options.log ?? SILENT).with(session);
    const began = performance.now();
    log.info("connected", { port: peer.port });
    await serveSession(streamOf(conn), {
      id,
      remote: peer.hostname,
      local: local.hostname,
      policy,
      limits,
      implicit: options.isImplicit?.(context) ?? false,
      stopping,
      turn,
      log,
    });
    const seconds = Math.round(performance.now() - began) / 1000;
    log.info("disconnected", { seconds });
  };
}

const SILENT = createLog({ format: "text", write: () => {} });

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => resolve()));
}
