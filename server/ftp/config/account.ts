/**
 * Accounts of a file, or of an HTTP endpoint that answers with the same keys.
 *
 * @module
 */

import { UsageError } from "../../../lib/cli.ts";
import { quoted } from "../../../lib/cli/values.ts";
import { hashProblem } from "../../../lib/password/hash.ts";
import type { TomlTable } from "../../../lib/toml.ts";
import { LONGEST_NAME } from "../accounts/account_book.ts";
import { present } from "../present.ts";
import { PERMISSIONS, READING } from "../profile.ts";
import type { AccountSettings } from "../settings.ts";
import { tableFrom } from "./json_table.ts";
import { PROFILE_KEYS, SECRET_KEYS } from "./keys.ts";
import { type Mistakes, mistakesIn } from "./mistakes.ts";
import {
  mergedProfile,
  PROFILE_TABLES,
  profileOf,
  type ProfileText,
  type ReadProfileOptions,
} from "./profile.ts";
import { readTable, type Told } from "./read_table.ts";
import { withoutZeros } from "./zeros.ts";

/** The keys of an account's table. */
const ACCOUNT_KEYS = { ...SECRET_KEYS, ...PROFILE_KEYS };

/** Options for {@linkcode accountOf}. */
export interface AccountOptions extends ReadProfileOptions {
  /** What counts where the table says nothing. */
  readonly defaults: ProfileText;
  /** Whether somebody else knows its password. @default {false} */
  readonly isKnown?: boolean;
}

/** The account of a table; `undefined` when something is wrong with it. */
export function accountOf(
  name: string,
  table: TomlTable,
  options: AccountOptions,
): AccountSettings | undefined {
  const { mistakes, isKnown = false } = options;
  const told = readTable(table, ACCOUNT_KEYS, {
    mistakes,
    tables: PROFILE_TABLES,
  });
  const fault = nameFault(name) ??
    (isKnown ? undefined : secretFault(name, told));
  if (fault !== undefined) {
    mistakes.add(table.line, `account ${quoted(name)} ${fault}`);
  }
  const own = profileOf(told, table, options);
  const profile = withUser(mergedProfile(options.defaults, own), name, () => {
    mistakes.add(table.line, NO_FOLDER(name));
  });
  const { hash, password } = told.values;
  return completed(
    name,
    profile,
    present({ hash, password }),
    table.line,
    mistakes,
  );
}

/**
 * The account of a name and a hash alone, as htpasswd files have them;
 * everything else is what `defaults` say.
 */
export function hashedAccount(
  name: string,
  hash: string,
  line: number,
  { defaults, mistakes }: AccountOptions,
): AccountSettings | undefined {
  const problem = nameFault(name) ?? hashProblem(hash);
  if (problem) {
    mistakes.add(line, `account ${quoted(name)}: ${problem}`);
    return undefined;
  }
  const profile = withUser(
    defaults,
    name,
    () => mistakes.add(line, NO_FOLDER(name)),
  );
  return completed(name, profile, { hash }, line, mistakes);
}

/**
 * What may not be in a name, which is a line's word, and perhaps a folder's:
 * half a sentence that the account is the subject of.
 *
 * @example
 * ```ts
 * import { nameFault } from "./account.ts";
 * console.assert(nameFault("bob") === undefined);
 * console.assert(nameFault("ftp") === "is called anonymous in this file");
 * ```
 */
export function nameFault(name: string): string | undefined {
  if (name === "" || name.length > LONGEST_NAME) {
    return `has no name of 1 to ${LONGEST_NAME} letters`;
  }
  // deno-lint-ignore no-control-regex -- that is what they are
  if (/[\0-\x1f\x7f]/.test(name)) return "has a control character in its name";
  return name === "ftp" ? "is called anonymous in this file" : undefined;
}

