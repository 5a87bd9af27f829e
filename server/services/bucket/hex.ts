/**
 * Bytes as `hexdump -C` shows them.
 *
 * @module
 */

import type { Bytes } from "../../../lib/bytes.ts";

const ROW = 16;
const HALF = 8;

/**
 * Lines of up to 16 bytes each: where they are, what they are, and the ASCII
 * that they would be; a dot stands for what cannot be shown.
 *
 * @example
 * ```ts
 * import { hexRows } from "./hex.ts";
 * const [row] = hexRows(new TextEncoder().encode("hello\n"));
 * console.assert(row!.startsWith("0000  68 65 6c 6c 6f 0a "));
 * console.assert(row!.endsWith(" |hello.|"));
 * ```
 */
export function hexRows(bytes: Bytes): string[] {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += ROW) {
    const row = bytes.subarray(at, at + ROW);
    const offset = at.toString(16).padStart(4, "0");
    const left = hexOf(row.subarray(0, HALF));
    const right = hexOf(row.subarray(HALF));
    const both = `${left}  ${right}`.padEnd(ROW * 3);
    rows.push(`${offset}  ${both}  |${ascii(row)}|`);
  }
  return rows;
}

function hexOf(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .join(" ");
}

function ascii(bytes: Bytes): string {
  const letters = Array.from(
    bytes,
    (byte) => byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".",
  );
  return letters.join("");
}
