/**
 * Whether a password belongs to a hash, and new hashes.
 *
 * This loads what does the work, which takes its time: only who checks
 * passwords imports it.
 *
 * @module
 */

import bcrypt from "bcryptjs";
import { createHash } from "node:crypto";
import { apr1Crypt, CRYPT_LETTERS, sha512Crypt } from "./crypt.ts";
import type { CryptHash, PasswordHash } from "./hash.ts";
import { sameBytes } from "./same.ts";
import { newScrypt, scryptKey } from "./scrypt.ts";

/** Bytes of the longest password that is checked. */
export const LONGEST_PASSWORD = 1024;
/** Bytes of a password that bcrypt looks at. */
const BCRYPT_BYTES = 72;
const BCRYPT_COST = 12;
const SALT_LETTERS = 16;

const encoder = new TextEncoder();

/**
 * Whether a password belongs to a hash. A password that is empty, has a NUL in
 * it or more than {@linkcode LONGEST_PASSWORD} bytes belongs to none, which
 * takes as long to find out. Of a longer password bcrypt sees 72 bytes, as
 * everywhere.
 *
 * Time and memory are those of the hash: {@linkcode readHash} says how much that
 * can be.
 *
 * @example
 * ```ts
 * import { readHash } from "./hash.ts";
 * import { verifyPassword } from "./verify.ts";
 * const hash = readHash("$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/");
 * console.assert(await verifyPassword(hash, "myPassword"));
 * console.assert(!await verifyPassword(hash, "mypassword"));
 * ```
 */
export async function verifyPassword(
  hash: PasswordHash,
  password: string,
): Promise<boolean> {
  const isPossible = password !== "" && !password.includes("\0") &&
    encoder.encode(password).length <= LONGEST_PASSWORD;
  const isRight = await belongs(hash, isPossible ? password : "?");
  return isPossible && isRight;
}

async function belongs(hash: PasswordHash, password: string): Promise<boolean> {
  switch (hash.kind) {
    case "scrypt": {
      const key = await scryptKey(password, hash, hash.key.length);
      return sameBytes(key, hash.key);
    }
    case "bcrypt":
      return await bcrypt.compare(password, hash.text);
    case "sha1": {
      const key = createHash("sha1").update(password).digest();
      return sameBytes(key, hash.key);
    }
    default:
      return sameSpelling(await crypted(hash, password), hash.text);
  }
}

function crypted(hash: CryptHash, password: string): Promise<string> {
  const { kind, salt, cost, text } = hash;
  if (kind === "apr1") return apr1Crypt(password, salt);
  const isSaid = text.startsWith("$6$rounds=");
  return sha512Crypt(password, salt, isSaid ? { rounds: cost } : {});
}

function sameSpelling(a: string, b: string): boolean {
  return sameBytes(encoder.encode(a), encoder.encode(b));
}

/** How a new password is hashed. */
export type NewHash = "scrypt" | "bcrypt" | "sha512";

/**
 * A new hash of a password, with a salt of its own.
 *
 * @throws {RangeError} when the password can't be: it is empty, has a NUL in it
 * or more bytes than {@linkcode LONGEST_PASSWORD}, or for bcrypt more than 72.
 *
 * @example
 * ```ts
 * import { hashPassword } from "./verify.ts";
 * const text = await hashPassword("secret", "sha512");
 * console.assert(text.startsWith("$6$"));
 * ```
 */
export async function hashPassword(
  password: string,
  how: NewHash = "scrypt",
): Promise<string> {
  const most = how === "bcrypt" ? BCRYPT_BYTES : LONGEST_PASSWORD;
  if (password === "") throw new RangeError("the password is empty");
  if (password.includes("\0")) throw new RangeError("the password has a NUL");
  if (encoder.encode(password).length > most) {
    throw new RangeError(`the password has more than ${most} bytes`);
  }
  if (how === "scrypt") return await newScrypt(password);
  if (how === "bcrypt") return await bcrypt.hash(password, BCRYPT_COST);
  return await sha512Crypt(password, newSalt());
}

/** Random letters of those that crypt has: 64, so all are equally likely. */
function newSalt(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SALT_LETTERS));
  return Array.from(bytes, (byte) => CRYPT_LETTERS[byte % 64]).join("");
}
