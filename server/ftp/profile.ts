/**
 * What an account may do, as plain data: it can be read from a file and sent to
 * a worker.
 *
 * @module
 */

import type { FolderRule, Permission } from "../fs/rights.ts";
import type { TlsDemand } from "./tls.ts";

export type { FolderRule, Permission } from "../fs/rights.ts";
export { PERMISSIONS, READING } from "../fs/rights.ts";

/** A folder of the operating system that appears in an account's tree. */
export interface Mount {
  /** Virtual path where it appears, such as `/music`. */
  readonly at: string;
  /** Folder of the operating system. */
  readonly root: string;
  /** Whether it may be changed, as far as the account may. */
  readonly write: boolean;
}

/** Bytes a second, each way. */
export interface Rates {
  /** From the server to its clients. @default as fast as can be */
  readonly down?: number | undefined;
  /** From clients to the server. @default as fast as can be */
  readonly up?: number | undefined;
}

/** How much an account may hold. */
export interface Quota {
  /** Bytes of all files together. @default as many as there is room for */
  readonly bytes?: number | undefined;
  /** Number of files. @default as many as there is room for */
  readonly files?: number | undefined;
}

/** What is said of an account beyond its name, password and root. */
export interface Profile {
  /** Virtual path where sessions start. @default {"/"} */
  readonly start?: string | undefined;
  /** What may be done. @default all, or `list` and `read` without `write` */
  readonly permissions?: readonly Permission[] | undefined;
  /** Where something else may be done. @default nowhere */
  readonly rules?: readonly FolderRule[] | undefined;
  /** Whether files that are there may be replaced. @default {true} */
  readonly overwrite?: boolean | undefined;
  /** Other folders in the tree. @default none */
  readonly mounts?: readonly Mount[] | undefined;
  /** How much all files may take. @default no limit */
  readonly quota?: Quota | undefined;
  /** For all sessions of the account together. @default no limit */
  readonly accountRate?: Rates | undefined;
  /** For each session. @default no limit */
  readonly sessionRate?: Rates | undefined;
  /** For each transfer. @default no limit */
  readonly transferRate?: Rates | undefined;
  /** Bytes of the largest file. @default no limit */
  readonly maxFileSize?: number | undefined;
  /** Patterns of names that nothing may be given. @default none */
  readonly refuseNames?: readonly string[] | undefined;
  /** Addresses and blocks (CIDR) to come from. @default everywhere */
  readonly addresses?: readonly string[] | undefined;
  /** Sessions at a time. @default no limit */
  readonly maxSessions?: number | undefined;
  /** Whether TLS must be used. @default what the server says */
  readonly tls?: TlsDemand | undefined;
  /** Nobody logs in from then on: milliseconds since 1970. @default never */
  readonly expires?: number | undefined;
  /** What is said to who logs in; may have several lines. @default nothing */
  readonly greeting?: string | undefined;
  /** Whether SITE WHO tells about everybody. @default {false} */
  readonly admin?: boolean | undefined;
}
