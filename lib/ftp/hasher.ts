/**
 * Hashes of files, as the commands HASH, XCRC, XMD5, XSHA… mean them.
 *
 * @module
 */

import type { Bytes } from "../bytes.ts";

/** How bytes are hashed. */
export type HashAlgorithm = "sha512" | "sha256" | "sha1" | "md5" | "crc32";

/** Takes bytes and makes a hash of them. */
export interface Hasher {
  /** Takes more bytes; they may change afterwards. */
  update(bytes: Bytes): void;
  /** Hexadecimal digits, in small letters. Ends the hasher. */
  digest(): string;
}

/**
 * A hasher for one file. The runtime's own modules take a while to load, so
 * that only who hashes loads them.
 *
 * @example
 * ```ts
 * import { newHasher } from "./hasher.ts";
 * const hasher = await newHasher("crc32");
 * hasher.update(new TextEncoder().encode("123456789"));
 * console.assert(hasher.digest() === "cbf43926");
 * ```
 */
export async function newHasher(algorithm: HashAlgorithm): Promise<Hasher> {
  if (algorithm === "crc32") return await newCrc();
  const { createHash } = await import("node:crypto");
  const hash = createHash(algorithm);
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => hash.digest("hex"),
  };
}

async function newCrc(): Promise<Hasher> {
  const { crc32 } = await import("node:zlib");
  let sum = 0;
  return {
    update: (bytes) => void (sum = crc32(bytes, sum)),
    digest: () => sum.toString(16).padStart(8, "0"),
  };
}
