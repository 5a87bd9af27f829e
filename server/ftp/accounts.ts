/**
 * Who may log in, and what they then see.
 *
 * @module
 */

import type { Reply } from "../../lib/ftp/reply.ts";
import { sameText } from "../../lib/password/same.ts";
import { type FileSystem, readOnly } from "../fs/file_system.ts";
import type { Pacing } from "./limits/pacing.ts";
import type { Profile } from "./profile.ts";
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
  /** Virtual path where the session starts. @default {"/"} */
  readonly start?: string | undefined;
  /** What is said in the reply that lets it in, above that. @default nothing */
  readonly greeting?: string | undefined;
  /** What else is said of the account. @default nothing */
  readonly profile?: Profile | undefined;
  /** How fast its transfers may be. @default as fast as can be */
  readonly pacing?: Pacing | undefined;
  /**
   * Gives back what the session holds as long as somebody is logged in. Called
   * when it ends, and before somebody else may log in; may be called again.
   */
  release?(): void;
}

/** Somebody is not let in, for a reason that the log tells. */
export interface Denied {
  /** What the log says. */
  readonly reason: string;
  /**
   * What the client is told; it is no failed login then.
   *
   * @default the same as to who has a wrong password
   */
  readonly reply?: Reply | undefined;
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
  /** The virtual host that it chose (RFC 7151). @default none */
  host?: string | undefined;
  /** Whether TLS protects what it sends. @default {false} */
  tls?: boolean;
}

/** What becomes of credentials: `null` is no, without a reason. */
export type Admittance = Account | Denied | null;

/**
 * Decides who is let in: an account, `null` for no, or a reply of its own.
 * Unknown users and wrong passwords must take the same time.
 */
export interface Authenticate {
  /** The account of a client, or why there is none. */
  (credentials: Credentials): Admittance | Promise<Admittance>;
  /**
   * Whether a user must use TLS, known before there is a password to protect;
   * of others, unknown ones too, `undefined`. @default what the server says
   */
  demand?(user: string, host?: string): TlsDemand | undefined;
}

/** Whether somebody was let in. */
export function isLetIn(admittance: Admittance): admittance is Account {
  return admittance !== null && "fs" in admittance;
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

/** What {@linkcode listedAccounts} makes: it gives no reasons. */
export interface ListAuthenticate {
  /** The account of a client, or `null`. */
  (credentials: Credentials): Promise<Account | null>;
  /** What a user of the list demands. */
  demand(user: string): TlsDemand | undefined;
}

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
): ListAuthenticate {
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
    const right = await sameText(password, listed?.password ?? "");
    return listed !== undefined && right ? accountOf(user, listed) : null;
  }
}

function accountOf(name: string, { write, fs, tls }: ListedAccount): Account {
  return { name, write, fs: write ? fs : readOnly(fs), tls };
}
