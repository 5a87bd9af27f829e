/**
 * Files of inputs that something was found with: `TARGET.HASH`, the bytes as
 * they are.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";

/** Where they are kept once what they found is mended. */
export const FOUND: URL = new URL("./found/", import.meta.url);

/** The name for an input of a target: the same for the same bytes. */
export async function nameOf(target: string, input: Bytes): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", input);
  const hex = new Uint8Array(hash).subarray(0, 4).toHex();
  return `${target}.${hex}`;
}

/** Which target a file is for, by its name. */
export function targetOf(path: string): string {
  return path.replace(/^.*[/\\]/s, "").replace(/\..*$/s, "");
}

/** An input as one line that can be copied. */
export function shown(input: Bytes): string {
  const text = String.fromCharCode(...input.subarray(0, 120));
  const more = input.length > 120 ? "…" : "";
  return `${JSON.stringify(text)}${more}`;
}
