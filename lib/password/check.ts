/**
 * Passwords and their hashes for programs that check few of them: what does the
 * work is loaded when the first one comes.
 *
 * @module
 */

import { readHash } from "./hash.ts";

/**
 * Whether a password belongs to a hash: scrypt in PHC form, bcrypt, SHA-512
 * crypt, and the forms of Apache's htpasswd.
 *
 * @throws {RangeError} for other hashes, and for those whose cost would bring a
 * machine down: one line.
 *
 * @example
 * ```ts
 * import { checkPassword } from "./check.ts";
 * const hash = "$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/";
 * console.assert(await checkPassword(hash, "myPassword"));
 * console.assert(!await checkPassword(hash, "guess"));
 * ```
 */
export async function checkPassword(
  hash: string,
  password: string,
): Promise<boolean> {
  const known = readHash(hash);
  const { verifyPassword } = await import("./verify.ts");
  return await verifyPassword(known, password);
}

/**
 * A new hash of a password, scrypt in PHC form, which takes about a tenth of a
 * second and 32 MiB to make or to check.
 *
 * @throws {RangeError} for a password that is empty, has a NUL in it or more
 * than 1024 bytes.
 *
 * @example
 * ```ts
 * import { checkPassword, newPasswordHash } from "./check.ts";
 * const hash = await newPasswordHash("secret");
 * console.assert(await checkPassword(hash, "secret"));
 * ```
 */
export async function newPasswordHash(password: string): Promise<string> {
  const { hashPassword } = await import("./verify.ts");
  return await hashPassword(password, "scrypt");
}
