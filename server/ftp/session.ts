/**
 * The plain data of one control connection, and what a command gets to work
 * with.
 *
 * @module
 */

import type { Bytes, Sink, Source } from "../../lib/bytes.ts";
import { DEFAULT_FACTS, type Fact } from "../../lib/ftp/listing.ts";
import type { HostPort } from "../../lib/host_port.ts";
import type { Log } from "../../lib/log.ts";
import type { Reply } from "../../lib/ftp/reply.ts";
import type { TlsFacts } from "../../lib/net/tls/stream.ts";
import type { Account, Authenticate } from "./accounts.ts";
import { type Security, type TlsPolicy, unprotected } from "./tls.ts";

/** The two ends of a control connection. */
export interface Ends {
  /** The client's address. */
  readonly remote: string;
  /** The server's address as the client reached it. */
  readonly local: string;
}

/** What a command before this one is waiting for. */
export type Pending =
  | { for: "password"; user: string }
  | { for: "new-name"; path: string };

/** One control connection's state. */
export interface Session extends Ends {
  /** Number of the session, for logs. */
  readonly id: number;
  /** Who is logged in. */
  account: Account | null;
  /** The working directory. */
  directory: string;
  /** Representation type (RFC 959 section 3.1.1). */
  type: "ascii" | "binary";
  /** What USER or RNFR left for the next command. */
  pending: Pending | null;
  /** Where the next transfer starts (REST), in bytes. */
  restart: number;
  /** How the next data connection will be made. */
  dataPort: DataPort | null;
  /** After `EPSV ALL` nothing else makes data ports (RFC 2428 section 4). */
  onlyExtended: boolean;
  /** Facts that MLST and MLSD tell. */
  facts: readonly Fact[];
  /** Permission bits that uploads do not get (SITE UMASK), if chosen. */
  umask: number | null;
  /** Failed logins so far. */
  failedLogins: number;
  /** What TLS protects. */
  security: Security;
}

/** A new session's state. */
export function newSession(id: number, { remote, local }: Ends): Session {
  return {
    id,
    remote,
    local,
    account: null,
    directory: "/",
    type: "ascii",
    pending: null,
    restart: 0,
    dataPort: null,
    onlyExtended: false,
    facts: DEFAULT_FACTS,
    umask: null,
    failedLogins: 0,
    security: unprotected(),
  };
}

/**
 * Forgets the user and everything they chose (REIN, RFC 959 section 4.1.1; AUTH,
 * RFC 2228 section 3: nothing that was said unprotected counts afterwards).
 */
export function resetSession(session: Session): void {
  session.dataPort?.close();
  const { id, onlyExtended, failedLogins } = session;
  Object.assign(session, newSession(id, session), {
    onlyExtended,
    failedLogins,
  });
}

/** A connection that bytes of a transfer go over. */
export interface DataConnection {
  /** Reads like `Deno.Conn`. */
  read(buffer: Bytes): Promise<number | null>;
  /** Writes like `Deno.Conn`. */
  write(bytes: Bytes): Promise<number>;
  /** Ends the connection; what was written is still delivered. */
  close(): void;
  /** How TLS protects it, where it does. */
  readonly facts?: TlsFacts | undefined;
  /**
   * Tells the client, where that can be told (TLS's close_notify), that it has
   * got everything, or that everything has been taken from it; rejects when
   * not everything could be sent. Only `close` comes afterwards.
   */
  finish?(this: void): Promise<void>;
}

/** How the next data connection will be made: passive or active. */
export interface DataPort {
  /**
   * The connection. Rejects with {@linkcode DataPortError} when there will be
   * none, or with the signal's reason.
   */
  open(signal: AbortSignal): Promise<DataConnection>;
  /** Gives the port up, and a connection that nobody opened. */
  close(): void;
}

/** A data port that waits for the client. */
export interface PassivePort extends DataPort {
  /** Where the client connects to. */
  readonly port: number;
}

/** No data connection, or not as it must be; the reply says why. */
export class DataPortError extends Error {
  /** What the client is told. */
  readonly reply: Reply;

  /** Takes the reply. */
  constructor(reply: Reply, options?: ErrorOptions) {
    super(reply.lines[0], options);
    this.name = "DataPortError";
    this.reply = reply;
  }
}

/** Makes data ports; the place where a server's sockets come from. */
export interface DataPorts {
  /**
   * Starts to wait for `ends.remote`.
   *
   * @throws {DataPortError} when no port is free.
   */
  passive(ends: Ends): PassivePort | Promise<PassivePort>;
  /**
   * Will connect to `target` when the transfer starts.
   *
   * @throws {DataPortError} when the server does not connect to such places.
   */
  active(target: HostPort, ends: Ends): DataPort;
  /** IPv4 address that PASV shows, when it is not the local one. */
  readonly passiveAddress?: string | undefined;
}

/** Bytes that a command wants moved over a data connection. */
export interface Transfer {
  /** Where the bytes come from, or go to. */
  readonly end: { send: Source } | { receive: Sink };
  /** What moves, for logs and STAT: a verb and a path. */
  readonly verb: string;
  /** Virtual path of the file or folder. */
  readonly path: string;
  /** Text of the reply with code 150. */
  readonly opening: string;
  /** Text of the reply with code 226. */
  readonly done: string;
}

/** A reply behind which the control connection changes. */
export interface ControlChange {
  /** The reply, the last one that goes out as before. */
  readonly reply: Reply;
  /** Whether TLS begins or ends. */
  readonly to: "tls" | "plain";
}

/** What a command returns. */
export type Outcome = Reply | Transfer | ControlChange;

/** A transfer while it runs. */
export interface RunningTransfer {
  /** What moves. */
  readonly transfer: Transfer;
  /** Bytes so far. */
  readonly bytes: number;
}

/** What of a server's set-up commands need to know. */
export interface FtpPolicy {
  /** Lets people in. */
  readonly authenticate: Authenticate;
  /** Makes data ports. */
  readonly dataPorts: DataPorts;
  /** Text of the greeting. */
  readonly banner: string;
  /** Whether TYPE A converts line ends. */
  readonly ascii: boolean;
  /** Where names that begin with a dot are shown. */
  readonly dotfiles: "show" | "ls" | "hide";
  /** Failed logins that end a session. */
  readonly loginAttempts: number;
  /** Milliseconds that a failed login costs, times the number of failures. */
  readonly loginDelay: number;
  /** How TLS is spoken. @default not at all */
  readonly tls?: TlsPolicy | undefined;
  /** The time, in milliseconds since 1970. */
  now(): number;
  /** Waits; rejects when the signal aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** What a command gets. */
export interface Context {
  /** The session's data. */
  readonly session: Session;
  /** The server's set-up. */
  readonly policy: FtpPolicy;
  /** The transfer that is under way. */
  readonly running: RunningTransfer | null;
  /** Whether this ABOR has just stopped a transfer. */
  readonly stopped: boolean;
  /**
   * Whether the client's next command is being read already, because it did not
   * wait for a transfer's end: the control connection cannot change then.
   */
  readonly readsOn: boolean;
  /** Aborts when the session ends. */
  readonly signal: AbortSignal;
  /** Where events are told. */
  readonly log: Log;
}

/** What a command that needs a login gets. */
export interface AccountContext extends Context {
  /** Who is logged in. */
  readonly account: Account;
}
