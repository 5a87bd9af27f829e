/**
 * Files that settings come from, and what they say together with the command
 * line.
 *
 * @module
 */

import type { OptionTable } from "../../../lib/cli.ts";
import type { AccountSettings } from "../settings.ts";
import { readAccountsText } from "./accounts_file.ts";
import { type ConfigText, readConfig } from "./config_file.ts";
import type { ProfileText } from "./profile.ts";

/** A file's text. */
export interface SourceText {
  /** The text. */
  readonly text: string;
  /** Whether other users of the machine can read it. */
  readonly isShared: boolean;
}

/**
 * Reads a file of at most `limit` bytes.
 *
 * @throws {ToolError} when it can't: one line that names the file.
 */
export type ReadText = (path: string, limit: number) => Promise<SourceText>;

/** Bytes of the largest configuration file: 1 MiB. */
const CONFIG_LIMIT = 2 ** 20;
/** Bytes of the largest file of accounts: 64 MiB. */
export const ACCOUNTS_LIMIT: number = 2 ** 26;

/** A file that says nothing. */
export const NO_CONFIG: ConfigText = {
  file: "",
  texts: {},
  lines: {},
  defaults: {},
  accounts: [],
  hosts: [],
  hooks: [],
  passiveAddresses: [],
};

/** A configuration file, read. */
export interface ConfigSource {
  /** What it says. */
  readonly config: ConfigText;
  /** What should be done about it, a line each. */
  readonly warnings: readonly string[];
}

/**
 * Reads a configuration file.
 *
 * @throws {UsageError} with a line `FILE:LINE: …` for each mistake.
 */
export async function readConfigFile(
  path: string,
  options: OptionTable,
  readText: ReadText,
): Promise<ConfigSource> {
  const { text, isShared } = await readText(path, CONFIG_LIMIT);
  const config = readConfig(text, { file: path, options });
  return { config, warnings: warningsOf(path, isShared && hasSecrets(config)) };
}

function hasSecrets({ accounts, hosts, hooks, texts }: ConfigText): boolean {
  const users = [...accounts, ...hosts.flatMap(({ own }) => own)];
  const { user, hook = [], "auth-url": url = [], ...others } = texts;
  const targets = [...url, ...hook, ...hooks.map(({ url = "" }) => url)];
  return hasPasswords(users) || user !== undefined ||
    others["auth-authorization"] !== undefined ||
    hooks.some(({ authorization }) => authorization !== undefined) ||
    targets.some((target) => /:\/\/[^/?#]*@/.test(target));
}

/** A file of accounts, read. */
export interface AccountsSource {
  /** Its accounts. */
  readonly accounts: readonly AccountSettings[];
  /** What should be done about it, a line each. */
  readonly warnings: readonly string[];
}

/**
 * Reads a file of accounts.
 *
 * @throws {UsageError} with a line `FILE:LINE: …` for each mistake.
 */
export async function readAccountsFile(
  path: string,
  defaults: ProfileText,
  readText: ReadText,
): Promise<AccountsSource> {
  const { text, isShared } = await readText(path, ACCOUNTS_LIMIT);
  const accounts = readAccountsText(text, { file: path, defaults });
  return {
    accounts,
    warnings: warningsOf(path, isShared && hasPasswords(accounts)),
  };
}

function hasPasswords(accounts: readonly AccountSettings[]): boolean {
  return accounts.some(({ password, hash }) =>
    password !== null && hash === undefined
  );
}

function warningsOf(path: string, isOpen: boolean): string[] {
  return isOpen
    ? [
      `every user of this machine can read the passwords in ${path}: ` +
      `chmod 600 it, or use hashes (ftpd passwd)`,
    ]
    : [];
}
