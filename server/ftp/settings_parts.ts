/**
 * Parts of `ftpd`'s settings that are absent when nobody asked for them: limits,
 * accounts from elsewhere, logs, metrics, hooks, hosts. Plain data, all of it.
 *
 * @module
 */

import type { Rates } from "./profile.ts";
import type { AccountSettings } from "./settings.ts";
import type { TlsDemand } from "./tls.ts";

/** When an address is turned away for a while. Times in milliseconds. */
export interface BanSettings {
  /** Failed logins that it takes. */
  readonly failures: number;
  /** Time in which they must happen. */
  readonly within: number;
  /** How long it lasts. */
  readonly duration: number;
}

/** Limits that hold across all workers. Times are in milliseconds. */
export interface LimitSettings {
  /** New connections a second. @default no limit */
  readonly connectionsPerSecond?: number;
  /** New connections a second from one address. @default no limit */
  readonly connectionsPerSecondPerAddress?: number;
  /** The longest that a failed login costs. @default {10000} */
  readonly loginDelayMax?: number;
  /** When an address is turned away for a while. @default never */
  readonly ban?: BanSettings;
  /** Bytes a second of all sessions together. @default no limit */
  readonly serverRate?: Rates;
  /** Bytes that uploads leave free on their disk. @default {0} */
  readonly keepFree?: number;
}

/** Accounts that an HTTP endpoint knows. Times are in milliseconds. */
export interface AuthSettings {
  /** Where it is asked. */
  readonly url: string;
  /** Value of the request's `Authorization` header. @default none */
  readonly authorization?: string;
  /** Folder that the roots of all its accounts are in. */
  readonly root: string;
  /** How long an answer may take. */
  readonly timeout: number;
  /** How long a refusal is remembered; 0 for not at all. */
  readonly cache: number;
}

/** Log files; all are opened by the warden. */
export interface LogSettings {
  /** File of the log. @default standard error */
  readonly file?: string;
  /** File of transfers in the form that wu-ftpd introduced. @default none */
  readonly xferlog?: string;
  /** Bytes at which a file is renamed, or once a day. @default never */
  readonly rotate?: number | "daily";
  /** How many renamed files are kept. */
  readonly keep: number;
}

/** What a hook may be told of. */
export type HookEvent =
  | "upload"
  | "download"
  | "login"
  | "login-failed"
  | "ban"
  | "delete"
  | "rename"
  | "mkdir"
  | "rmdir";

/** Every {@linkcode HookEvent}. */
export const HOOK_EVENTS: readonly HookEvent[] = [
  "upload",
  "download",
  "login",
  "login-failed",
  "ban",
  "delete",
  "rename",
  "mkdir",
  "rmdir",
];

/** Somebody who is told of events. Times are in milliseconds. */
export interface HookSettings {
  /** Of which. */
  readonly on: readonly HookEvent[];
  /** Only of these accounts (patterns of names). @default all */
  readonly accounts?: readonly string[];
  /** Only of these virtual paths (patterns, `*` also for `/`). @default all */
  readonly paths?: readonly string[];
  /** Where an HTTP request goes. @default nowhere */
  readonly url?: string;
  /** Named pipe (or file) that gets a JSON line. @default none */
  readonly pipe?: string;
  /** Value of the request's `Authorization` header. @default none */
  readonly authorization?: string;
  /** How long one try may take. */
  readonly timeout: number;
  /** How often it is tried again. */
  readonly retries: number;
}

/** What HOST (RFC 7151) chooses. */
export interface HostSettings {
  /** Its names, in lower case; the first is what logs say. */
  readonly names: readonly string[];
  /** Its greeting. @default the server's */
  readonly banner?: string;
  /** Who must use TLS there. @default what the server says */
  readonly tls?: TlsDemand;
  /** Who may come in there, completely. @default the server's accounts */
  readonly accounts?: readonly AccountSettings[];
}

/** Who stands between clients and the server. */
export interface ProxySettings {
  /** Addresses and blocks (CIDR) that must send a PROXY header first. */
  readonly from: readonly string[];
}

/** An address for PASV that clients of one network are told. */
export interface PassiveAddressRule {
  /** Block of clients' addresses (CIDR). */
  readonly network: string;
  /** IPv4 address, or a name until the warden has looked it up. */
  readonly address: string;
}

/** How settings change while the server runs. */
export interface ReloadSettings {
  /** Files that the settings came from. */
  readonly files: readonly string[];
  /** Whether the files are looked at again and again. */
  readonly watch: boolean;
}
