/**
 * Hosts and hooks of a configuration file.
 *
 * @module
 */

import { quoted } from "../../../lib/cli/values.ts";
import {
  isList,
  isTable,
  type TomlEntry,
  type TomlTable,
} from "../../../lib/toml.ts";
import { HOOK_DEFAULTS } from "../options/operations.ts";
import { present } from "../present.ts";
import type { AccountSettings } from "../settings.ts";
import type { HookSettings, HostSettings } from "../settings_parts.ts";
import { accountOf, type AccountOptions } from "./account.ts";
import { HOOK_KEYS, HOST_KEYS } from "./keys.ts";
import type { Mistakes } from "./mistakes.ts";
import { readTable } from "./read_table.ts";

/** What a file says of a host: the names of accounts stand for them yet. */
export interface HostText extends Omit<HostSettings, "accounts"> {
  /** Its own accounts. */
  readonly own: readonly AccountSettings[];
  /** Names of the server's accounts that may come in. @default all, or none */
  readonly shared?: readonly string[];
  /** The line of its table. */
  readonly line: number;
}

/** The tables below a name, by their own names. */
function* namedTables(
  table: TomlTable,
  name: string,
  mistakes: Mistakes,
): Generator<[name: string, TomlTable]> {
  const entry = table.entries.get(name);
  if (entry === undefined) return;
  if (!isTable(entry.value)) {
    mistakes.add(entry.line, `${name}: expected a table [${name}.NAME]`);
    return;
  }
  for (const [key, { line, value }] of entry.value.entries) {
    if (isTable(value)) yield [key, value];
    else mistakes.add(line, `${name}: ${quoted(key)} is no table`);
  }
}

/** The accounts of `[account.NAME]` in a table. */
export function readAccountTables(
  table: TomlTable,
  options: AccountOptions,
): AccountSettings[] {
  const accounts: AccountSettings[] = [];
  for (const [name, each] of namedTables(table, "account", options.mistakes)) {
    const account = accountOf(name, each, options);
    if (account !== undefined) accounts.push(account);
  }
  return accounts;
}

/** The hosts of `[host."NAME"]`. */
export function readHosts(
  table: TomlTable,
  options: AccountOptions,
): HostText[] {
  const { mistakes } = options;
  const hosts: HostText[] = [];
  for (const [name, each] of namedTables(table, "host", mistakes)) {
    const { values } = readTable(each, HOST_KEYS, {
      mistakes,
      tables: ["account"],
    });
    const { banner, tls, aliases = [], accounts: shared } = values;
    hosts.push({
      names: [name, ...aliases].map((one) => one.toLowerCase()),
      ...present({ banner, tls, shared }),
      own: readAccountTables(each, options),
      line: each.line,
    });
  }
  refuseHostNames(hosts, mistakes);
  return hosts;
}

function refuseHostNames(hosts: readonly HostText[], mistakes: Mistakes): void {
  const seen = new Set<string>();
  for (const { names, line } of hosts) {
    for (const name of names) {
      if (
        !/^(?=.{1,253}$)(\[[\da-f:.]+\]|[a-z\d_]([a-z\d_.-]*[a-z\d_])?)$/.test(
          name,
        )
      ) {
        mistakes.add(line, `host ${quoted(name)} is no name of a host`);
      } else if (seen.has(name)) {
        mistakes.add(line, `host ${quoted(name)} is there twice`);
      }
      seen.add(name);
    }
  }
}

/**
 * The hosts with all accounts that may come in there: those that `accounts`
 * names and its own; without any of both, those of the server.
 */
export function completeHosts(
  hosts: readonly HostText[],
  accounts: readonly AccountSettings[],
  mistakes: Mistakes,
): HostSettings[] {
  const byName = new Map(accounts.map((each) => [each.name, each]));
  return hosts.map(({ own, shared, line, ...host }) => {
    if (shared === undefined && own.length === 0) return host;
    const taken = new Set(own.map(({ name }) => name));
    const invited = (shared ?? []).flatMap((name) => {
      const account = byName.get(name);
      if (account === undefined) {
        mistakes.add(line, `accounts: there is no account ${quoted(name)}`);
      }
      return account === undefined || taken.has(name) ? [] : account;
    });
    return { ...host, accounts: [...own, ...invited] };
  });
}

/** The hooks of `[[hook]]`. */
export function readHooks(
  entry: TomlEntry,
  mistakes: Mistakes,
  resolve: (path: string) => string,
): HookSettings[] {
  const { value } = entry;
  const items = isList(value) ? value : [entry];
  return items.flatMap(({ value, line }) => {
    if (isTable(value)) return readHook(value, mistakes, resolve) ?? [];
    mistakes.add(line, "hook: expected tables [[hook]], or --hook's texts");
    return [];
  });
}

function readHook(
  table: TomlTable,
  mistakes: Mistakes,
  resolve: (path: string) => string,
): HookSettings | undefined {
  const { values, lines } = readTable(table, HOOK_KEYS, { mistakes });
  const { on, accounts, paths, url, pipe, authorization } = values;
  const targets = ["url", "pipe"].filter((key) => table.entries.has(key));
  if (targets.length !== 1) {
    mistakes.add(table.line, "a hook needs either url or pipe");
  }
  if (!table.entries.has("on")) {
    mistakes.add(table.line, 'a hook needs on = ["upload", …]');
  }
  if (authorization !== undefined && pipe !== undefined) {
    mistakes.add(lines.authorization!, "authorization: a pipe has none");
  }
  if (on === undefined) return undefined;
  return {
    on: [...new Set(on)],
    ...present({ accounts, paths }),
    ...present({ url, pipe: pipe && resolve(pipe), authorization }),
    timeout: values.timeout ?? HOOK_DEFAULTS.timeout,
    retries: values.retries ?? HOOK_DEFAULTS.retries,
  };
}
