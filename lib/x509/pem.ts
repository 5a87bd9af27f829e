/**
 * Bytes as text between two dashed lines (RFC 7468).
 *
 * @module
 */

import type { Bytes } from "../bytes.ts";

/** What stands between the dashes. */
export type PemLabel = "CERTIFICATE" | "PRIVATE KEY";

/** Writes `bytes` under a label, 64 characters a line. */
export function encodePem(label: PemLabel, bytes: Uint8Array): string {
  const lines = btoa(String.fromCharCode(...bytes)).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${
    lines.join("\n")
  }\n-----END ${label}-----\n`;
}

/** The bytes under the first such label, or `null` when there are none. */
export function decodePem(label: PemLabel, pem: string): Bytes | null {
  const begin = `-----BEGIN ${label}-----`;
  const start = pem.indexOf(begin);
  const end = pem.indexOf(`-----END ${label}-----`, start);
  if (start < 0 || end < 0) return null;
  const base64 = pem.slice(start + begin.length, end).replace(/\s/g, "");
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}
