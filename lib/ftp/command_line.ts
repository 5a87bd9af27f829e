/**
 * Command lines of the File Transfer Protocol (RFC 959 section 5.3), as a
 * server reads them from a Telnet stream (RFC 854, RFC 1123 section 4.1.2.12).
 *
 * @module
 */

import type { Bytes } from "../bytes.ts";

/** One command as the client sent it. */
export interface CommandLine {
  /** Upper-case letters and digits; empty when the line has no such verb. */
  verb: string;
  /** What follows the one space behind the verb, spaces and all. */
  argument: string;
  /** Why the argument can't be used: it is not UTF-8, or it has a NUL or CR. */
  problem?: string;
}

const IAC = 0xff;
const DATA_MARK = 0xf2;
const NOT_UTF8 = "Syntax error: argument is not valid UTF-8.";
const CONTROL = "Syntax error: argument has a NUL or CR byte.";
const VERB_REGEXP = /^[A-Za-z][A-Za-z0-9]{0,11}$/;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Parses one line, its ending already cut off.
 *
 * @example
 * ```ts
 * import { parseCommandLine } from "./command_line.ts";
 * const { verb, argument } = parseCommandLine(
 *   new TextEncoder().encode("retr  two spaces"),
 * );
 * console.assert(verb === "RETR" && argument === " two spaces");
 * ```
 */
export function parseCommandLine(line: Bytes): CommandLine {
  const bytes = line.includes(IAC) ? stripTelnet(line) : line;
  // One byte a letter; a call of the decoder takes longer than the rest.
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  const space = text.indexOf(" ");
  const end = space < 0 ? text.length : space;
  const word = text.slice(0, end);
  // Tested before: other letters may become A to Z in upper case.
  const verb = VERB_REGEXP.test(word) ? word.toUpperCase() : "";
  const rest = text.slice(end + 1);
  if (/[\0\r]/.test(rest)) return { verb, argument: "", problem: CONTROL };
  if (!/[\x80-\xff]/.test(rest)) return { verb, argument: rest };
  try {
    return { verb, argument: decoder.decode(bytes.subarray(end + 1)) };
  } catch {
    return { verb, argument: "", problem: NOT_UTF8 };
  }
}

/**
 * Takes Telnet commands out of a line (RFC 854): IP and Synch in front of
 * ABOR, option negotiation; `IAC IAC` is the byte 255. Of a Synch only half
 * may be there, because the urgent byte does not arrive: an IAC before anything
 * else, or (tnftp) a Data Mark in front of the verb, goes alone.
 */
function stripTelnet(line: Bytes): Bytes {
  const out = new Uint8Array(line.length);
  let length = 0;
  for (let at = 0; at < line.length; at++) {
    const byte = line[at]!;
    if (byte !== IAC) {
      out[length++] = byte;
      continue;
    }
    const next = line[at + 1];
    if (next === undefined || next < 0xf0) continue;
    at += next >= 0xfb && next < IAC ? 2 : 1;
    if (next === IAC) out[length++] = IAC;
  }
  return out.subarray(out[0] === DATA_MARK ? 1 : 0, length);
}
