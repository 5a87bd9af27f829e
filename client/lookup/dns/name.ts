/**
 * Names in DNS messages (RFC 1035 sections 3.1 and 4.1.4).
 *
 * A name on the wire can hold any byte. Here it is text in which every byte
 * that is no letter, digit, hyphen or underscore is spelled as `\DDD` (section
 * 5.1), so no name can do anything to a terminal or pass for another one.
 *
 * @module
 */

import type { Bytes } from "../../../lib/bytes.ts";

/** A name or a message that breaks the rules of DNS. */
export class DnsFormatError extends Error {
  /** Says which rule. */
  constructor(message: string) {
    super(message);
    this.name = "DnsFormatError";
  }
}

const LONGEST_LABEL = 63;
/** Bytes of a name with its length bytes and the root. */
const LONGEST_NAME = 255;
const POINTER = 0xc0;
/** As many as a name has labels at most: no honest message has more. */
const MOST_POINTERS = 127;
const PLAIN = /[A-Za-z\d_-]/;

/**
 * The bytes of a name of ASCII letters, digits, hyphens and underscores, such
 * as `www.example.org`, with or without the last dot.
 *
 * @throws {DnsFormatError} when a label is empty, longer than 63 bytes or has
 * other characters, or all is longer than 253.
 *
 * @example
 * ```ts
 * import { encodeName } from "./name.ts";
 * console.assert(encodeName("a.bc").join() === "1,97,2,98,99,0");
 * ```
 */
export function encodeName(name: string): number[] {
  const labels = name.replace(/\.$/, "").split(".");
  const bytes = labels.flatMap((label) => {
    const fault = labelFault(label);
    if (fault !== undefined) throw new DnsFormatError(fault);
    return [label.length, ...Array.from(label, (char) => char.charCodeAt(0))];
  });
  if (bytes.length < LONGEST_NAME) return [...bytes, 0];
  throw new DnsFormatError(`it is longer than ${LONGEST_NAME - 2} characters`);
}

function labelFault(label: string): string | undefined {
  if (label === "") return "there is nothing between two dots";
  if (label.length > LONGEST_LABEL) {
    return `more than ${LONGEST_LABEL} characters stand between two dots`;
  }
  return /^[\w-]*$/.test(label)
    ? undefined
    : "it has characters that names of hosts have not";
}

/** Whether a name can be asked about. */
export function isName(name: string): boolean {
  try {
    return encodeName(name).length > 0;
  } catch {
    return false;
  }
}

/** A name of a message, and where it ends there. */
export interface DecodedName {
  /** Without the last dot; the root is `.`. */
  readonly name: string;
  /** Offset of what follows. */
  readonly end: number;
}

/**
 * The name at `at`. Pointers must lead backwards, so that no message can lead
 * in circles, and there are 127 at most, so that none can lead far.
 *
 * @throws {DnsFormatError} when there is no name there.
 *
 * @example
 * ```ts
 * import { decodeName } from "./name.ts";
 * const message = new Uint8Array([1, 97, 0, 2, 10, 98, 192, 0]);
 * console.assert(decodeName(message, 3).name === "\\010b.a");
 * ```
 */
export function decodeName(message: Bytes, at: number): DecodedName {
  const labels: string[] = [];
  let length = 1;
  let end: number | undefined;
  let before = at;
  let pointers = 0;
  for (;;) {
    const size = byteAt(message, at);
    if (size === 0) break;
    if (size >= POINTER) {
      end ??= at + 2;
      at = (size & ~POINTER) << 8 | byteAt(message, at + 1);
      if (at >= before) throw new DnsFormatError("a name points forwards");
      if (++pointers > MOST_POINTERS) {
        throw new DnsFormatError("a name has too many pointers");
      }
      before = at;
    } else {
      length += size + 1;
      if (size > LONGEST_LABEL || length > LONGEST_NAME) {
        throw new DnsFormatError("a name is too long");
      }
      labels.push(labelText(message, at + 1, size));
      at += size + 1;
    }
  }
  return { name: labels.join(".") || ".", end: end ?? at + 1 };
}

/** Whether two names are the same to DNS (RFC 4343). */
export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function labelText(message: Bytes, at: number, size: number): string {
  byteAt(message, at + size - 1);
  return Array.from(message.subarray(at, at + size), byteText).join("");
}

function byteText(byte: number): string {
  const char = String.fromCharCode(byte);
  return PLAIN.test(char) ? char : `\\${String(byte).padStart(3, "0")}`;
}

function byteAt(message: Bytes, at: number): number {
  const byte = message[at];
  if (byte === undefined) throw new DnsFormatError("a name is cut off");
  return byte;
}
