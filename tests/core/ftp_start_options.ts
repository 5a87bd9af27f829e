/**
 * How a session in memory begins.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import type { FileSystem } from "../../server/fs/file_system.ts";
import type { ListedAccount } from "../../server/ftp/accounts.ts";
import type { Observer } from "../../server/ftp/operations/observer.ts";
import type {
  Context,
  DataPorts,
  Ends,
  FtpPolicy,
} from "../../server/ftp/session.ts";
import type { SessionLimits } from "../../server/ftp/session_options.ts";
import type { FtpTls } from "../../server/ftp/tls.ts";
import type { Hello } from "./ftp_fake_tls.ts";
import type { ServerEnd } from "./ftp_memory_conn.ts";

/** Options for `startSession()`. */
export interface StartOptions {
  /** What the file system begins with. @default {} */
  files?: Record<string, string | Bytes | null>;
  /** Bytes the file system holds. @default {Infinity} */
  capacity?: number;
  /** What the accounts see of the file system. @default all of it, as it is */
  wrap?: (fs: FileSystem) => FileSystem;
  /** What differs from the usual policy. */
  policy?: Partial<FtpPolicy>;
  /** What differs from the usual limits. */
  limits?: Partial<SessionLimits>;
  /** Addresses. @default both 192.0.2.1 */
  ends?: Partial<Ends>;
  /** Whether the client connects to data ports by itself. @default {true} */
  connects?: boolean;
  /** Already aborted, or aborted later. @default never */
  stopping?: AbortSignal;
  /** Most bytes that one write to the control connection takes. */
  mostPerWrite?: number;
  /** How TLS is spoken, besides optionally. @default not at all */
  tls?: Partial<FtpTls>;
  /** The client begins with this handshake, before the greeting. */
  implicit?: Hello;
  /** What users demand of TLS, by name. @default what the server says */
  demands?: Record<string, ListedAccount["tls"]>;
  /** Watches the session. @default nobody does */
  observer?: Observer;
  /** Aborts when an administrator wants the session gone. @default never */
  kicked?: AbortSignal;
  /** What the server has of the control connection. @default its end */
  wrapControl?: (end: ServerEnd) => ServerEnd;
  /** What the server has of the data ports. @default them, as they are */
  wrapPorts?: (ports: DataPorts) => DataPorts;
  /** Who is there, for SITE WHO. @default nobody can tell */
  who?: Context["who"];
}
