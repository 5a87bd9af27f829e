/**
 * A file of accounts: tables as in a configuration file, or lines of NAME:HASH
 * as `htpasswd` writes them.
 *
 * @module
 */

import { quoted } from "../../../lib/cli/values.ts";
import type { AccountSettings } from "../settings.ts";
import { type AccountOptions, hashedAccount } from "./account.ts";
import { besides, tableOf } from "./config_file.ts";
import { readAccountTables } from "./hosts.ts";
import { mistakesIn } from "./mistakes.ts";
import type { ProfileText } from "./profile.ts";

/** Options for {@linkcode readAccountsText}. */
export interface ReadAccountsOptions {
  /** Name of the file, as messages show it. */
  readonly file: string;
  /** What counts where an account says nothing. @default {{}} */
  readonly defaults?: ProfileText;
}

/**
 * Whether a text is lines of NAME:HASH rather than TOML: its first line that is
 * neither empty nor a comment tells.
 *
 * @example
 * ```ts
 * import { isHashList } from "./accounts_file.ts";
 * console.assert(isHashList("# staff\nbob:$apr1$x$y\n"));
 * console.assert(!isHashList("[account.bob]\n"));
 * ```
 */
export function isHashList(text: string): boolean {
  const line = /^[ \t\ufeff]*[^#\s][^\r\n]*/m.exec(text)?.[0].trim() ?? "";
  return /^[^[\]="':]+:/.test(line);
}

/**
 * The accounts of a file. Those of a list of hashes are what `defaults` say.
 *
 * @throws {UsageError} with a line `FILE:LINE: …` for each mistake.
 *
 * @example
 * ```ts
 * import { readAccountsText } from "./accounts_file.ts";
 * const [bob] = readAccountsText(
 *   '[account.bob]\nroot = "/srv"\npassword = "secret"\n',
 *   { file: "staff.toml" },
 * );
 * console.assert(bob?.name === "bob" && !bob.write);
 * ```
 */
export function readAccountsText(
  text: string,
  { file, defaults = {} }: ReadAccountsOptions,
): AccountSettings[] {
  const mistakes = mistakesIn(file);
  const options = { defaults, mistakes, resolve: besides(file) };
  const accounts = isHashList(text)
    ? readLines(text, options)
    : readTables(text, options);
  mistakes.refuse();
  return accounts;
}

function readTables(text: string, options: AccountOptions): AccountSettings[] {
  const { mistakes } = options;
  const table = tableOf(text, mistakes.file);
  for (const [name, { line }] of table.entries) {
    if (name === "account") continue;
    mistakes.add(
      line,
      `unknown key ${quoted(name)}; this file has tables [account.NAME] alone`,
    );
  }
  return readAccountTables(table, options);
}

/** Quotas and folders of other servers' files are not dropped in silence. */
const FURTHER =
  "expected NAME:HASH and no further fields, which mean nothing " +
  "here; cut -d: -f1,2 leaves the first two";

/** Empty lines and those that begin with "#" say nothing. */
function readLines(text: string, options: AccountOptions): AccountSettings[] {
  const accounts: AccountSettings[] = [];
  const names = new Set<string>();
  for (const [at, raw] of text.replace(/^\ufeff/, "").split("\n").entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const [, name, hash = ""] = /^([^:]+):(.*)$/.exec(line) ?? [];
    if (name === undefined) options.mistakes.add(at + 1, "expected NAME:HASH");
    else if (hash.includes(":")) options.mistakes.add(at + 1, FURTHER);
    else if (names.has(name)) {
      options.mistakes.add(at + 1, `account ${quoted(name)} is there twice`);
    } else {
      names.add(name);
      const account = hashedAccount(name, hash, at + 1, options);
      if (account !== undefined) accounts.push(account);
    }
  }
  return accounts;
}
