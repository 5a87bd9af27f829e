/**
 * What `ftpd` was told, as plain data that can be sent to a worker, and what
 * permissions it means.
 *
 * @module
 */

import { isLoopback } from "../../lib/net/ip.ts";
import { formatHostPort } from "../../lib/net/address.ts";
import type { HostPort } from "../../lib/host_port.ts";
import type { Grant } from "../warden/permissions.ts";
import type { ActiveReach, DataPortOptions } from "./data_port.ts";
import type { FtpOptions } from "./serve.ts";
import type { TlsDemand } from "./tls.ts";
import { tlsFiles, type TlsSettings } from "./tls_settings.ts";

/** One user of the server. */
export interface AccountSettings {
  /** Name for USER. */
  readonly name: string;
  /** Password, or `null` when any will do. */
  readonly password: string | null;
  /** Whether the user may change files. */
  readonly write: boolean;
  /** Folder of the operating system that is the user's root. */
  readonly root: string;
  /** Whether the user must use TLS. @default {TlsSettings.policy} */
  readonly tls?: TlsDemand;
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
  readonly data:
    & Omit<DataPortOptions, "hostnames" | "active">
    & { readonly active: ActiveReach };
  /** How sessions go. */
  readonly session: Omit<
    FtpOptions,
    "authenticate" | "dataPorts" | "log" | "tls"
  >;
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
}

/** Addresses of private networks (RFC 1918, 3927) that the runtime can scope. */
const LAN_BLOCKS = [
  "127.0.0.0/8",
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "169.254.0.0/16",
  "[::1]",
];

/**
 * Exactly what the server must be allowed to do, given its settings.
 *
 * @example
 * ```ts
 * import { grantsOf } from "./settings.ts";
 * const grants = grantsOf({
 *   listen: [{ hostname: "127.0.0.1", port: 2121 }],
 *   accounts: [
 *     { name: "anonymous", password: null, write: false, root: "/srv" },
 *   ],
 *   data: { active: "off" },
 * });
 * console.assert(
 *   grants.map(({ name, scope }) => `${name}=${scope}`).join() ===
 *     "read=/srv,net=127.0.0.1:2121,net=127.0.0.1:0",
 * );
 * ```
 */
export function grantsOf(settings: Needs): Grant[] {
  const { accounts, data, tls = null } = settings;
  const places = placesOf(settings);
  const hostnames = unique(places.map(({ hostname }) => hostname));
  const { first, last } = data.passivePorts ?? { first: 0, last: 0 };
  const ports = Array.from({ length: last - first + 1 }, (_, n) => first + n);
  const writable = accounts.filter(({ write }) => write);
  return [
    ...grants("read", "serving", accounts.map(({ root }) => root)),
    ...grants("write", "uploads", writable.map(({ root }) => root)),
    ...grants(
      "net",
      "serving",
      places.map(({ hostname, port }) => formatHostPort(hostname, port)),
    ),
    ...grants(
      "net",
      "passive mode",
      hostnames.flatMap((hostname) =>
        ports.map((port) => formatHostPort(hostname, port))
      ),
    ),
    ...grants("net", "active mode", activeScopes(data.active, hostnames)),
    ...grants("read", "certificates", tls === null ? [] : tlsFiles(tls))
      .map((grant): Grant => ({ ...grant, keeper: "warden" })),
  ];
}

/** What of the settings decides about permissions. */
export type Needs =
  & Pick<Settings, "listen" | "accounts" | "data">
  & Partial<Pick<Settings, "tls">>;

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

function grants(
  name: Grant["name"],
  feature: Grant["feature"],
  scopes: string[],
): Grant[] {
  return unique(scopes).map((scope) => ({ name, feature, scope }));
}

function activeScopes(active: ActiveReach, hostnames: string[]): string[] {
  if (active === "off") return [];
  if (active === "any") return ["*"];
  if (active === "lan") return LAN_BLOCKS;
  return unique(
    hostnames.map((host) => host.includes(":") ? "[::1]" : "127.0.0.0/8"),
  );
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

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
