/**
 * Hashes of passwords as text, in the forms that are found in password files:
 * what kind they are, and what checking one may cost.
 *
 * - `$scrypt$ln=15,r=8,p=1$salt$key`, the PHC string format; scrypt is RFC 7914.
 * - `$2a$`, `$2b$`, `$2y$`: bcrypt.
 * - `$6$`: SHA-512 crypt, of `/etc/shadow`.
 * - `$apr1$` and `{SHA}`: of Apache's `htpasswd`.
 *
 * @module
 */

import type { Bytes } from "../bytes.ts";

/** The key that scrypt derives (RFC 7914), and from what. */
export interface ScryptHash {
  /** The tag of this kind. */
  readonly kind: "scrypt";
  /** Binary logarithm of the cost N. */
  readonly ln: number;
  /** Size of blocks. */
  readonly r: number;
  /** How often it is done. */
  readonly p: number;
  /** 1 to 64 bytes. */
  readonly salt: Bytes;
  /** 16 to 64 bytes. */
  readonly key: Bytes;
}

/** A hash whose kind reads its text by itself. */
export interface CryptHash {
  /** Which: bcrypt, SHA-512 crypt, or Apache's MD5. */
  readonly kind: "bcrypt" | "sha512" | "apr1";
  /** Rounds, or their binary logarithm for bcrypt. */
  readonly cost: number;
  /** Its salt, as it is spelled. */
  readonly salt: string;
  /** All of it. */
  readonly text: string;
}

/** SHA-1 of the password, without salt, as `htpasswd -s` makes it. */
export interface Sha1Hash {
  /** The tag of this kind. */
  readonly kind: "sha1";
  /** Its 20 bytes. */
  readonly key: Bytes;
}

/** The hash of a password. */
export type PasswordHash = ScryptHash | CryptHash | Sha1Hash;

/** Most memory that one scrypt may take, in bytes. */
const SCRYPT_MEMORY = 128 * 2 ** 20;
/** Most work of one scrypt: N times r times p. */
const SCRYPT_WORK = 2 ** 21;
/** The dearest bcrypt: about a second and a half. */
const BCRYPT_COST = 14;
/** Rounds of SHA-512 crypt: what nobody says, and what nobody may exceed. */
const SHA512_ROUNDS = { usual: 5000, least: 1000, most: 1_000_000 } as const;
/** Rounds of Apache's MD5, always. */
const APR1_ROUNDS = 1000;

