/**
 * Numbers of bytes as people write them: `500K`, `1.5G`.
 *
 * @module
 */

const UNITS = ["", "K", "M", "G", "T"];

/**
 * The bytes that `text` means: a number with or without `K`, `M`, `G` or `T`,
 * which are powers of 1024; `KiB` and the like are the same. `null` when it is
 * no size from 1 byte to 2⁵³−1.
 *
 * @example
 * ```ts
 * import { parseSize } from "./size.ts";
 * console.assert(parseSize("1.5K") === 1536);
 * console.assert(parseSize("much") === null);
 * ```
 */
export function parseSize(text: string): number | null {
  const [, number = "", unit = ""] =
    /^(\d{1,16}(?:\.\d{1,6})?)([KMGT]?)(?:iB)?$/i.exec(text) ?? [];
  const power = UNITS.indexOf(unit.toUpperCase());
  const bytes = Math.floor(Number(number) * 1024 ** power);
  return bytes >= 1 && Number.isSafeInteger(bytes) ? bytes : null;
}

/**
 * Writes a size exactly, in the largest unit in which it is a whole number:
 * `1 GiB`, `1536 KiB`, `1001 bytes`.
 *
 * @example
 * ```ts
 * import { formatSize } from "./size.ts";
 * console.assert(formatSize(1 << 30) === "1 GiB");
 * console.assert(formatSize(1) === "1 byte");
 * ```
 */
export function formatSize(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value > 0 && value % 1024 === 0 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  if (unit > 0) return `${value} ${UNITS[unit]}iB`;
  return value === 1 ? "1 byte" : `${value} bytes`;
}
