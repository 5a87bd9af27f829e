/**
 * scrypt (RFC 7914): a hash of passwords that takes memory as well as time.
 *
 * @module
 */

import { scrypt } from "node:crypto";
import type { Bytes } from "../bytes.ts";
import { type ScryptHash, unpadded } from "./hash.ts";

/** How dear a new hash is: 32 MiB, and about a tenth of a second. */
const COST = { ln: 15, r: 8, p: 1 } as const;
/** Lengths of what new hashes are made of, in bytes. */
const SALT = 16;
const KEY = 32;

/**
 * The key of a password with the parameters of a hash. It is made in another
 * thread of the runtime.
 *
 * @example
 * ```ts
 * import { scryptKey } from "./scrypt.ts";
 * const salt = new TextEncoder().encode("NaCl");
 * const cost = { ln: 10, r: 8, p: 16, salt };
 * const key = await scryptKey("password", cost, 64);
 * console.assert(key[0] === 0xfd && key[63] === 0x40);
 * ```
 */
export function scryptKey(
  password: string,
  { ln, r, p, salt }: Pick<ScryptHash, "ln" | "r" | "p" | "salt">,
  length: number,
): Promise<Bytes> {
  const cost = 2 ** ln;
  // What the algorithm takes by itself, and some more.
  const maxmem = 128 * r * (cost + p + 2) + 2 ** 20;
  return new Promise((resolve, reject) => {
    scrypt(
      password,
      salt,
      length,
      { N: cost, r, p, maxmem },
      (error, key) => error ? reject(error) : resolve(new Uint8Array(key)),
    );
  });
}

/**
 * A new hash of a password, with a salt of its own:
 * `$scrypt$ln=15,r=8,p=1$salt$key`.
 *
 * @example
 * ```ts
 * import { newScrypt } from "./scrypt.ts";
 * const text = await newScrypt("secret");
 * console.assert(/^\$scrypt\$ln=15,r=8,p=1\$.{22}\$.{43}$/.test(text));
 * ```
 */
export async function newScrypt(password: string): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT));
  const key = await scryptKey(password, { ...COST, salt }, KEY);
  const { ln, r, p } = COST;
  return `$scrypt$ln=${ln},r=${r},p=${p}$${unpadded(salt)}$${unpadded(key)}`;
}
