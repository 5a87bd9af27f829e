/**
 * What a download is called until it is complete.
 *
 * @module
 */

/** What stands behind the name of a file that is not complete. */
export const PART = ".part";

/** Bytes of a name that file systems take, less the longest of our endings. */
const LONGEST = 255 - `${PART}.map.new`.length;
/** Bytes of a longer name that stay. */
const KEPT = 200;

const encoder = new TextEncoder();

/**
 * The path of the part of a file: its own with `.part` behind it. A name that
 * leaves no room for that is cut, and told from others by a checksum.
 *
 * @example
 * ```ts
 * import { partPath } from "./part_name.ts";
 * console.assert(partPath("pub/a.iso") === "pub/a.iso.part");
 * console.assert(partPath("x".repeat(255)).length < 220);
 * ```
 */
export function partPath(path: string): string {
  const start = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1;
  const name = path.slice(start);
  if (encoder.encode(name).length <= LONGEST) return `${path}${PART}`;
  return `${path.slice(0, start)}${cut(name)}~${checksum(name)}${PART}`;
}

function cut(name: string): string {
  const { read } = encoder.encodeInto(name, new Uint8Array(KEPT));
  return name.slice(0, read);
}

/** FNV-1a: names that begin alike must not share a part. */
function checksum(name: string): string {
  let sum = 0x811c9dc5;
  for (const byte of encoder.encode(name)) {
    sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
  }
  return sum.toString(16).padStart(8, "0");
}
