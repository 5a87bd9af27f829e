/**
 * Whom a certificate is for (RFC 5280 section 4.2.1.6).
 *
 * @module
 */

import type { Bytes } from "../bytes.ts";
import { addressBytes } from "../net/ip.ts";
import {
  contextTag,
  type Element,
  element,
  elements,
  oid,
  TAG,
} from "./der.ts";

/** Most characters of a common name (RFC 5280 appendix A, ub-common-name). */
export const LONGEST_COMMON_NAME = 64;
/** Most names of one certificate: a handshake carries them all. */
export const MOST_NAMES = 100;
/** Most characters of a host name (RFC 1035 section 3.1). */
const LONGEST_HOST_NAME = 253;

/** A label may have an underscore, as in names of private networks. */
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i;

/**
 * A host name or address as a subjectAltName has it.
 *
 * @throws {TypeError} when it is neither.
 */
export function generalName(name: string): Bytes {
  const address = name.includes("%") ? null : addressBytes(name);
  if (address) return element(contextTag(7, false), Uint8Array.from(address));
  if (isHostName(name)) {
    return element(contextTag(2, false), new TextEncoder().encode(name));
  }
  const what = JSON.stringify(name.slice(0, LONGEST_HOST_NAME));
  throw new TypeError(
    `${what} is neither a host name (ASCII, such as files.example.net or *.example.net) nor an IP address`,
  );
}

/** Its last label is no number, so that no address is taken for a name. */
function isHostName(name: string): boolean {
  const labels = name.replace(/^\*\./, "").split(".");
  return name.length <= LONGEST_HOST_NAME &&
    labels.every((label) => LABEL.test(label)) &&
    !/^\d+$/.test(labels.at(-1)!);
}

/**
 * The name to write into the subject.
 *
 * @throws {TypeError} when it is empty, too long, or has control characters.
 */
export function checkCommonName(name: string): string {
  const length = [...name].length;
  if (length === 0 || length > LONGEST_COMMON_NAME) {
    throw new TypeError(
      `A common name has 1 to ${LONGEST_COMMON_NAME} characters, not ${length}`,
    );
  }
  // deno-lint-ignore no-control-regex -- A name must be one line.
  if (/[\x00-\x1f\x7f]/.test(name)) {
    throw new TypeError("A common name has no control characters");
  }
  return name;
}

/** How the kinds of strings that names consist of are encoded. */
const ENCODINGS: Readonly<Record<number, string>> = {
  [TAG.text]: "utf-8",
  [TAG.printable]: "ascii",
  [TAG.ia5]: "ascii",
  [TAG.t61]: "latin1",
  [TAG.bmp]: "utf-16be",
};

/** Elements of one kind: what a name holds besides is none of its parts. */
function elementsOf(kind: number, bytes: Bytes): Element[] {
  return elements(bytes).filter(({ tag }) => tag === kind);
}

/**
 * The common name in a distinguished name, the last one where there are several
 * (RFC 6125 section 2.3.1); empty when there is none, or none that is readable.
 *
 * @throws {RangeError} when it is not well-formed.
 */
export function commonNameOf(name: Bytes): string {
  const id = oid("2.5.4.3").join();
  const attributes = elementsOf(TAG.set, name)
    .flatMap(({ content }) => elementsOf(TAG.sequence, content))
    .map(({ content }) => elements(content));
  const found = attributes.findLast(([type]) => type?.raw.join() === id);
  const encoding = ENCODINGS[found?.[1]?.tag ?? 0];
  if (encoding === undefined) return "";
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
      .decode(found![1]!.content);
  } catch {
    return "";
  }
}
