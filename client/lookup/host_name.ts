/**
 * Names of hosts as people write them and as DNS has them (RFC 5891).
 *
 * @module
 */

import { UsageError } from "../../lib/cli.ts";
import { quoted } from "../../lib/cli/values.ts";
import { DnsFormatError, encodeName } from "./dns/name.ts";

/** A host's name in both its forms. */
export interface HostName {
  /** As it goes to resolvers: `xn--bcher-kva.example`. */
  readonly ascii: string;
  /** As people read it: `bücher.example`. The same for most names. */
  readonly unicode: string;
}

/**
 * Reads a host's name in either form.
 *
 * @throws {UsageError} when it is none: one line that says why.
 *
 * @example
 * ```ts
 * import { readHostName } from "./host_name.ts";
 * const { ascii } = await readHostName("Bücher.example");
 * console.assert(ascii === "xn--bcher-kva.example");
 * ```
 */
export async function readHostName(text: string): Promise<HostName> {
  const name = await bothForms(text);
  try {
    encodeName(name.ascii);
    return name;
  } catch (error) {
    if (!(error instanceof DnsFormatError)) throw error;
    throw unreadable(text, error.message);
  }
}

async function bothForms(text: string): Promise<HostName> {
  if (isAscii(text)) {
    return { ascii: text, unicode: await unicodeOf(text) };
  }
  const { domainToASCII } = await import("node:url");
  const ascii = text.isWellFormed() ? domainToASCII(text) : "";
  if (ascii === "") {
    throw unreadable(text, "it has characters that names of hosts have not");
  }
  return { ascii, unicode: await unicodeOf(ascii) };
}

/** The form for people; only names with such a part need the table for it. */
async function unicodeOf(ascii: string): Promise<string> {
  if (!/(^|\.)xn--/i.test(ascii)) return ascii;
  const { domainToUnicode } = await import("node:url");
  return domainToUnicode(ascii) || ascii;
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

function unreadable(text: string, why: string): UsageError {
  return new UsageError(`${quoted(text)} cannot be the name of a host: ${why}`);
}
