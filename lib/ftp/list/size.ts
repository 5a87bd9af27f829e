/**
 * Sizes as listings write them.
 *
 * @module
 */

const UNITS = "BKMGTPE";
const HUMAN_REGEXP = /^(\d{1,15})(?:[.,](\d{1,3}))?([BKMGTPE])(?:i?B)?$/i;
const GROUPED_REGEXP = /^\d{1,3}(?:[.,'’]\d{3}){1,7}$/;

/**
 * Reads a size in bytes: `1234`, `9,730`, `33.5k`, `2GiB` (units are of 1024).
 * `undefined` when it is no size; `null` when it is one that says nothing:
 * above 2⁵³−1, or negative because the server counts in 32 bits.
 *
 * @example
 * ```ts
 * import { sizeOf } from "./size.ts";
 * console.assert(sizeOf("33.5k") === 34304);
 * console.assert(sizeOf("-2147483648") === null);
 * console.assert(sizeOf("folder") === undefined);
 * ```
 */
export function sizeOf(text: string): number | null | undefined {
  if (!/^[-\d]/.test(text)) return undefined;
  if (/^\d{1,40}$/.test(text)) return safe(Number(text));
  if (/^-\d{1,20}$/.test(text)) return null;
  if (GROUPED_REGEXP.test(text)) return safe(Number(text.replace(/\D/g, "")));
  return humanSize(text);
}

/**
 * Reads a size with a unit; `undefined` when it is none.
 *
 * @example
 * ```ts
 * import { humanSize } from "./size.ts";
 * console.assert(humanSize("12KB") === 12288);
 * ```
 */
export function humanSize(text: string): number | null | undefined {
  const match = HUMAN_REGEXP.exec(text);
  if (match === null) return undefined;
  const amount = Number(`${match[1]}.${match[2] ?? 0}`);
  const power = UNITS.indexOf(match[3]!.toUpperCase());
  return safe(Math.round(amount * 1024 ** power));
}

/** Numbers beyond 2⁵³−1 are not exact, hence unknown. */
function safe(size: number): number | null {
  return Number.isSafeInteger(size) ? size : null;
}
