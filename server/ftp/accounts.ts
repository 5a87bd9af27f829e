/**
 * Who may log in, and what they then see.
 *
 * @module
 */

import { type FileSystem, readOnly } from "../fs/file_system.ts";
import type { TlsDemand } from "./tls.ts";

/** Someone who is logged in. */
export interface Account {
  /** Name as it was given to USER. */
  readonly name: string;
  /** What the account sees; refuses by itself what the account may not do. */
  readonly fs: FileSystem;
  /** Whether the account may change files: what MLSx facts and logs say. */
  readonly write: boolean;
  /** Whether the account may do without TLS. @default what the server says */
  readonly tls?: TlsDemand | undefined;
}

/** What a client offers to be let in. */
export interface Credentials {
  /** Argument of USER. */
  user: string;
  /** Argument of PASS. */
  password: string;
  /** Address of the client. */
  remote: string;
  /**
   * Whether a certificate shows that the client is this user: then there is no
   * password, and none is needed. @default {false}
   */
  isCertified?: boolean;
}

/**
 * Decides who is let in: an account, or `null` for no. Unknown users and wrong
 * passwords must take the same time.
 */
export interface Authenticate {
  /** The account of a client, or `null`. */
  (credentials: Credentials): Account | null | Promise<Account | null>;
  /**
   * Whether a user must use TLS, known before there is a password to protect;
   * of others, unknown ones too, `undefined`. @default what the server says
   */
  demand?(user: string): TlsDemand | undefined;
}

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
  /** Whether the user may do without TLS. @default what the server says */
  tls?: TlsDemand | undefined;
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
  return Object.assign(authenticate, {
    demand: (user: string) => byName.get(user)?.tls,
  });

  async function authenticate(
    { user, password, isCertified }: Credentials,
  ): Promise<Account | null> {
    const listed = byName.get(user);
    if (listed?.password === null) return accountOf(user, listed);
    if (isCertified) return listed ? accountOf(user, listed) : null;
    // Compared also when there is no such user, so that time tells nothing.
    const right = await samePassword(password, listed?.password ?? "");
    return listed !== undefined && right ? accountOf(user, listed) : null;
  }
}

function accountOf(name: string, { write, fs, tls }: ListedAccount): Account {
  return { name, write, fs: write ? fs : readOnly(fs), tls };
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
