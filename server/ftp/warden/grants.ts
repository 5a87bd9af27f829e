/**
 * What `ftpd` must be allowed to do, given its settings.
 *
 * @module
 */

import { formatHostPort } from "../../../lib/net/address.ts";
import type { Grant } from "../../warden/permissions.ts";
import type { ActiveReach } from "../data_port.ts";
import { everyAccount, foldersOf } from "./folders.ts";
import { operationGrants } from "../operations/grants.ts";
import { placeOf } from "../operations/web_target.ts";
import { type AccountSettings, placesOf, type Settings } from "../settings.ts";
import { tlsFiles } from "../tls/settings.ts";

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
 * import { grantsOf } from "./grants.ts";
 * const grants = grantsOf({
 *   listen: [{ hostname: "127.0.0.1", port: 2121 }],
 *   accounts: [
 *     { name: "anonymous", password: null, write: false, root: "/srv" },
 *   ],
 *   data: { active: "off" },
 * });
 * console.assert(
 *   grants.map(({ name, scope }) => `${name}=${scope}`).join() ===
 *     "read=/srv,net=127.0.0.1:2121,net=127.0.0.1:0,sys=statfs",
 * );
 * ```
 */
export function grantsOf(settings: Needs): Grant[] {
  const { data, limits } = settings;
  const places = placesOf(settings);
  const hostnames = unique(places.map(({ hostname }) => hostname));
  return [
    ...folderGrants(settings),
    ...grants(
      "net",
      "serving",
      places.map(({ hostname, port }) => formatHostPort(hostname, port)),
    ),
    ...grants("net", "passive mode", passiveScopes(data, hostnames)),
    ...grants("net", "active mode", activeScopes(data.active, hostnames)),
    {
      name: "sys",
      scope: "statfs",
      feature: "free space",
      // AVBL can do without; what uploads must leave free cannot.
      ...(limits?.keepFree === undefined ? { isSpare: true } : {}),
    },
    ...wardenGrants(settings),
  ];
}

/** What of the settings decides about permissions. */
export type Needs =
  & Pick<Settings, "listen" | "accounts" | "data">
  & Partial<
    Pick<
      Settings,
      | "tls"
      | "hosts"
      | "auth"
      | "limits"
      | "logs"
      | "metrics"
      | "hooks"
      | "control"
      | "reload"
    >
  >;

/** The folders of all accounts, and of those that somebody else knows. */
function folderGrants(settings: Needs): Grant[] {
  const accounts = everyAccount(settings);
  const folders = accounts.flatMap(foldersOf);
  const writable = [
    ...accounts.filter(changesRoot).map(({ root }) => ({ root, write: true })),
    ...accounts.flatMap((account) => foldersOf(account).slice(1)),
  ].filter(({ write }) => write);
  const others = settings.auth === undefined ? [] : [settings.auth.root];
  return [
    ...grants("read", "serving", [
      ...folders.map(({ root }) => root),
      ...others,
    ]),
    ...grants("write", "uploads", [
      ...writable.map(({ root }) => root),
      ...others,
    ]),
  ];
}

/** Whether an account may change anything that is not in a mount. */
function changesRoot(
  { write, permissions, rules = [], mounts = [] }: AccountSettings,
): boolean {
  const own = rules.filter(({ path }) =>
    !mounts.some(({ at }) => path === at || path.startsWith(`${at}/`))
  );
  const all = [permissions, ...own.map(({ permissions }) => permissions)];
  return write &&
    all.some((each) =>
      each === undefined || each.some((one) => one !== "list" && one !== "read")
    );
}

function passiveScopes(
  { passivePorts }: Needs["data"],
  hostnames: readonly string[],
): string[] {
  const { first, last } = passivePorts ?? { first: 0, last: 0 };
  const ports = Array.from({ length: last - first + 1 }, (_, n) => first + n);
  return hostnames.flatMap((hostname) =>
    ports.map((port) => formatHostPort(hostname, port))
  );
}

/** What no worker gets. */
function wardenGrants(settings: Needs): Grant[] {
  const { tls = null, auth, control, reload } = settings;
  const sockets = control === undefined ? [] : [control];
  return [
    ...grants("read", "certificates", tls === null ? [] : tlsFiles(tls)),
    ...grants("read", "configuration", reload?.files ?? []),
    ...grants("net", "authentication", auth ? [placeOf(auth.url)] : []),
    ...grants("read", "control", sockets),
    ...grants("write", "control", sockets),
    ...operationGrants(settings),
  ].map((grant): Grant => ({ ...grant, keeper: "warden" }));
}

function grants(
  name: Grant["name"],
  feature: Grant["feature"],
  scopes: readonly string[],
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

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
