/**
 * What `ftpd` was told, as plain data that can be sent to a worker.
 *
 * @module
 */

import { isLoopback } from "../../lib/net/ip.ts";
import type { HostPort } from "../../lib/host_port.ts";
import type { ActiveReach, DataPortOptions } from "./data_port.ts";
import type { Profile } from "./profile.ts";
import type { FtpOptions } from "./serve.ts";
import type {
  AuthSettings,
  HookSettings,
  HostSettings,
  LimitSettings,
  LogSettings,
  PassiveAddressRule,
  ProxySettings,
  ReloadSettings,
} from "./settings_parts.ts";
import type { TlsSettings } from "./tls/settings.ts";

export { grantsOf, type Needs } from "./warden/grants.ts";

/** One user of the server. */
export interface AccountSettings extends Profile {
  /** Name for USER. */
  readonly name: string;
  /** Password, or `null` when any will do. */
  readonly password: string | null;
  /** Whether the user may change files. */
  readonly write: boolean;
  /** Folder of the operating system that is the user's root. */
  readonly root: string;
  /**
   * The password's hash, where only that is known; only the registrar gets it.
   *
   * @default none
   */
  readonly hash?: string | undefined;
}

/** How data connections are made, as plain data. */
export interface DataSettings
  extends Omit<DataPortOptions, "hostnames" | "active"> {
  /** Where active mode may connect to. */
  readonly active: ActiveReach;
  /** What PASV shows to clients of some networks. @default {[]} */
  readonly passiveAddresses?: readonly PassiveAddressRule[] | undefined;
  /** Whether sessions share the passive ports. @default {false} */
  readonly sharePassive?: boolean | undefined;
  /** Who sends a PROXY header on data connections (CIDR). @default {[]} */
  readonly proxyFrom?: readonly string[] | undefined;
}

/** How sessions go, as plain data. Times are in milliseconds. */
export interface SessionSettings extends
  Pick<
    FtpOptions,
    | "banner"
    | "ascii"
    | "dotfiles"
    | "loginAttempts"
    | "loginDelay"
    | "loginTimeout"
    | "idleTimeout"
    | "dataTimeout"
  > {
  /** How long a session may last. @default no limit */
  readonly sessionTimeout?: number | undefined;
  /**
   * Bytes of the largest file that checksums are made of; 0 for none.
   *
   * @default no limit
   */
  readonly hashLimit?: number | undefined;
  /** Level of MODE Z until a client chooses; 0 for no MODE Z. @default {6} */
  readonly deflateLevel?: number | undefined;
}

/** Everything that `ftpd` was told. Times are in milliseconds. */
export interface Settings {
  /** Where to listen, for connections that begin in plain text. */
  readonly listen: readonly HostPort[];
  /** How to speak TLS; `null` when it is not offered. */
  readonly tls: TlsSettings | null;
  /** Who may come in. */
  readonly accounts: readonly AccountSettings[];
  /** How data connections are made. */
  readonly data: DataSettings;
  /** How sessions go. */
  readonly session: SessionSettings;
  /** Sessions at a time, in all workers. */
  readonly maxSessions: number;
  /** Sessions at a time from one address. */
  readonly maxPerAddress: number;
  /** Threads that serve. */
  readonly workers: number;
  /** Time for transfers to end when the server stops. */
  readonly grace: number;
  /** How the log looks. */
  readonly log: { readonly format: "text" | "json"; readonly quiet: boolean };
  /** Further limits. @default none */
  readonly limits?: LimitSettings | undefined;
  /**
   * What an account that is not in `accounts` gets where nothing else is said
   * of it; those in `accounts` have it already. @default {{}}
   */
  readonly defaults?: Profile | undefined;
  /** Accounts that an HTTP endpoint knows. @default none */
  readonly auth?: AuthSettings | undefined;
  /** What HOST chooses. @default {[]} */
  readonly hosts?: readonly HostSettings[] | undefined;
  /** Log files. @default the standard error */
  readonly logs?: LogSettings | undefined;
  /** Where metrics are served. @default nowhere */
  readonly metrics?: HostPort | undefined;
  /** Path of the control socket. @default none */
  readonly control?: string | undefined;
  /** Who is told of events. @default {[]} */
  readonly hooks?: readonly HookSettings[] | undefined;
  /** Who stands between clients and the server. @default nobody */
  readonly proxy?: ProxySettings | undefined;
  /** Where the settings came from. @default the command line alone */
  readonly reload?: ReloadSettings | undefined;
}

/**
 * Every place to listen on: those that begin in plain text, then those that
 * begin with TLS. Bound addresses have the same order.
 */
export function placesOf(
  { listen, tls }: Pick<Settings, "listen"> & Partial<Pick<Settings, "tls">>,
): HostPort[] {
  return [...listen, ...tls?.implicit ?? []];
}

/** The same settings with other places: as many as {@linkcode placesOf} has. */
export function atPlaces(
  settings: Settings,
  places: readonly HostPort[],
): Settings {
  const { listen, tls } = settings;
  return {
    ...settings,
    listen: places.slice(0, listen.length),
    tls: tls && { ...tls, implicit: places.slice(listen.length) },
  };
}

/**
 * How far active mode needs to reach: clients of a server that listens on
 * this machine's loopback only are on this machine.
 */
export function activeReach(
  asked: "lan" | "any" | "off",
  listen: readonly HostPort[],
  foreignData: boolean,
): ActiveReach {
  const local = listen.every(({ hostname }) => isLoopback(hostname));
  return asked === "lan" && local && !foreignData ? "loopback" : asked;
}
