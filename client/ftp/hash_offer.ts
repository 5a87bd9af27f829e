/**
 * What servers offer to hash files with, and what they answer: HASH
 * (draft-bryan-ftpext-hash), MD5 and MMD5 (draft-twine-ftpmd5), and the XCRC,
 * XMD5, XSHA… that no document defines.
 *
 * @module
 */

import type { HashAlgorithm } from "../../lib/ftp/hasher.ts";
import { quotePath } from "../../lib/ftp/path.ts";
import type { Features } from "../../lib/ftp/replies.ts";
import type { Reply } from "../../lib/ftp/reply.ts";
import { visible } from "../../lib/visible.ts";
import { type Command, pathArgument } from "./command_text.ts";
import { ProtocolError } from "./errors.ts";

export type { HashAlgorithm };

/** Hexadecimal digits of a hash, strongest algorithm first. */
export const HASH_DIGITS: Readonly<Record<HashAlgorithm, number>> = {
  sha512: 128,
  sha256: 64,
  sha1: 40,
  md5: 32,
  crc32: 8,
};

/** One way to have a file hashed. */
export interface HashOffer {
  /** How. */
  readonly algorithm: HashAlgorithm;
  /** The command that does it. */
  readonly verb: string;
  /** What OPTS HASH must have been told before; `null` for other commands. */
  readonly choice: string | null;
  /** Whether HASH does that from the beginning. */
  readonly chosen: boolean;
}

/** Some servers write a CRC like any other number: without zeros in front. */
const SHORT_REGEXP = /^(?=.*\d)[0-9a-f]{1,7}$/;

/** Commands by algorithm, the usual one first. */
const VERBS: Readonly<Record<HashAlgorithm, readonly string[]>> = {
  sha512: ["XSHA512"],
  sha256: ["XSHA256"],
  sha1: ["XSHA1", "XSHA"],
  md5: ["XMD5", "MD5", "MMD5"],
  crc32: ["XCRC"],
};

/**
 * What the server offers, strongest algorithm first.
 *
 * @example
 * ```ts
 * import { hashOffers } from "./hash_offer.ts";
 * const features = new Map([["HASH", "SHA-1*;MD5"], ["XSHA256", "path"]]);
 * const [first, second] = hashOffers(features);
 * console.assert(first?.verb === "XSHA256" && second?.algorithm === "sha1");
 * ```
 */
export function hashOffers(features: Features): HashOffer[] {
  const choices = (features.get("HASH") ?? "").split(";");
  return (Object.keys(VERBS) as HashAlgorithm[]).flatMap((algorithm) => [
    ...choices.filter((choice) => isName(choice, algorithm)).map((choice) => ({
      algorithm,
      verb: "HASH",
      choice: choice.replace("*", "").trim(),
      chosen: choice.includes("*"),
    })),
    ...VERBS[algorithm].filter((verb) => features.has(verb)).map((verb) => ({
      algorithm,
      verb,
      choice: null,
      chosen: true,
    })),
  ]);
}

/** `SHA-256*` is the name of sha256. */
function isName(text: string, algorithm: HashAlgorithm): boolean {
  return text.toLowerCase().replaceAll(/[^a-z0-9]/g, "") === algorithm;
}

/**
 * The commands that may do it, in the order in which they are tried: the
 * drafts' take a path as it is, the others want quotes around it, mostly.
 */
export function hashCommands({ verb }: HashOffer, path: string): Command[] {
  const bare = pathArgument(path);
  const quoted = { verb, argument: quotePath(bare) };
  if (!verb.startsWith("X")) return [{ verb, argument: bare }];
  return /\s/.test(bare) ? [quoted] : [quoted, { verb, argument: bare }];
}

/**
 * The hash in a reply, in small letters.
 *
 * @throws {ProtocolError} when there is none of that algorithm, or several.
 */
export function parseHash(
  { algorithm, verb }: HashOffer,
  path: string,
  { lines }: Pick<Reply, "lines">,
): string {
  const last = lines.at(-1) ?? "";
  const told = /^\s*(\S+)\s+(\d+)-\d+\s+(\S+)/.exec(last);
  if (verb === "HASH" && told !== null) {
    const [, name = "", start = "", hash = ""] = told;
    const isWhole = isName(name, algorithm) && Number(start) === 0;
    if (isWhole && isHash(hash, algorithm)) return hash.toLowerCase();
    throw nonsense(verb, path, last);
  }
  const words = wordsOf(last);
  const hashes = new Set(words.filter((word) => isHash(word, algorithm)));
  if (hashes.size > 1) { // The name of a file may look like a hash.
    for (const word of wordsOf(path)) hashes.delete(word);
  }
  const [hash, ...more] = hashes;
  if (hash !== undefined && more.length === 0) return hash;
  const short = hashes.size === 0 && algorithm === "crc32"
    ? words.at(-1) ?? ""
    : "";
  if (SHORT_REGEXP.test(short)) return short.padStart(HASH_DIGITS.crc32, "0");
  throw nonsense(verb, path, last);
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().split(/[\s"',;:=.()]+/)
    .map((word) => word.replace(/^0x/, ""))
    .filter((word) => word !== "");
}

function isHash(word: string, algorithm: HashAlgorithm): boolean {
  return /^[0-9a-f]+$/i.test(word) && word.length === HASH_DIGITS[algorithm];
}

function nonsense(verb: string, path: string, said: string): ProtocolError {
  const text = said.slice(0, 200);
  return new ProtocolError(
    visible(`The server's ${verb} of ${path} makes no sense: ${text}`),
  );
}
