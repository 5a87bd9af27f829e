/**
 * What replies say: addresses of data connections (227, 229), folders (257),
 * sizes and times (213), features (211), the length that 150 announces, and
 * the name that STOU chose.
 *
 * All of these come from the network: whatever the text is, the answer is a
 * sensible value or `null`.
 *
 * @module
 */

import type { HostPort } from "../host_port.ts";
import { parsePort } from "./address.ts";
import type { Reply } from "./reply.ts";
import { parseTime } from "./time.ts";

const SIX_NUMBERS_REGEXP = /(?:^|[^\d,-])(\d{1,3}(?:, ?\d{1,3}){5})(?![\d,])/;
const EXTENDED_REGEXP = /\(([!-~])\1\1(\d{1,5})\1\)/;

/**
 * The address in the reply to PASV (RFC 959 section 4.1.2), with or without
 * brackets around it.
 *
 * @example
 * ```ts
 * import { parsePassive } from "./replies.ts";
 * const address = parsePassive("Entering Passive Mode (10,0,0,1,8,73).");
 * console.assert(address?.hostname === "10.0.0.1" && address.port === 2121);
 * ```
 */
export function parsePassive(text: string): HostPort | null {
  const numbers = SIX_NUMBERS_REGEXP.exec(text)?.[1];
  const address = parsePort(numbers?.replaceAll(" ", "") ?? "");
  return address === null || address.port === 0 ? null : address;
}

/**
 * The port in the reply to EPSV (RFC 2428 section 3).
 *
 * @example
 * ```ts
 * import { parseExtendedPassive } from "./replies.ts";
 * console.assert(parseExtendedPassive("Extended (|||2121|)") === 2121);
 * ```
 */
export function parseExtendedPassive(text: string): number | null {
  const port = Number(EXTENDED_REGEXP.exec(text)?.[2] ?? 0);
  return port >= 1 && port <= 65535 ? port : null;
}

/**
 * The folder in the reply to PWD or MKD (RFC 959 appendix II): what is between
 * quotes, doubled quotes being one. Without any quotes the first word counts
 * if it begins with a slash.
 *
 * @example
 * ```ts
 * import { parsePathname } from "./replies.ts";
 * console.assert(parsePathname('"/a ""b""" is current') === '/a "b"');
 * console.assert(parsePathname('"/a is current') === null);
 * ```
 */
export function parsePathname(text: string): string | null {
  const quoted = /^[^"]*"((?:[^"]|"")*)"(?!")/.exec(text)?.[1];
  if (quoted !== undefined) return quoted.replaceAll('""', '"') || null;
  return text.includes('"') ? null : /^\s*(\/\S*)/.exec(text)?.[1] ?? null;
}

/**
 * The number of bytes in the reply to SIZE (RFC 3659 section 4); `null` when
 * it is none, negative, or above 2⁵³−1.
 *
 * @example
 * ```ts
 * import { parseSize } from "./replies.ts";
 * console.assert(parseSize("1024") === 1024);
 * console.assert(parseSize("-1") === null);
 * ```
 */
export function parseSize(text: string): number | null {
  const digits = /^\s*(\d{1,16})\s*$/.exec(text)?.[1];
  const size = Number(digits ?? NaN);
  return Number.isSafeInteger(size) ? size : null;
}

/**
 * The time in the reply to MDTM (RFC 3659 section 3) or MFMT.
 *
 * @example
 * ```ts
 * import { parseModified } from "./replies.ts";
 * console.assert(parseModified("19700101000001")?.getTime() === 1000);
 * console.assert(
 *   parseModified("Modify=19700101000001; a.txt")?.getTime() === 1000,
 * );
 * ```
 */
export function parseModified(text: string): Date | null {
  const match = /^\s*(?:modify=)?(\d{14}(?:\.\d{1,9})?)(?![\d.])/i.exec(text);
  return parseTime(match?.[1] ?? "");
}

/** What a server offers, by the name in capitals: `"MLST"` → its facts. */
export type Features = ReadonlyMap<string, string>;

/**
 * The features of a reply to FEAT (RFC 2389 section 3.2): lines between the
 * first and the last.
 *
 * @example
 * ```ts
 * import { reply } from "./reply.ts";
 * import { parseFeatures } from "./replies.ts";
 * const said = reply(211, "Features:", " SIZE", " MLST Type*;Size*;", "End");
 * console.assert(parseFeatures(said).get("MLST") === "Type*;Size*;");
 * ```
 */
export function parseFeatures({ lines }: Pick<Reply, "lines">): Features {
  const pairs = lines.slice(1, -1).map((line): [string, string] => {
    const text = line.trim();
    const name = text.split(/\s/, 1)[0]!;
    return [name.toUpperCase(), text.slice(name.length).trim()];
  });
  return new Map(pairs.filter(([name]) => name !== ""));
}

/**
 * Whether a server lists for machines: exactly, and with errors that are told.
 *
 * @example
 * ```ts
 * import { hasMachineListings } from "./replies.ts";
 * console.assert(hasMachineListings(new Map([["MLST", "Type*;Size*;"]])));
 * console.assert(!hasMachineListings(new Map([["SIZE", ""]])));
 * ```
 */
export function hasMachineListings(features: Features): boolean {
  return features.has("MLST") || features.has("MLSD");
}

/**
 * The number of bytes that a reply 150 announces at its end, as most servers
 * do and no standard says; `null` when there is none.
 *
 * @example
 * ```ts
 * import { parseSizeHint } from "./replies.ts";
 * console.assert(parseSizeHint("Opening BINARY mode for a (12 bytes).") === 12);
 * console.assert(parseSizeHint("Here it comes.") === null);
 * ```
 */
export function parseSizeHint(text: string): number | null {
  return parseSize(/\((\d{1,16}) bytes?\)\.?\s*$/i.exec(text)?.[1] ?? "");
}

/**
 * The name that STOU chose (RFC 1123 section 4.1.2.9), as servers tell it in
 * the 150, the 226 or the 250.
 *
 * @example
 * ```ts
 * import { parseUniqueName } from "./replies.ts";
 * console.assert(parseUniqueName("FILE: ftpd.1234") === "ftpd.1234");
 * ```
 */
export function parseUniqueName(text: string): string | null {
  const match = /\bFILE(?: NAME)?: ?(.+)/i.exec(text.trimEnd());
  if (match === null) return null;
  // `226 Transfer complete (unique file name:a.1).`
  const before = text.slice(0, match.index).toLowerCase();
  const [, name = ""] = match;
  const inBrackets = before.endsWith("(unique ");
  return (inBrackets ? name.replace(/\)\.?$/, "") : name) || null;
}
