/**
 * Who may log in, and what they then see.
 *
 * @module
 */

import { type FileSystem, readOnly } from "../fs/file_system.ts";

/** Someone who is logged in. */
export interface Account {
  /** Name as it was given to USER. */
  readonly name: string;
  /** What the account sees; refuses by itself what the account may not do. */
  readonly fs: FileSystem;
  /** Whether the account may change files: what MLSx facts and logs say. */
  readonly write: boolean;
}

/** What a client offers to be let in. */
export interface Credentials {
  /** Argument of USER. */
  user: string;
  /** Argument of PASS. */
  password: string;
  /** Address of the client. */
  remote: string;
}

/**
 * Decides who is let in: an account, or `null` for no. Unknown users and wrong
 * passwords must take the same time.
 */
export type Authenticate = (
  credentials: Credentials,
) => Account | null | Promise<Account | null>;

/** One user of {@linkcode listedAccounts}. */
export interface ListedAccount {
  /** Name for USER; `anonymous` also answers to `ftp`. */
  name: string;
  /** Password, or `null` when any will do. */
  password: string | null;
  /** Whether the user may change files. */
  write: boolean;
  /** The tree the user sees. */
  fs: FileSystem;
}

const encoder = new TextEncoder();

/**
 * Authenticates against a list of users.
 *
 * @example
 * ```ts
 * import { listedAccounts } from "./accounts.ts";
 * import { memoryFileSystem } from "../fs/memory.ts";
 * const fs = memoryFileSystem();
 * const authenticate = listedAccounts([
 *   { name: "alice", password: "secret", write: true, fs },
 * ]);
 * const remote = "127.0.0.1";
 * const alice = await authenticate({ user: "alice", password: "secret", remote });
 * console.assert(alice?.name === "alice");
 * console.assert(
 *   await authenticate({ user: "alice", password: "guess", remote }) === null,
 * );
 * ```
 */
export function listedAccounts(
  accounts: readonly ListedAccount[],
): Authenticate {
  const byName = new Map(accounts.map((account) => [account.name, account]));
  const anonymous = byName.get("anonymous");
  if (anonymous !== undefined && !byName.has("ftp")) {
    byName.set("ftp", anonymous);
  }
  return async ({ user, password }) => {
    const listed = byName.get(user);
    if (listed?.password === null) return accountOf(user, listed);
    // Compared also when there is no such user, so that time tells nothing.
    const right = await samePassword(password, listed?.password ?? "");
    return listed !== undefined && right ? accountOf(user, listed) : null;
  };
}

function accountOf(name: string, { write, fs }: ListedAccount): Account {
  return { name, write, fs: write ? fs : readOnly(fs) };
}

/** Compares by digest: equal time wherever the two differ. */
async function samePassword(given: string, right: string): Promise<boolean> {
  const [a, b] = await Promise.all(
    [given, right].map(async (text) =>
      new Uint8Array(
        await crypto.subtle.digest("SHA-256", encoder.encode(text)),
      )
    ),
  ) as [Uint8Array, Uint8Array];
  return a.reduce((difference, byte, at) => difference | byte ^ b[at]!, 0) ===
    0;
}
