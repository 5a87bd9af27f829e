/**
 * Folders that somebody else names: they must be in a folder that was set aside
 * for them.
 *
 * @module
 */

import { SEPARATOR } from "./local_path.ts";

/**
 * The real path of a folder, links followed, that is in the folder `base` or is
 * `base` itself.
 *
 * @throws {Error} when it is not there, or elsewhere: one line that says so.
 *
 * @example
 * ```ts
 * import { folderInside } from "./inside.ts";
 * const base = Deno.realPathSync(Deno.makeTempDirSync());
 * Deno.mkdirSync(`${base}/alice`);
 * console.assert(folderInside(base, `${base}/alice/.`) === `${base}/alice`);
 * Deno.removeSync(base, { recursive: true });
 * ```
 */
export function folderInside(base: string, path: string): string {
  const [top, real] = [realFolder(base), realFolder(path)];
  const within = top.endsWith(SEPARATOR) ? top : top + SEPARATOR;
  if (real === top || real.startsWith(within)) return real;
  throw new Error(`${path} is not in ${base}`);
}

/** What is outside looks as if it were not there, where reading is confined. */
function realFolder(path: string): string {
  try {
    const real = Deno.realPathSync(path);
    if (Deno.statSync(real).isDirectory) return real;
  } catch {
    throw new Error(`${path} is not there, or is not where it may be`);
  }
  throw new Error(`${path} is not a folder`);
}
