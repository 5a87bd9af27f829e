/**
 * What a worker makes of the settings: everything that its server needs, at its
 * start and each time they change.
 *
 * @module
 */

import type { HostPort } from "../../../lib/host_port.ts";
import type { Log } from "../../../lib/log.ts";
import type { TcpAddress } from "../../../lib/net/address.ts";
import type { FileSystem } from "../../fs/file_system.ts";
import { folderInside } from "../../fs/inside.ts";
import { localFileSystem } from "../../fs/local.ts";
import { type Counts, usageAt } from "../../fs/usage.ts";
import type { Authenticate } from "../accounts.ts";
import type { Counting } from "../limits/counting.ts";
import type { Observer } from "../operations/observer.ts";
import type { NewestRates } from "../limits/newest_rates.ts";
import { pacing } from "../limits/pacing.ts";
import type { Warden } from "./questions.ts";
import { reception, type ReceptionOptions } from "../accounts/reception.ts";
import { needsRegistrar } from "../accounts/secrets.ts";
import type { FtpServerChange, ServeFtpOptions } from "../serve.ts";
import type { AccountSettings, Settings } from "../settings.ts";
import type { AuthSettings } from "../settings_parts.ts";
import { setRates, type Shared } from "../limits/shared.ts";
import type { FtpTls } from "../tls.ts";
import { treeOf } from "../tree.ts";

/** What a worker has for its whole life. */
export interface Tools {
  /** Who is asked what a worker can't know. */
  readonly warden: Warden;
  /** The numbers that all threads share. */
  readonly shared: Shared;
  /** Who counts sessions. */
  readonly counting: Counting;
  /** The newest rates of accounts. */
  readonly rates: NewestRates;
  /** Is told of every session. */
  readonly observer: Observer;
  /** Where events are told. */
  readonly log: Log;
}

/** What stays as it is until the worker ends. */
export interface Fixed {
  /** How TLS is spoken. */
  readonly tls: FtpTls | undefined;
  /** Whether others listen on the same ports. */
  readonly reusePort: boolean;
  /** Aborts when the server shall stop. */
  readonly signal: AbortSignal;
}

/** The options to start with. */
export function startOptions(
  settings: Settings,
  tools: Tools,
  fixed: Fixed,
): ServeFtpOptions {
  return {
    ...optionsOf(settings, tools),
    listen: settings.listen.map(tcp),
    implicit: settings.tls?.implicit.map(tcp) ?? [],
    data: settings.data,
    grace: settings.grace,
    admission: tools.counting.door,
    ...fixed,
  };
}

/** The options that change with the settings. */
export function optionsOf(settings: Settings, tools: Tools): FtpServerChange {
  const { shared, counting, observer, log, warden } = tools;
  setRates(shared.server, settings.limits?.serverRate);
  tools.rates.take(settings);
  return {
    ...settings.session,
    hosts: settings.hosts,
    gate: counting.gate,
    observer,
    who: () => warden.ask("who", {}),
    data: settings.data,
    proxyFrom: settings.proxy?.from,
    authenticate: authenticateBy(settings, tools),
    nextId: shared.nextSession,
    log,
  };
}

function authenticateBy(
  settings: Settings,
  { warden, shared, counting, rates }: Tools,
): Authenticate {
  const counts: Counts = new Map();
  const { accounts, hosts, auth, limits, reload } = settings;
  // Without any of these a session pays for none of it.
  const isPaced = (account: AccountSettings) =>
    Boolean(
      reload ?? limits?.serverRate ?? account.accountRate ??
        account.sessionRate ?? account.transferRate ?? account.quota,
    );
  return reception({
    accounts,
    hosts,
    identify: needsRegistrar(settings)
      ? (question) => warden.ask("authenticate", question)
      : undefined,
    settle: (account) => settled(account, auth),
    gate: counting.gate,
    treeOf: oncePerAccount((account, seat) =>
      treeOf(account, {
        open: (root) => localFileSystem(root, { lock: shared.paths }),
        keepFree: limits?.keepFree,
        usage: seat === null || account.quota === undefined
          ? undefined
          : usageAt(shared.buffer, shared.seat(seat).usage),
        counts,
      })
    ),
    pacingOf: (account, seat) =>
      isPaced(account) ? pacing(shared, seat, rates.of(account)) : undefined,
  });
}

/**
 * Trees remember nothing of a session but where a quota is counted: sessions of
 * an account share the others, which takes a kilobyte off each.
 */
function oncePerAccount(
  make: ReceptionOptions["treeOf"],
): ReceptionOptions["treeOf"] {
  const made = new WeakMap<AccountSettings, FileSystem>();
  return (account, seat) => {
    if (account.quota !== undefined) return make(account, seat);
    const tree = made.get(account) ?? make(account, seat);
    made.set(account, tree);
    return tree;
  };
}

/**
 * An account from elsewhere, with real folders, all of them in the folder that
 * is set aside for such accounts.
 */
function settled(
  account: AccountSettings,
  auth: AuthSettings | undefined,
): AccountSettings {
  const { root, mounts } = account;
  const settle = (path: string) => folderInside(auth?.root ?? "", path);
  return {
    ...account,
    root: settle(root),
    mounts: mounts?.map((mount) => ({ ...mount, root: settle(mount.root) })),
  };
}

function tcp(at: HostPort): TcpAddress {
  return { transport: "tcp", ...at };
}
