/**
 * Comparing secrets in a time that tells nothing about them.
 *
 * @module
 */

const encoder = new TextEncoder();

/**
 * Whether two byte strings are the same. The time depends on their lengths
 * only, which are no secret.
 *
 * @example
 * ```ts
 * import { sameBytes } from "./same.ts";
 * console.assert(sameBytes(new Uint8Array([1, 2]), new Uint8Array([1, 2])));
 * console.assert(!sameBytes(new Uint8Array([1, 2]), new Uint8Array([1])));
 * ```
 */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  return a.reduce((difference, byte, at) => difference | byte ^ b[at]!, 0) ===
    0;
}

/**
 * Whether two texts are the same, compared by digest: equal time wherever the
 * two differ, and whatever their lengths.
 *
 * @example
 * ```ts
 * import { sameText } from "./same.ts";
 * console.assert(await sameText("secret", "secret"));
 * console.assert(!await sameText("secret", "guess"));
 * ```
 */
export async function sameText(given: string, right: string): Promise<boolean> {
  const [a, b] = await Promise.all([digestOf(given), digestOf(right)]);
  return sameBytes(a, b);
}

async function digestOf(text: string): Promise<Uint8Array> {
  return new Uint8Array(
    await crypto.subtle.digest("SHA-256", encoder.encode(text)),
  );
}
