/**
 * Rates of accounts as the newest settings have them, also for sessions that
 * are older.
 *
 * @module
 */

import type { AccountRates } from "./pacing.ts";
import type { AccountSettings } from "../settings.ts";
import type { HostSettings } from "../settings_parts.ts";

/** What of the settings has rates of accounts. */
export interface RatedAccounts {
  /** Accounts of the server. */
  readonly accounts: readonly AccountSettings[];
  /** Its virtual hosts. @default none */
  readonly hosts?: readonly HostSettings[] | undefined;
}

/** Knows which account an older one has become. */
export interface NewestRates {
  /** Takes new settings over. */
  take(settings: RatedAccounts): void;
  /**
   * A function that tells the rates of an account from now on: what it had when
   * it is gone, or was never in the settings.
   */
  of(account: AccountSettings): () => AccountRates;
}

/**
 * Rates of no accounts yet.
 *
 * @example
 * ```ts
 * import { newestRates } from "./newest_rates.ts";
 * const alice = { name: "alice", password: "x", write: true, root: "/a" };
 * const newest = newestRates();
 * newest.take({ accounts: [alice] });
 * const rates = newest.of(alice);
 * newest.take({ accounts: [{ ...alice, sessionRate: { up: 50_000 } }] });
 * console.assert(rates().sessionRate?.up === 50_000);
 * ```
 */
export function newestRates(): NewestRates {
  const keys = new WeakMap<AccountSettings, string>();
  let newest: ReadonlyMap<string, AccountSettings> = new Map();
  return {
    take(settings) {
      const all = keyed(settings);
      for (const [key, account] of all) keys.set(account, key);
      newest = new Map(all);
    },
    of(account) {
      const key = keys.get(account);
      return () => key === undefined ? account : newest.get(key) ?? account;
    },
  };
}

/** A name belongs to the server or to a host; names have no line ends. */
function keyed(
  { accounts, hosts = [] }: RatedAccounts,
): [key: string, account: AccountSettings][] {
  const places = [
    { at: "", accounts },
    ...hosts.map((host) => ({ at: host.names[0], accounts: host.accounts })),
  ];
  return places.flatMap(({ at, accounts = [] }) =>
    accounts.map((account): [string, AccountSettings] => [
      `${at}\n${account.name}`,
      account,
    ])
  );
}
