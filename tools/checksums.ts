/**
 * `SHA256SUMS` files, as `sha256sum --check` reads them.
 *
 * @module
 */

import { createHash } from "node:crypto";

/**
 * The SHA-256 of a file in lower-case hexadecimal, read piece by piece.
 *
 * Throws what `Deno.open` throws.
 *
 * @example
 * ```ts
 * import { sha256OfFile } from "./checksums.ts";
 * const path = await Deno.makeTempFile();
 * console.assert((await sha256OfFile(path)).startsWith("e3b0c442"));
 * await Deno.remove(path);
 * ```
 */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await Deno.open(path);
  for await (const bytes of file.readable) hash.update(bytes);
  return hash.digest("hex");
}

/**
 * Adds `sums` (file name to checksum) to the text of a `SHA256SUMS` file:
 * known names are replaced, those that `keep` refuses dropped, all sorted.
 *
 * @example
 * ```ts
 * import { mergeSums } from "./checksums.ts";
 * const text = mergeSums("1  b\n2  gone\n", { a: "3" }, (n) => n !== "gone");
 * console.assert(text === "3  a\n1  b\n");
 * ```
 */
export function mergeSums(
  text: string,
  sums: Readonly<Record<string, string>>,
  keep: (name: string) => boolean,
): string {
  const old = text.split("\n").flatMap((line) => {
    const [, sum, name] = /^(\S+) [ *](.+)$/.exec(line) ?? [];
    return sum && name && keep(name) ? [[name, sum] as const] : [];
  });
  const merged = new Map([...old, ...Object.entries(sums)]);
  return [...merged].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, sum]) => `${sum}  ${name}\n`).join("");
}
