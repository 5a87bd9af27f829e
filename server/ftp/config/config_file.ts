/**
 * A configuration file: from its text to what it says.
 *
 * @module
 */

import { type OptionTable, UsageError } from "../../../lib/cli.ts";
import {
  isList,
  isTable,
  parseToml,
  TomlError,
  type TomlTable,
} from "../../../lib/toml.ts";
import { isPassiveAddress } from "../option_values.ts";
import { readBlock } from "../options/forms.ts";
import type { AccountSettings } from "../settings.ts";
import type { HookSettings, PassiveAddressRule } from "../settings_parts.ts";
import {
  type HostText,
  readAccountTables,
  readHooks,
  readHosts,
} from "./hosts.ts";
import { FILE_KEYS, NOT_IN_FILES, PROFILE_KEYS } from "./keys.ts";
import { type Mistakes, mistakesIn } from "./mistakes.ts";
import { PROFILE_TABLES, profileOf, type ProfileText } from "./profile.ts";
import { readTable } from "./read_table.ts";

/** What a configuration file says. */
export interface ConfigText {
  /** Its name, as messages show it. */
  readonly file: string;
  /** What it says of options, as texts of a command line. */
  readonly texts: Readonly<Record<string, readonly string[]>>;
  /** The line of each option. */
  readonly lines: Readonly<Record<string, number>>;
  /** What counts for accounts that do not say otherwise. */
  readonly defaults: ProfileText;
  /** Its accounts. */
  readonly accounts: readonly AccountSettings[];
  /** Its hosts. */
  readonly hosts: readonly HostText[];
  /** Its hooks, besides those of the option. */
  readonly hooks: readonly HookSettings[];
  /** What PASV shows to clients of some networks. */
  readonly passiveAddresses: readonly PassiveAddressRule[];
}

/** Options for {@linkcode readConfig}. */
export interface ReadConfigOptions {
  /** Name of the file, as messages show it. */
  readonly file: string;
  /** Every option that there is. */
  readonly options: OptionTable;
}

const TABLES = ["account", "defaults", "host", "passive-address-for"];

/**
 * Reads a configuration file. Paths in it are relative to its own folder.
 *
 * @throws {UsageError} with a line `FILE:LINE: …` for each mistake.
 *
 * @example
 * ```ts
 * import { FTPD } from "../options.ts";
 * import { readConfig } from "./config_file.ts";
 * const { texts } = readConfig('idle-timeout = "5m"\n', {
 *   file: "ftpd.toml",
 *   options: FTPD.options,
 * });
 * console.assert(texts["idle-timeout"]?.join() === "5m");
 * ```
 */
export function readConfig(
  text: string,
  { file, options }: ReadConfigOptions,
): ConfigText {
  const mistakes = mistakesIn(file);
  const table = tableOf(text, file);
  const resolve = besides(file);
  const hook = table.entries.get("hook");
  const hasHooks = hook !== undefined && holdsTables(hook.value);
  const tables = hasHooks ? [...TABLES, "hook"] : TABLES;
  const { hook: _, ...others } = keysOf(options);
  const keys: OptionTable = hasHooks ? others : keysOf(options);
  const { texts, lines } = readTable(table, keys, {
    mistakes,
    tables,
    typed: NOT_IN_FILES,
  });
  const defaults = readDefaultsTable(table, mistakes, resolve);
  const accountOptions = { defaults, mistakes, resolve };
  const config = {
    file,
    texts: resolved(texts, keys, resolve),
    lines,
    defaults,
    accounts: readAccountTables(table, accountOptions),
    hosts: readHosts(table, accountOptions),
    hooks: hasHooks ? readHooks(hook, mistakes, resolve) : [],
    passiveAddresses: readPassive(table, mistakes),
  };
  mistakes.refuse();
  return config;
}

/**
 * The table of a file's text.
 *
 * @throws {UsageError} `FILE:LINE: …` when it is no TOML.
 */
export function tableOf(text: string, file: string): TomlTable {
  try {
    return parseToml(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new UsageError(`${file}:${error.line}: ${error.message}`);
  }
}

/** Every key that may stand on the first level. */
export function keysOf(options: OptionTable): OptionTable {
  const keys = { ...FILE_KEYS, ...options };
  return Object.fromEntries(
    Object.entries(keys).filter(([name]) => !NOT_IN_FILES.includes(name)),
  ) as OptionTable;
}

/** How a path of a file in a folder is one of this process. */
export function besides(file: string): (path: string) => string {
  const folder = /^.*[/\\]/s.exec(file)?.[0] ?? "";
  return (path) => /^(\/|[A-Za-z]:[/\\]|\\)/.test(path) ? path : folder + path;
}

function resolved(
  texts: Readonly<Record<string, readonly string[]>>,
  keys: OptionTable,
  resolve: (path: string) => string,
): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, each]) => {
      const before = keys[name]?.names === undefined ? BEFORE[name] : /^/;
      return [name, each.map((text) => resolvedEnd(text, before, resolve))];
    }),
  );
}

/** What stands before the path in options that end in one. */
const BEFORE: Readonly<Record<string, RegExp>> = {
  user: /^[^:]*:[^:]*:(?:r[ow](?::|$))?/,
  hook: /^[^=]*=(?![a-z][a-z\d+.-]*:\/\/)/i,
};

function resolvedEnd(
  text: string,
  before: RegExp | undefined,
  resolve: (path: string) => string,
): string {
  const start = before?.exec(text)?.[0];
  const path = text.slice(start?.length);
  if (start === undefined || path === "") return text;
  return start + resolve(path);
}

function holdsTables(value: unknown): boolean {
  const one = value as Parameters<typeof isTable>[0];
  return isTable(one) || (isList(one) && isTable(one[0]?.value));
}

function readDefaultsTable(
  table: TomlTable,
  mistakes: Mistakes,
  resolve: (path: string) => string,
): ProfileText {
  const entry = table.entries.get("defaults");
  if (entry === undefined) return {};
  if (!isTable(entry.value)) {
    mistakes.add(entry.line, "defaults: expected a table [defaults]");
    return {};
  }
  const told = readTable(entry.value, PROFILE_KEYS, {
    mistakes,
    tables: PROFILE_TABLES,
  });
  return profileOf(told, entry.value, { mistakes, resolve });
}

/** The table `[passive-address-for]`: a block of addresses = an address. */
function readPassive(
  table: TomlTable,
  mistakes: Mistakes,
): PassiveAddressRule[] {
  const entry = table.entries.get("passive-address-for");
  if (entry === undefined) return [];
  if (!isTable(entry.value)) {
    mistakes.add(entry.line, "passive-address-for: expected a table");
    return [];
  }
  return [...entry.value.entries].map(([network, { line, value }]) => {
    const address = typeof value === "string" ? value : "";
    if (readBlock(network) === undefined) {
      mistakes.add(line, `${JSON.stringify(network)} is no block of addresses`);
    }
    if (!isPassiveAddress(address)) {
      mistakes.add(
        line,
        `passive-address-for: expected an IPv4 address or a host name`,
      );
    }
    return { network, address };
  });
}
