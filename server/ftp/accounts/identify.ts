/**
 * Who somebody is: passwords against what the settings know, and then against
 * an endpoint. This is what the registrar does, and nobody else.
 *
 * @module
 */

import type { PasswordHash } from "../../../lib/password/hash.ts";
import { sameText } from "../../../lib/password/same.ts";
import {
  accountBook,
  type AccountSources,
  LONGEST_NAME,
} from "./account_book.ts";
import type { AccountSettings } from "../settings.ts";

/** Who says to be whom. */
export interface AuthQuestion {
  /** Argument of USER. */
  readonly user: string;
  /** Argument of PASS. */
  readonly password: string;
  /** Address of the client. */
  readonly remote: string;
  /** First name of the virtual host. @default none was chosen */
  readonly host?: string | undefined;
  /** Whether TLS protected the password. */
  readonly tls: boolean;
}

/** What is found out. */
export type Identity =
  /** It is the account of the settings that has this name. */
  | { readonly kind: "known" }
  /** It is this one, which the settings do not have. */
  | { readonly kind: "account"; readonly account: AccountSettings }
  /** The password is wrong, or there is no such user. */
  | { readonly kind: "stranger" }
  /** Nobody can say now. */
  | { readonly kind: "unavailable"; readonly reason: string };

/** Finds out who somebody is; rejects when that can never be found out. */
export type Identify = (question: AuthQuestion) => Promise<Identity>;

/** Options for {@linkcode identifier}. */
export interface IdentifierOptions extends AccountSources {
  /** Reads a hash; `readHash` of lib/password. */
  readHash(text: string): PasswordHash;
  /** Checks a password, when it is its turn. */
  verify(hash: PasswordHash, question: AuthQuestion): Promise<boolean>;
  /** Asked about users that the settings do not have. @default nobody is */
  readonly endpoint?: Identify | undefined;
}

/** Hashes that stand for those of strangers: reading them all takes seconds. */
const SAMPLE = 64;
const STRANGER: Identity = { kind: "stranger" };
const KNOWN: Identity = { kind: "known" };

/**
 * Finds out who somebody is by the accounts of the settings. An unknown user
 * takes as long as one of those: a hash of theirs is checked all the same.
 *
 * What it makes rejects when a hash can't be read.
 *
 * @throws {RangeError} when one of the first can't be.
 *
 * @example
 * ```ts
 * import { identifier } from "./identify.ts";
 * import { readHash } from "../../../lib/password/hash.ts";
 * const identify = identifier({
 *   accounts: [{ name: "a", password: "secret", write: false, root: "/a" }],
 *   readHash,
 *   verify: () => Promise.resolve(false),
 * });
 * const who = { user: "a", password: "secret", remote: "::1", tls: true };
 * console.assert((await identify(who)).kind === "known");
 * ```
 */
export function identifier(options: IdentifierOptions): Identify {
  const { readHash, verify, endpoint } = options;
  const book = accountBook(options);
  const decoyFor = decoys(sampleOf(options).map(readHash));
  return async (question) => {
    const { user, host } = question;
    if (!isName(user)) return await strange(question);
    const account = book.find(user, host)?.account;
    if (account !== undefined) {
      return await isRight(account, question) ? KNOWN : STRANGER;
    }
    return await (endpoint ?? strange)(question);
  };

  async function isRight(
    { hash: text, password }: AccountSettings,
    question: AuthQuestion,
  ): Promise<boolean> {
    if (text) return await verify(readHash(text), question);
    const isSame = password !== null && password !== "" &&
      await sameText(question.password, password);
    if (!isSame) await strange(question);
    return isSame;
  }

  /** Costs as much as a wrong password. */
  async function strange(question: AuthQuestion): Promise<Identity> {
    const decoy = decoyFor(question.user);
    if (decoy !== undefined) await verify(decoy, question);
    return STRANGER;
  }
}

/** No account is called so, whatever an endpoint may make of it. */
function isName(user: string): boolean {
  // deno-lint-ignore no-control-regex -- what must not be there
  return user.length <= LONGEST_NAME && !/[\0-\x1f\x7f]/.test(user);
}

/** Some hashes of all accounts, from the whole list. */
function sampleOf({ accounts, hosts = [] }: AccountSources): string[] {
  const all = [accounts, ...hosts.map(({ accounts }) => accounts ?? [])].flat();
  const texts = all.flatMap(({ hash }) => hash || []);
  const step = Math.ceil(texts.length / SAMPLE);
  return texts.filter((_, at) => at % step === 0);
}

/**
 * Which hash is checked for somebody who has none: for each name always the
 * same one, and nobody outside can tell which.
 */
function decoys(hashes: readonly PasswordHash[]) {
  const [secret = 0] = crypto.getRandomValues(new Uint32Array(1));
  return (user: string): PasswordHash | undefined => {
    let sum = secret;
    for (let at = 0; at < user.length; at++) {
      sum = Math.imul(sum ^ user.charCodeAt(at), 0x01000193);
    }
    // The low bits alone would tell too much of the last letter.
    return hashes[((sum ^ sum >>> 15) >>> 0) % hashes.length];
  };
}
