/**
 * The plain data of one control connection, and what a command gets to work
 * with.
 *
 * @module
 */

import type { Sink, Source } from "../../lib/bytes.ts";
import { DEFAULT_FACTS, type Fact } from "../../lib/ftp/listing.ts";
import type { Log } from "../../lib/log.ts";
import type { Reply } from "../../lib/ftp/reply.ts";
import type { Account, Authenticate } from "./accounts.ts";
import type { DataPort, DataPorts } from "./data_connection.ts";
import type { VirtualHost } from "./accounts/hosts.ts";
import type { Gate } from "./limits/ledger.ts";
import type { SessionObserver, SessionView } from "./operations/observer.ts";
import { type Security, type TlsPolicy, unprotected } from "./tls.ts";

export {
  type DataConnection,
  type DataPort,
  DataPortError,
  type DataPorts,
  type PassivePort,
} from "./data_connection.ts";

/** The two ends of a control connection. */
export interface Ends {
  /** The client's address. */
  readonly remote: string;
  /** The server's address as the client reached it. */
  readonly local: string;
  /**
   * Address of this machine that the connection came to, where `local` is a
   * balancer's. @default {Ends.local}
   */
  readonly bound?: string | undefined;
}

/** What a command before this one is waiting for. */
export type Pending =
  | { for: "password"; user: string }
  | { for: "new-name"; path: string }
  | { for: "copy"; path: string };

/** Algorithms of HASH and its kin, as OPTS HASH names them. */
export type HashName = "SHA-256" | "SHA-512" | "SHA-1" | "MD5" | "CRC32";

/** Bytes of a file: from the first to the last, that one too. */
export interface ByteRange {
  /** Position of the first byte. */
  readonly first: number;
  /** Position of the last byte. */
  readonly last: number;
}

/** One control connection's state. */
export interface Session extends Ends {
  /** Number of the session, for logs. */
  readonly id: number;
  /** The virtual host that HOST chose. */
  host: VirtualHost | null;
  /** Who is logged in. */
  account: Account | null;
  /** The working directory. */
  directory: string;
  /** Representation type (RFC 959 section 3.1.1). */
  type: "ascii" | "binary";
  /** How data go over data connections (MODE): as they are, or deflated. */
  mode: "stream" | "deflate";
  /** How hard deflate works, 0 to 9 (OPTS MODE Z LEVEL), if chosen. */
  deflateLevel: number | null;
  /** What RANG chose for the next download or hash. */
  range: ByteRange | null;
  /** How HASH hashes (OPTS HASH). */
  hash: HashName;
  /** Milliseconds between commands that the client chose (SITE IDLE), if so. */
  idleTimeout: number | null;
  /** What USER, RNFR or SITE CPFR left for the next command. */
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
export function newSession(
  id: number,
  { remote, local, bound }: Ends,
): Session {
  return {
    id,
    remote,
    local,
    bound,
    host: null,
    account: null,
    directory: "/",
    type: "ascii",
    mode: "stream",
    deflateLevel: null,
    range: null,
    hash: "SHA-256",
    idleTimeout: null,
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
  session.account?.release?.();
  const { id, onlyExtended, failedLogins } = session;
  Object.assign(session, newSession(id, session), {
    onlyExtended,
    failedLogins,
  });
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

/** What a piece of work gets while it runs. */
export interface WorkContext {
  /** Aborts when the work must stop: ABOR, the end of the session. */
  readonly signal: AbortSignal;
  /** Tells that so many more bytes have been looked at. */
  count(bytes: number): void;
}

/**
 * Something that takes its time without a data connection, such as hashing a
 * file. Commands behind it wait, ABOR stops it, and no time-out counts.
 */
export interface Work {
  /** What is done, for logs and STAT: a verb and a path. */
  readonly verb: string;
  /** Virtual path of what it is about. */
  readonly path: string;
  /** Does it; what it throws becomes a reply as with any command. */
  work(context: WorkContext): Promise<Reply>;
}

/** What a command returns. */
export type Outcome = Reply | Transfer | Work | ControlChange;

/** A transfer while it runs. */
export interface RunningTransfer {
  /** What moves, or is being done. */
  readonly transfer: Transfer | Work;
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
  /** What HOST chooses. @default it is not offered */
  readonly hosts?: readonly VirtualHost[] | undefined;
  /** Hears of logins and failures. @default failures cost `loginDelay` */
  readonly gate?: Pick<Gate, "failed" | "succeeded"> | undefined;
  /** Most bytes that one HASH or its kin reads; 0 is none. @default no limit */
  readonly hashLimit?: number | undefined;
  /** How hard MODE Z works, 1 to 9; 0 is not offered. @default {6} */
  readonly deflateLevel?: number | undefined;
  /** Longest time in milliseconds that SITE IDLE gives. @default it gives none */
  readonly idleTimeout?: number | undefined;
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
  /** Watches the session. @default nobody does */
  readonly observer?: SessionObserver | undefined;
  /** Who is there, for SITE WHO. @default nobody can tell */
  readonly who?:
    | ((
      this: void,
    ) => Promise<readonly SessionView[]> | readonly SessionView[])
    | undefined;
  /** Where events are told. */
  readonly log: Log;
}

/** What a command that needs a login gets. */
export interface AccountContext extends Context {
  /** Who is logged in. */
  readonly account: Account;
}
