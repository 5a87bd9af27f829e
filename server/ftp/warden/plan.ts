/**
 * How one plan follows another: which workers can go on, and where they listen.
 *
 * @module
 */

import type { HostPort } from "../../../lib/host_port.ts";
import type { WorkerPermissions } from "../../warden/permissions.ts";
import { foldersOf } from "./folders.ts";
import {
  type AccountSettings,
  atPlaces,
  placesOf,
  type Settings,
} from "../settings.ts";
import type { Plan } from "./generation.ts";

/** What can change without new workers: for them, or in the warden alone. */
const LIVE = [
  "accounts",
  "hosts",
  "defaults",
  "auth",
  "session",
  "limits",
  "maxSessions",
  "maxPerAddress",
  "proxy",
  "log",
  "logs",
  "hooks",
  "metrics",
  "control",
  "reload",
] as const satisfies readonly (keyof Settings)[];

/** What of the way data connections are made can change. */
const LIVE_DATA = [
  "passiveAddress",
  "passiveAddresses",
  "passiveTimeout",
  "foreignData",
] as const satisfies readonly (keyof Settings["data"])[];

/**
 * Whether workers of one plan can go on with another: it means the same
 * permissions and the same places.
 *
 * @example
 * ```ts
 * import { readRequest } from "../options.ts";
 * import { canGoOn } from "./plan.ts";
 * const plan = (...args: string[]) => ({
 *   settings: readRequest([...args, "/srv"], { lack: null }).settings,
 *   permissions: { read: ["/srv"] },
 * });
 * console.assert(canGoOn(plan(), plan("--banner", "Hello")));
 * console.assert(!canGoOn(plan(), plan("--workers", "2")));
 * ```
 */
export function canGoOn(before: Plan, after: Plan): boolean {
  return JSON.stringify(fixedParts(before)) ===
    JSON.stringify(fixedParts(after));
}

function fixedParts({ settings, permissions }: Plan): unknown {
  const data = without(settings.data, LIVE_DATA);
  return [permissions, { ...without(settings, LIVE), data }];
}

function without<T extends object>(
  whole: T,
  names: readonly (keyof T & string)[],
): Partial<T> {
  const left = Object.entries(whole)
    .filter(([name]) => !(names as readonly string[]).includes(name));
  // The order in which things were said means nothing.
  return Object.fromEntries(left.sort(([a], [b]) => a < b ? -1 : 1)) as Partial<
    T
  >;
}

/**
 * The same settings, where places that were asked for before are where they
 * came to be: port 0 keeps its number.
 *
 * @param asked Where the server was told to listen.
 * @param bound Where it listens, in the same order.
 */
export function keepPlaces(
  settings: Settings,
  asked: readonly HostPort[],
  bound: readonly HostPort[],
): Settings {
  const left = asked.map((place, at) => ({ place, bound: bound[at] }));
  const places = placesOf(settings).map((wanted) => {
    const at = left.findIndex(({ place }) => samePlace(place, wanted));
    const [found] = at < 0 ? [] : left.splice(at, 1);
    return found?.bound ?? wanted;
  });
  return atPlaces(settings, places);
}

/** The places among `wanted` that are not among `held`. */
export function newPlaces(
  wanted: readonly HostPort[],
  held: readonly HostPort[],
): HostPort[] {
  return wanted.filter((place) => !held.some((has) => samePlace(place, has)));
}

function samePlace(a: HostPort, b: HostPort): boolean {
  return a.hostname === b.hostname && a.port === b.port;
}

/**
 * What workers that end only what they have begun get of newer settings: the
 * accounts whose folders they may touch. Who was taken off the list is gone
 * there, too.
 */
export function asFarAsAllowed(
  settings: Settings,
  permissions: WorkerPermissions | null,
): Settings {
  if (permissions === null) return settings;
  const { read, write } = permissions;
  const may = (account: AccountSettings) =>
    foldersOf(account).every(({ root, write: changes }) =>
      isIn(read, root) && (!changes || isIn(write, root))
    );
  return {
    ...settings,
    accounts: settings.accounts.filter(may),
    hosts: settings.hosts?.map(({ accounts, ...host }) =>
      accounts === undefined
        ? host
        : { ...host, accounts: accounts.filter(may) }
    ),
  };
}

function isIn(
  scopes: WorkerPermissions["read"],
  folder: string,
): boolean {
  if (!Array.isArray(scopes)) return scopes !== false && scopes !== undefined;
  return scopes.includes(folder);
}
