/**
 * Text on the wire: UTF-8 as RFC 2640 asks for, or Latin-1 for servers that
 * never heard of it.
 *
 * @module
 */

import type { Bytes } from "../bytes.ts";

/** How names and replies are written as bytes. */
export type Charset = "utf-8" | "latin1";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * Reads bytes as text. What claims to be UTF-8 and is not is read as Latin-1,
 * where every byte is a character: it can be shown, and nothing is lost.
 *
 * @example
 * ```ts
 * import { decodeText } from "./charset.ts";
 * console.assert(decodeText(new Uint8Array([0xc3, 0xa4]), "utf-8") === "ä");
 * console.assert(decodeText(new Uint8Array([0xe4]), "utf-8") === "ä");
 * console.assert(decodeText(new Uint8Array([0xc3, 0xa4]), "latin1") === "Ã¤");
 * ```
 */
export function decodeText(bytes: Bytes, charset: Charset): string {
  if (charset === "utf-8") {
    try {
      return strict.decode(bytes);
    } catch { /* Not UTF-8: as below. */ }
  }
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/**
 * Writes text as bytes; `null` when the charset has no bytes for it.
 *
 * @example
 * ```ts
 * import { encodeText } from "./charset.ts";
 * console.assert(encodeText("ä", "latin1")?.join() === "228");
 * console.assert(encodeText("€", "latin1") === null);
 * ```
 */
export function encodeText(text: string, charset: Charset): Bytes | null {
  if (charset === "utf-8") {
    return text.isWellFormed() ? encoder.encode(text) : null;
  }
  const codes = Array.from(text, (char) => char.codePointAt(0)!);
  return codes.some((code) => code > 0xff) ? null : Uint8Array.from(codes);
}