/** What can't be checked, by how it begins, and what to do about it. */
const REFUSED: readonly (readonly [begins: RegExp, what: string])[] = [
  [/^$/, "it is empty"],
  [/^\$y\$|^\$gy\$|^\$7\$/, "yescrypt is not supported"],
  [/^\$argon2/, "Argon2 is not supported"],
  [/^\$5\$/, "SHA-256 crypt is not supported"],
  [/^\$1\$|^\$md5/, "MD5 crypt is not supported"],
  [/^\$pbkdf2/, "PBKDF2 is not supported"],
  [/^\{SSHA/, "salted SHA of LDAP is not supported"],
  [/^[./0-9A-Za-z]{13}$/, "the old crypt() is not safe"],
  [/^[!*]/, "it is a locked entry of /etc/shadow"],
];

/**
 * Reads the text of a hash.
 *
 * What checking it costs is bounded: scrypt 128 MiB and N·r·p = 2²¹ (ln=17 with
 * r=8 and p=2), bcrypt cost 14, SHA-512 crypt 1,000,000 rounds.
 *
 * @throws {RangeError} when it can't be checked: one line that says why.
 *
 * @example
 * ```ts
 * import { readHash } from "./hash.ts";
 * const hash = readHash("{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=");
 * console.assert(hash.kind === "sha1");
 * ```
 */
export function readHash(text: string): PasswordHash {
  const hash = readScrypt(text) ?? readBcrypt(text) ?? readSha512(text) ??
    readApache(text);
  if (hash !== null) return hash;
  const what = REFUSED.find(([begins]) => begins.test(text))?.[1] ??
    "it is no hash that is known here";
  throw new RangeError(
    `${what}; use scrypt ($scrypt$), bcrypt ($2b$), SHA-512 crypt ($6$), ` +
      "or $apr1$ and {SHA} of htpasswd",
  );
}

/**
 * Why a hash can't be checked, in one line; `null` when it can.
 *
 * @example
 * ```ts
 * import { hashProblem } from "./hash.ts";
 * console.assert(hashProblem("secret") !== null);
 * console.assert(hashProblem("{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=") === null);
 * ```
 */
export function hashProblem(text: string): string | null {
  try {
    readHash(text);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

function readScrypt(text: string): ScryptHash | null {
  const parts = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/
    .exec(text);
  if (parts === null) return null;
  const [ln, r, p] = parts.slice(1, 4).map(Number) as [number, number, number];
  const isPossible = ln >= 1 && r >= 1 && p >= 1 &&
    128 * r * 2 ** ln <= SCRYPT_MEMORY && r * p * 2 ** ln <= SCRYPT_WORK;
  if (!isPossible) {
    throw new RangeError(
      `ln=${ln},r=${r},p=${p} is out of bounds; scrypt may take 128 MiB and ` +
        "N*r*p of 2^21, such as ln=17,r=8,p=1",
    );
  }
  const salt = base64Of(parts[4]!, 1, 64);
  const key = base64Of(parts[5]!, 16, 64);
  return { kind: "scrypt", ln, r, p, salt, key };
}

function readBcrypt(text: string): CryptHash | null {
  const parts = /^\$2[aby]\$(\d\d)\$([./0-9A-Za-z]{22})[./0-9A-Za-z]{31}$/
    .exec(text);
  if (parts === null) return null;
  const cost = Number(parts[1]);
  if (cost < 4 || cost > BCRYPT_COST) {
    throw new RangeError(
      `bcrypt's cost is ${cost}; it may be from 4 to ${BCRYPT_COST}`,
    );
  }
  return { kind: "bcrypt", cost, salt: parts[2]!, text };
}

function readSha512(text: string): CryptHash | null {
  const parts =
    /^\$6\$(?:rounds=(\d{1,10})\$)?([^$\n:]{1,16})\$[./0-9A-Za-z]{86}$/
      .exec(text);
  if (parts === null) return null;
  const cost = Number(parts[1] ?? SHA512_ROUNDS.usual);
  const { least, most } = SHA512_ROUNDS;
  if (cost < least || cost > most) {
    throw new RangeError(
      `SHA-512 crypt has ${cost} rounds; there may be ${least} to ${most}`,
    );
  }
  return { kind: "sha512", cost, salt: parts[2]!, text };
}

function readApache(text: string): PasswordHash | null {
  const apr1 = /^\$apr1\$([^$\n:]{1,8})\$[./0-9A-Za-z]{22}$/.exec(text);
  if (apr1 !== null) {
    return { kind: "apr1", cost: APR1_ROUNDS, salt: apr1[1]!, text };
  }
  const sha = /^\{SHA\}([+/0-9A-Za-z]{27})=$/.exec(text);
  return sha && { kind: "sha1", key: base64Of(sha[1]!, 20, 20) };
}

/** Bytes of unpadded base64 (RFC 4648 section 3.2), so many of them. */
function base64Of(text: string, least: number, most: number): Bytes {
  const bytes = decoded(text);
  if (bytes === null || bytes.length < least || bytes.length > most) {
    throw new RangeError(
      `a part is not base64 of ${least} to ${most} bytes without padding`,
    );
  }
  return bytes;
}

function decoded(text: string): Bytes | null {
  if (!/^[+/0-9A-Za-z]+$/.test(text)) return null;
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}

/**
 * Base64 without padding, as PHC strings have it.
 *
 * @example
 * ```ts
 * import { unpadded } from "./hash.ts";
 * console.assert(unpadded(new Uint8Array([1])) === "AQ");
 * ```
 */
export function unpadded(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("=", "");
}
