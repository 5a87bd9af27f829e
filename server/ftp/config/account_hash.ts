/**
 * A new password in the text of a file of accounts: only the line that says it
 * changes, and the rest stays as somebody wrote it.
 *
 * @module
 */

import {
  isList,
  isTable,
  parseToml,
  type TomlTable,
  TomlTime,
  type TomlValue,
} from "../../../lib/toml.ts";

/**
 * The lines that say an account's password in a file.
 *
 * @example
 * ```ts
 * import { accountEntry } from "./account_hash.ts";
 * console.assert(
 *   accountEntry("a b", "$6$x") === '[account."a b"]\nhash = "$6$x"\n',
 * );
 * ```
 */
export function accountEntry(name: string, hash: string): string {
  const key = /^[A-Za-z\d_-]+$/.test(name) ? name : JSON.stringify(name);
  return `[account.${key}]\n${hashLine(hash)}\n`;
}

function hashLine(hash: string): string {
  return `hash = ${JSON.stringify(hash)}`;
}

/**
 * The text of a file with the hash of an account's password in the place of
 * the password or hash that was there, if any; an account that was not there
 * comes to the end.
 *
 * @throws {TomlError} when the text can't be read.
 * @throws {RangeError} when the account is written in a way that can't be
 * changed so; nothing is lost, a person must do it.
 *
 * @example
 * ```ts
 * import { withHash } from "./account_hash.ts";
 * const text = '# ours\n[account.bob]\npassword = "x"\nroot = "/b"\n';
 * console.assert(
 *   withHash(text, "bob", "$6$y") ===
 *     '# ours\n[account.bob]\nhash = "$6$y"\nroot = "/b"\n',
 * );
 * ```
 */
export function withHash(text: string, name: string, hash: string): string {
  const before = parseToml(text);
  const account = accountIn(before, name);
  const changed = account === undefined
    ? appended(text, accountEntry(name, hash))
    : replaced(text, account, hash);
  // Whatever the lines looked like, this is what the file must say now.
  if (account !== undefined) {
    account.entries.delete("password");
    account.entries.set("hash", { value: hash, line: account.line });
  }
  if (!isChanged(before, changed, { name, hash })) {
    throw new RangeError(
      `account ${JSON.stringify(name)} is not in a table of its own lines; ` +
        `change it by hand to ${hashLine(hash)}`,
    );
  }
  return changed;
}

/**
 * The text of a list of NAME:HASH, as `htpasswd` writes it, with the hash of one
 * of them; a name that was not there comes to the end.
 *
 * @throws {RangeError} when such a list can't have the name.
 *
 * @example
 * ```ts
 * import { withHashLine } from "./account_hash.ts";
 * console.assert(
 *   withHashLine("# staff\nbob:x\nann:y\n", "bob", "z") ===
 *     "# staff\nbob:z\nann:y\n",
 * );
 * ```
 */
export function withHashLine(text: string, name: string, hash: string): string {
  if (/^[#\s]|[:=[\]"']|\s$/.test(name)) {
    throw new RangeError(
      `a list of NAME:HASH can't have the name ${JSON.stringify(name)}`,
    );
  }
  const lines = text.split("\n");
  const at = lines.findIndex((line) => line.trim().startsWith(`${name}:`));
  const entry = `${name}:${hash}`;
  if (at < 0) {
    const end = text.endsWith("\n") || text === "" ? "" : "\n";
    return `${text}${end}${entry}\n`;
  }
  lines[at] = lines[at]!.endsWith("\r") ? `${entry}\r` : entry;
  return lines.join("\n");
}

function accountIn(file: TomlTable, name: string): TomlTable | undefined {
  const accounts = file.entries.get("account")?.value;
  const account = isTable(accounts)
    ? accounts.entries.get(name)?.value
    : undefined;
  return isTable(account) ? account : undefined;
}

function appended(text: string, entry: string): string {
  if (text.trim() === "") return text + entry;
  return text + (text.endsWith("\n") ? "\n" : "\n\n") + entry;
}

function replaced(text: string, account: TomlTable, hash: string): string {
  const lines = text.split("\n");
  const said = ["hash", "password"].flatMap((key) =>
    account.entries.get(key)?.line ?? []
  );
  const [first, ...others] = said;
  const end = lines[account.line - 1]?.endsWith("\r") ? "\r" : "";
  const line = hashLine(hash) + end;
  if (first === undefined) lines.splice(account.line, 0, line);
  else lines[first - 1] = line;
  for (const other of others) lines.splice(other - 1, 1);
  return lines.join("\n");
}

/** Whether the new text says what the old one did, but for one account. */
function isChanged(
  before: TomlTable,
  changed: string,
  { name, hash }: { name: string; hash: string },
): boolean {
  try {
    const after = parseToml(changed);
    const account = accountIn(after, name);
    if (account?.entries.get("hash")?.value !== hash) return false;
    if (accountIn(before, name) === undefined) {
      const accounts = after.entries.get("account")!.value as TomlTable;
      accounts.entries.delete(name);
      if (accounts.entries.size === 0 && !before.entries.has("account")) {
        after.entries.delete("account");
      }
    }
    return sameValue(before, after);
  } catch {
    return false;
  }
}

function sameValue(a: TomlValue, b: TomlValue): boolean {
  return JSON.stringify(plain(a)) === JSON.stringify(plain(b));
}

/** Without lines and order. */
function plain(value: TomlValue): unknown {
  if (isTable(value)) {
    return [...value.entries].map(([key, { value }]) => [key, plain(value)])
      .sort(([a], [b]) => String(a) < String(b) ? -1 : 1);
  }
  if (isList(value)) return { list: value.map(({ value }) => plain(value)) };
  return value instanceof TomlTime ? { time: value.text } : value;
}
