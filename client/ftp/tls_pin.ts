/**
 * Pins: the one certificate, or public key, that is trusted.
 *
 * @module
 */

import { UsageError } from "../../lib/cli.ts";
import { quoted } from "../../lib/cli/values.ts";

const PIN_EXPECTED =
  "expected sha256: and 64 hex digits, as sha256:AB:CD:..., " +
  "or curl's sha256//BASE64";

/**
 * Reads a pin: `sha256:` and 64 hexadecimal digits, in pairs with colons or
 * not, or `sha256//` and 44 characters of Base64, as curl writes it.
 *
 * @returns 64 lower-case hexadecimal digits.
 * @throws {UsageError} when it is none.
 *
 * @example
 * ```ts
 * import { parsePin } from "./tls_pin.ts";
 * const hex = "0a".repeat(32);
 * console.assert(parsePin(`sha256:${hex}`) === hex);
 * console.assert(parsePin(`SHA256:${Array(32).fill("0A").join(":")}`) === hex);
 * ```
 */
export function parsePin(text: string): string {
  const [, hex] = /^sha256:([\da-f]{64}|[\da-f]{2}(?::[\da-f]{2}){31})$/i
    .exec(text) ?? [];
  if (hex !== undefined) return hex.replaceAll(":", "").toLowerCase();
  const [, base64] = /^sha256\/\/([\w+/]{43}=)$/i.exec(text) ?? [];
  const bytes = base64 === undefined ? "" : atobOrNothing(base64);
  if (bytes.length === 32) return hexOf(bytes);
  throw new UsageError(`--pin: ${PIN_EXPECTED}; got ${quoted(text)}`);
}

/** A pin as {@linkcode parsePin} reads it. */
export function formatPin(hex: string): string {
  return `sha256:${hex}`;
}

function atobOrNothing(base64: string): string {
  try {
    return atob(base64);
  } catch {
    return "";
  }
}

function hexOf(bytes: string): string {
  return [...bytes]
    .map((char) => char.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}
