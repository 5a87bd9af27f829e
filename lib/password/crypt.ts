/**
 * Two old ways to hash passwords that are still in many files: SHA-512 crypt of
 * `/etc/shadow`, as Ulrich Drepper published it, and the MD5 of Apache's
 * `htpasswd`, which Poul-Henning Kamp's crypt has under another name.
 *
 * Both mix the same ingredients again and again; how many times is the cost.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Bytes } from "../bytes.ts";

/** Rounds after which others get their turn: about 5 ms. */
const ROUNDS_PER_TURN = 1000;
/** The 64 letters that salts and hashes of crypt are spelled with. */
export const CRYPT_LETTERS: string =
  "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const NONE: Bytes = new Uint8Array(0);
const encoder = new TextEncoder();

/** Options for {@linkcode sha512Crypt}. */
export interface Sha512CryptOptions {
  /** How often it is mixed, 1000 to 999,999,999. @default {5000} */
  readonly rounds?: number;
}

/**
 * The SHA-512 crypt of a password; up to 16 bytes of salt count. Others get
 * their turn every few milliseconds.
 *
 * @example
 * ```ts
 * import { sha512Crypt } from "./crypt.ts";
 * const text = await sha512Crypt("Hello world!", "saltstring");
 * console.assert(text.startsWith("$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8"));
 * ```
 */
export async function sha512Crypt(
  password: string,
  salt: string,
  { rounds }: Sha512CryptOptions = {},
): Promise<string> {
  const [key, grains] = [encoder.encode(password), encoder.encode(salt)];
  const begin = digest("sha512", sha512Start(key, grains));
  const p = filled(key.length, digest("sha512", times(key.length, key)));
  const doubled = digest("sha512", times(16 + begin[0]!, grains));
  const s = filled(grains.length, doubled);
  const end = await mixed("sha512", begin, { p, s, rounds: rounds ?? 5000 });
  const said = rounds === undefined ? "" : `rounds=${rounds}$`;
  return `$6$${said}${salt}$${sha512Text(end)}`;
}

/**
 * Apache's MD5 of a password; up to 8 bytes of salt count.
 *
 * @example
 * ```ts
 * import { apr1Crypt } from "./crypt.ts";
 * const text = await apr1Crypt("myPassword", "r31.....");
 * console.assert(text === "$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/");
 * ```
 */
export async function apr1Crypt(
  password: string,
  salt: string,
): Promise<string> {
  const [key, grains] = [encoder.encode(password), encoder.encode(salt)];
  const begin = digest("md5", apr1Start(key, grains));
  const end = await mixed("md5", begin, { p: key, s: grains, rounds: 1000 });
  return `$apr1$${salt}$${apr1Text(end)}`;
}

type Algorithm = "sha512" | "md5";

/** What the rounds mix into the digest before them. */
interface Ingredients {
  readonly p: Bytes;
  readonly s: Bytes;
  readonly rounds: number;
}

async function mixed(
  algorithm: Algorithm,
  begin: Bytes,
  { p, s, rounds }: Ingredients,
): Promise<Bytes> {
  let last = begin;
  for (let at = 0; at < rounds; at++) {
    const isOdd = at % 2 === 1;
    last = digest(algorithm, [
      ...[isOdd ? p : last, at % 3 === 0 ? NONE : s],
      ...[at % 7 === 0 ? NONE : p, isOdd ? last : p],
    ]);
    if (at % ROUNDS_PER_TURN === ROUNDS_PER_TURN - 1) await turn();
  }
  return last;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function digest(algorithm: Algorithm, pieces: readonly Bytes[]): Bytes {
  const hash = createHash(algorithm);
  for (const piece of pieces) hash.update(piece);
  return new Uint8Array(hash.digest());
}

function times(count: number, piece: Bytes): Bytes[] {
  return Array.from({ length: count }, () => piece);
}

/** So many bytes of a digest, which begins anew at its end. */
function filled(length: number, bytes: Bytes): Bytes {
  return Uint8Array.from({ length }, (_, at) => bytes[at % bytes.length]!);
}

function sha512Start(key: Bytes, salt: Bytes): Bytes[] {
  const other = digest("sha512", [key, salt, key]);
  const pieces = [key, salt, filled(key.length, other)];
  for (let bits = key.length; bits > 0; bits >>= 1) {
    pieces.push(bits & 1 ? other : key);
  }
  return pieces;
}

function apr1Start(key: Bytes, salt: Bytes): Bytes[] {
  const other = digest("md5", [key, salt, key]);
  const magic = encoder.encode("$apr1$");
  const pieces = [key, magic, salt, filled(key.length, other)];
  for (let bits = key.length; bits > 0; bits >>= 1) {
    pieces.push(bits & 1 ? new Uint8Array(1) : key.slice(0, 1));
  }
  return pieces;
}

/** Three bytes at a time, from three places that follow each other round. */
function sha512Text(bytes: Bytes): string {
  let [a, b, c] = [0, 21, 42];
  let text = "";
  for (let group = 0; group < 21; group++) {
    text += spelled([bytes[a]!, bytes[b]!, bytes[c]!], 4);
    [a, b, c] = [b + 1, c + 1, a + 1];
  }
  return text + spelled([0, 0, bytes[63]!], 2);
}

function apr1Text(bytes: Bytes): string {
  const groups = [0, 1, 2, 3, 4].map((at) =>
    spelled([bytes[at]!, bytes[at + 6]!, bytes[at === 4 ? 5 : at + 12]!], 4)
  );
  return groups.join("") + spelled([0, 0, bytes[11]!], 2);
}

/** So many letters for three bytes, the lowest six bits first. */
function spelled([a, b, c]: [number, number, number], letters: number): string {
  const bits = a << 16 | b << 8 | c;
  return Array.from(
    { length: letters },
    (_, at) => CRYPT_LETTERS[bits >> (6 * at) & 63],
  ).join("");
}