function secretFault(
  name: string,
  { values, lines }: Told<typeof ACCOUNT_KEYS>,
): string | undefined {
  const has = (key: string) => key in lines;
  if (name === "anonymous") {
    const secret = ["hash", "password"].find(has);
    return secret && `takes any password; leave ${secret} out`;
  }
  if (has("hash") && has("password")) {
    return "has a hash and a password; leave one out";
  }
  if (!has("hash") && !has("password")) {
    return 'needs hash = "…" (ftpd passwd makes one)';
  }
  const problem = values.hash === undefined ? null : hashProblem(values.hash);
  return problem === null ? undefined : `has a bad hash: ${problem}`;
}

const NO_FOLDER = (name: string) =>
  `account ${quoted(name)} is no name for a folder, as {user} makes it`;

/**
 * The same with the account's name in the place of `{user}`; a name that would
 * lead elsewhere is told.
 */
function withUser(
  profile: ProfileText,
  name: string,
  refuse: () => void,
): ProfileText {
  const isDetour = /^\.{0,2}$|[/\\]/.test(name);
  function fill(path: string): string {
    if (!path.includes("{user}")) return path;
    if (isDetour) refuse();
    return path.replaceAll("{user}", () => name);
  }
  const { root, mounts } = profile;
  return present({
    ...profile,
    root: root && fill(root),
    mounts: mounts?.map((mount) => ({ ...mount, root: fill(mount.root) })),
  });
}

function completed(
  name: string,
  { root, write, ...profile }: ProfileText,
  { hash, password }: { hash?: string; password?: string },
  line: number,
  mistakes: Mistakes,
): AccountSettings | undefined {
  if (root === undefined) {
    mistakes.add(
      line,
      `account ${quoted(name)} has no root: give root = "DIR", ` +
        "here or in [defaults]",
    );
    return undefined;
  }
  return {
    name,
    password: hash === undefined ? password ?? null : "",
    root,
    ...rightsOf(profile, write ?? false),
    ...(hash === undefined ? {} : { hash }),
  };
}

/**
 * `write` is true when anything anywhere may be changed: then permissions say
 * what else may not.
 */
function rightsOf(
  profile: Omit<ProfileText, "root" | "write">,
  write: boolean,
) {
  const { permissions = write ? PERMISSIONS : READING, rules = [] } = profile;
  const { mounts = [] } = profile;
  // Whoever says what may be done means mounts, too.
  const open = write || profile.permissions !== undefined
    ? []
    : mounts.filter((mount) =>
      mount.write && !rules.some(({ path }) => path === mount.at)
    ).map(({ at }) => ({ path: at, permissions: PERMISSIONS }));
  const all = [...rules, ...open];
  const changes = [permissions, ...all.map(({ permissions }) => permissions)]
    .some((each) => each.some((one) => !READING.includes(one)));
  return {
    ...profile,
    write: changes,
    ...(changes && !write ? { permissions } : {}),
    ...(all.length > 0 ? { rules: all } : {}),
  };
}

/** Options for {@linkcode readAccount}. */
export interface ReadAccountOptions {
  /** What counts where nothing is said. @default {{}} */
  readonly defaults?: ProfileText;
}

/**
 * The account of an object with the keys of `[account.NAME]`, as JSON has it;
 * its password is somebody else's business, and `null`.
 *
 * @throws {UsageError} of one line for what cannot be read.
 *
 * @example
 * ```ts
 * import { readAccount } from "./account.ts";
 * const { root, write } = readAccount("bob", { root: "/srv/b", write: true });
 * console.assert(root === "/srv/b" && write);
 * ```
 */
export function readAccount(
  name: string,
  keys: Readonly<Record<string, unknown>>,
  { defaults = {} }: ReadAccountOptions = {},
): AccountSettings {
  const mistakes = mistakesIn(`account ${name}`);
  const account = accountOf(name, tableFrom(keys), {
    defaults,
    mistakes,
    resolve: (path) => path,
    isKnown: true,
  });
  mistakes.refuse();
  if (account === undefined) throw new UsageError(`no account ${name}`);
  const { hash: _, ...known } = account;
  return withoutZeros({ ...known, password: null });
}
