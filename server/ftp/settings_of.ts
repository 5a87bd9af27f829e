/**
 * From options, and what a file says besides them, to settings.
 *
 * @module
 */

import { type OptionTexts, UsageError } from "../../lib/cli.ts";
import type { HostPort } from "../../lib/host_port.ts";
import type { ConfigText } from "./config/config_file.ts";
import { withoutZeros } from "./config/zeros.ts";
import {
  DEFAULT_LISTEN,
  readAccounts,
  readAddresses,
  refuseSamePlaces,
} from "./option_values.ts";
import {
  type LimitValues,
  readDefaults,
  readLimits,
} from "./options/limits.ts";
import { type NetworkValues, readData, readProxy } from "./options/network.ts";
import {
  hookOf,
  type OperationValues,
  readLogs,
} from "./options/operations.ts";
import { readSession, type SessionValues } from "./options/sessions.ts";
import { readAuth, type UserValues } from "./options/users.ts";
import { present } from "./present.ts";
import { PERMISSIONS, type Profile } from "./profile.ts";
import type { AccountSettings, Settings } from "./settings.ts";
import type { HostSettings } from "./settings_parts.ts";
import { readTls, type TlsValues, withTlsUsers } from "./options/tls.ts";

/** The values of all options of `ftpd`. */
export type FtpdValues =
  & NetworkValues
  & TlsValues
  & UserValues
  & SessionValues
  & LimitValues
  & OperationValues
  & { readonly log: "text" | "json"; readonly quiet: boolean };

/** A command line of `ftpd`, understood. */
export interface FtpdCommand {
  /** Its options. */
  readonly options: FtpdValues;
  /** The folder, if it names one. */
  readonly positionals: readonly string[];
  /** Options that were given. */
  readonly given: ReadonlySet<string>;
  /** What was given for each of them. */
  readonly texts: OptionTexts;
}

/** What files say besides options. */
export interface FileSettings
  extends Pick<ConfigText, "defaults" | "hooks" | "passiveAddresses"> {
  /** Accounts of all files, complete. */
  readonly accounts: readonly AccountSettings[];
  /** Whether a host has accounts of its own. */
  readonly hasHostAccounts: boolean;
  /** Folder that is served where no other is named. @default {"."} */
  readonly root?: string | undefined;
  /** The files, where there are any. */
  readonly files: readonly string[];
  /**
   * The hosts of a server with these accounts.
   *
   * @throws {UsageError} when one lets somebody in who is not among them.
   */
  hostsOf(accounts: readonly AccountSettings[]): readonly HostSettings[];
}

/** Options for {@linkcode settingsOf}. */
export interface SettingsOfOptions {
  /** Why there is no TLS; `null` when there is. */
  readonly lack: string | null;
  /** What files say. @default nothing */
  readonly told?: FileSettings;
}

const NOTHING: FileSettings = {
  defaults: {},
  accounts: [],
  hasHostAccounts: false,
  hooks: [],
  passiveAddresses: [],
  files: [],
  hostsOf: () => [],
};

/**
 * The settings of options and files.
 *
 * @throws {UsageError} when options contradict each other or can't be read.
 */
export function settingsOf(
  command: FtpdCommand,
  { lack, told = NOTHING }: SettingsOfOptions,
): Settings {
  const { options, given } = command;
  const tls = readTls(options, given, lack);
  const listen = readListen(options.listen, tls?.implicit ?? []);
  const places = [...listen, ...tls?.implicit ?? []];
  refuseSamePlaces(places);
  const accounts = accountsOf(command, told);
  return {
    listen,
    tls,
    accounts,
    data: readData(options, places, told.passiveAddresses),
    session: readSession(options),
    maxSessions: options["max-sessions"],
    maxPerAddress: options["max-per-address"],
    workers: options.workers,
    grace: options.grace,
    log: { format: options.log, quiet: options.quiet },
    ...present(furtherOf(options, told)),
    ...present({ hosts: some(hostsOf(options, told, accounts)) }),
  };
}

/** Those of the settings that are absent when nobody asked for them. */
function furtherOf(options: FtpdValues, told: FileSettings) {
  const hooks = [...options.hook.map(hookOf), ...told.hooks];
  return {
    limits: readLimits(options),
    defaults: defaultsOf(options, told),
    auth: readAuth(options),
    logs: readLogs(options),
    metrics: options.metrics,
    control: options.control,
    hooks: some(hooks),
    proxy: readProxy(options),
    reload: reloadOf(options.watch, told.files),
  };
}

function some<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length > 0 ? items : undefined;
}

function reloadOf(watch: boolean, files: readonly string[]) {
  if (files.length > 0) return { files, watch };
  if (watch) throw new UsageError("--watch needs --config FILE");
  return undefined;
}

/** Defaults of accounts are a profile: they have no root of their own. */
function defaultsOf(options: FtpdValues, { defaults }: FileSettings) {
  const { root: _, write, ...rest } = defaults;
  const all = write ? { permissions: PERMISSIONS } : {};
  const merged = { ...readDefaults(options), ...all, ...rest };
  return Object.keys(merged).length > 0 ? merged : undefined;
}

/** Who may come in: a user of the command line takes the place of a file's. */
function accountsOf(
  { options, positionals }: FtpdCommand,
  { accounts: filed, hasHostAccounts, root = "." }: FileSettings,
): AccountSettings[] {
  const others = filed.length > 0 || options["auth-url"] !== undefined ||
    hasHostAccounts;
  const hasAnonymous = filed.some(({ name }) => name === "anonymous");
  if (hasAnonymous && (options.write || options.anonymous !== undefined)) {
    const option = options.write ? "--write" : "--anonymous";
    throw new UsageError(`${option} contradicts [account.anonymous]`);
  }
  const typed = readAccounts(options, positionals[0] ?? root, { others });
  const names = new Set(typed.map(({ name }) => name));
  const rest = filed.filter(({ name }) => !names.has(name));
  const all = [...typed, ...rest].map(limitedBy(readDefaults(options)));
  return withTlsUsers(all, options["tls-user"]);
}

/** An account with the limits of options where nothing else is said of it. */
function limitedBy(defaults: Profile | undefined) {
  return (account: AccountSettings): AccountSettings =>
    withoutZeros({ ...defaults, ...account });
}

/** Hosts' accounts are those of the server, as they are, and their own. */
function hostsOf(
  options: FtpdValues,
  told: FileSettings,
  accounts: readonly AccountSettings[],
): HostSettings[] {
  const shared = new Set(accounts);
  const limited = limitedBy(readDefaults(options));
  return told.hostsOf(accounts).map(({ accounts: invited, ...host }) => ({
    ...host,
    ...invited && {
      accounts: invited.map((account) =>
        shared.has(account) ? account : limited(account)
      ),
    },
  }));
}

/** Without either, one place of this machine; implicit TLS can be alone. */
function readListen(
  texts: readonly string[],
  implicit: readonly HostPort[],
): HostPort[] {
  if (texts.length === 0 && implicit.length > 0) return [];
  const told = texts.length > 0 ? texts : [DEFAULT_LISTEN];
  return readAddresses("listen", told, 2121);
}
