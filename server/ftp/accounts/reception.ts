/**
 * Who may come in, in one place for accounts of every kind: who it is, what the
 * account demands, whether there is room, and what it then sees.
 *
 * @module
 */

import { lastReply, type Reply } from "../../../lib/ftp/reply.ts";
import { sameText } from "../../../lib/password/same.ts";
import type { FileSystem } from "../../fs/file_system.ts";
import {
  type AccountBook,
  accountBook,
  type AccountSources,
  type Entry,
  keyOf,
} from "./account_book.ts";
import type {
  Account,
  Admittance,
  Authenticate,
  Credentials,
  Denied,
} from "../accounts.ts";
import { type EntryFault, entryFault } from "./entry_rules.ts";
import type { Identify, Identity } from "./identify.ts";
import type { Gate } from "../limits/ledger.ts";
import { BANNED, NOT_SECURE } from "./log_in.ts";
import type { Pacing } from "../limits/pacing.ts";
import type { AccountSettings } from "../settings.ts";

/** Options for {@linkcode reception}. */
export interface ReceptionOptions extends AccountSources {
  /**
   * Finds out who somebody is, where that needs more than comparing passwords.
   *
   * @default passwords are compared here, and hashes match nothing
   */
  readonly identify?: Identify | undefined;
  /** The tree that an account sees; of its seat, where seats are counted. */
  treeOf(account: AccountSettings, seat: number | null): FileSystem;
  /** Counts the sessions of accounts. @default nobody does */
  readonly gate?: Pick<Gate, "admit" | "release"> | undefined;
  /** How fast a session may be. @default as fast as can be */
  pacingOf?(
    account: AccountSettings,
    seat: number | null,
  ): Pacing | undefined;
  /**
   * Makes an account that came from elsewhere safe: its folders must be where
   * such folders may be. Throws an `Error` that says what is wrong.
   *
   * @default such accounts are not let in
   */
  settle?(account: AccountSettings): AccountSettings;
  /** The time, in milliseconds since 1970. @default {Date.now} */
  now?(this: void): number;
}

/** Not a wrong password: who comes again later may get in. */
const NOT_NOW: Reply = lastReply(
  421,
  "Login is not possible now, please try again later.",
);
const FULL: Reply = lastReply(421, "Too many connections of this user.");

/** What is told; the others get no reply of their own, as wrong passwords. */
const FAULT_REPLIES: Readonly<Partial<Record<EntryFault, Reply>>> = {
  "tls-required": NOT_SECURE,
};

/**
 * Lets people in by the settings' accounts, and by those that `identify` knows.
 *
 * An account that has expired, or that somebody uses from an address that is
 * not among its own, answers as if the password were wrong.
 *
 * @example
 * ```ts
 * import { reception } from "./reception.ts";
 * import { memoryFileSystem } from "../../fs/memory.ts";
 * const authenticate = reception({
 *   accounts: [{ name: "a", password: "x", write: true, root: "/a" }],
 *   treeOf: () => memoryFileSystem(),
 * });
 * const remote = "192.0.2.7";
 * const admitted = await authenticate({ user: "a", password: "x", remote });
 * console.assert(admitted !== null && "fs" in admitted);
 * ```
 */
export function reception(options: ReceptionOptions): Authenticate {
  const book = accountBook(options);
  return Object.assign(authenticate, {
    demand: (user: string, host?: string) => book.find(user, host)?.account.tls,
  });

  async function authenticate(credentials: Credentials): Promise<Admittance> {
    const entry = await entryOf(credentials, book, options);
    if (entry === null || "reason" in entry) return entry;
    const { remote, tls = false } = credentials;
    const now = options.now?.() ?? Date.now();
    const fault = entryFault(entry.account, { remote, tls, now });
    if (fault === null) return await admit(entry, credentials, options);
    return { reason: fault, reply: FAULT_REPLIES[fault] };
  }
}

/** Whose credentials these are, if they are right. */
async function entryOf(
  credentials: Credentials,
  book: AccountBook,
  options: ReceptionOptions,
): Promise<Entry | Denied | null> {
  const { user, host, isCertified } = credentials;
  const entry = book.find(user, host);
  const { password, hash } = entry?.account ?? {};
  if (entry && password === null && hash === undefined) return entry;
  if (isCertified) return entry ?? null;
  const identity = await identityOf(credentials, password, options);
  switch (identity.kind) {
    case "known":
      return entry ?? null;
    case "account":
      return settled(identity.account, host, options);
    case "stranger":
      return null;
    case "unavailable":
      return { reason: identity.reason, reply: NOT_NOW };
  }
}

async function identityOf(
  { user, password, remote, host, tls = false }: Credentials,
  right: string | null | undefined,
  { identify }: ReceptionOptions,
): Promise<Identity> {
  if (identify !== undefined) {
    return await identify({ user, password, remote, host, tls });
  }
  // Compared also when there is no such user, so that time tells nothing.
  const isRight = await sameText(password, right ?? "");
  return { kind: isRight && right ? "known" : "stranger" };
}

function settled(
  account: AccountSettings,
  host: string | undefined,
  { settle }: ReceptionOptions,
): Entry | Denied {
  try {
    if (settle === undefined) throw new Error("no folder is set aside for it");
    return { account: settle(account), key: keyOf(account.name, host) };
  } catch (error) {
    return { reason: (error as Error).message, reply: NOT_NOW };
  }
}

/** Makes the account, if there is room for one more session of it. */
async function admit(
  { account, key }: Entry,
  { user, remote }: Credentials,
  { gate, treeOf, pacingOf }: ReceptionOptions,
): Promise<Account | Denied> {
  const admitted = await gate?.admit(key, remote, account.maxSessions);
  if (admitted !== undefined && "refusal" in admitted) {
    const { refusal } = admitted;
    return { reason: refusal, reply: refusal === "banned" ? BANNED : FULL };
  }
  const release = once(() => gate?.release(key, remote));
  try {
    const seat = admitted?.seat ?? null;
    const pacing = pacingOf?.(account, seat);
    return {
      name: user,
      fs: treeOf(account, seat),
      write: account.write,
      tls: account.tls,
      start: account.start,
      greeting: account.greeting,
      profile: account,
      pacing,
      // A transfer that goes on after REIN still uses the account's seat.
      release: () => pacing ? pacing.afterLast(release) : release(),
    };
  } catch (error) {
    release();
    throw error;
  }
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}
