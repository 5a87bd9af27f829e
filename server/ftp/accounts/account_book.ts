/**
 * The accounts of a server and of its virtual hosts, found by name.
 *
 * @module
 */

import type { AccountSettings } from "../settings.ts";
import type { HostSettings } from "../settings_parts.ts";

/** Letters (UTF-16) of the longest name that an account may have. */
export const LONGEST_NAME = 255;

/** Where accounts are looked up. */
export interface AccountSources {
  /** Accounts of the server. */
  readonly accounts: readonly AccountSettings[];
  /** Its virtual hosts, some with accounts of their own. @default {[]} */
  readonly hosts?: readonly HostSettings[] | undefined;
}

/** An account that was found, and what it is counted as. */
export interface Entry {
  /** What the settings say. */
  readonly account: AccountSettings;
  /** Its name, and its host's where it is that host's own. */
  readonly key: string;
}

/**
 * What an account of a host is counted as; names have no line ends.
 *
 * @example
 * ```ts
 * import { keyOf } from "./account_book.ts";
 * console.assert(keyOf("alice") === "alice");
 * console.assert(keyOf("alice", "a.example") !== keyOf("alice", "b.example"));
 * ```
 */
export function keyOf(name: string, host?: string): string {
  return host === undefined ? name : `${name}\n${host}`;
}

/** Finds accounts. */
export interface AccountBook {
  /** The account of a user of a host; `undefined` when there is none. */
  find(user: string, host?: string): Entry | undefined;
}

type Page = ReadonlyMap<string, Entry>;

/**
 * A book of accounts. `anonymous` also answers to `ftp`, unless that is an
 * account of its own. A host that is not known has the server's accounts.
 *
 * @example
 * ```ts
 * import { accountBook } from "./account_book.ts";
 * const alice = { name: "alice", password: "x", write: true, root: "/a" };
 * const book = accountBook({
 *   accounts: [alice],
 *   hosts: [{ names: ["b.example"], accounts: [] }],
 * });
 * console.assert(book.find("alice")?.account === alice);
 * console.assert(book.find("alice", "b.example") === undefined);
 * ```
 */
export function accountBook(
  { accounts, hosts = [] }: AccountSources,
): AccountBook {
  const server = pageOf(accounts);
  const pages = new Map<string, Page>();
  for (const { names: [host], accounts } of hosts) {
    if (accounts === undefined || host === undefined) continue;
    const isShared = (account: AccountSettings) =>
      isSame(server.get(account.name)?.account, account);
    pages.set(
      host,
      pageOf(accounts, (account) => isShared(account) ? undefined : host),
    );
  }
  return {
    find(user, host) {
      const page = host === undefined ? server : pages.get(host) ?? server;
      return page.get(user);
    },
  };
}

/** Copies of the settings know no better; the order of keys is the file's. */
function isSame(
  one: AccountSettings | undefined,
  other: AccountSettings,
): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

function pageOf(
  accounts: readonly AccountSettings[],
  hostOf: (account: AccountSettings) => string | undefined = () => undefined,
): Page {
  const page = new Map(
    accounts.map((account): [string, Entry] => [
      account.name,
      { account, key: keyOf(account.name, hostOf(account)) },
    ]),
  );
  const anonymous = page.get("anonymous");
  if (anonymous !== undefined && !page.has("ftp")) page.set("ftp", anonymous);
  return page;
}
