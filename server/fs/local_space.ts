/**
 * How much room a disk has.
 *
 * @module
 */

import { errorCode } from "./errors.ts";
import { locate } from "./local_path.ts";

/**
 * Bytes that an ordinary user can still store in the virtual `path`; `null`
 * where nobody can tell.
 *
 * Needs the permission `sys=statfs`; without it the answer is `null`, too.
 *
 * @example
 * ```ts
 * import { spaceAt } from "./local_space.ts";
 * const root = Deno.makeTempDirSync();
 * const space = await spaceAt(root, "/");
 * console.assert(space === null || space >= 0);
 * Deno.removeSync(root);
 * ```
 */
export async function spaceAt(
  root: string,
  path: string,
): Promise<number | null> {
  const real = locate(root, path);
  // Late, because it takes long and few servers ask.
  const { statfsSync } = await import("node:fs");
  try {
    const { bavail, bsize } = statfsSync(real);
    return bavail * bsize;
  } catch (error) {
    if (UNKNOWN.has(errorCode(error))) return null;
    throw error;
  }
}

const UNKNOWN: ReadonlySet<string> = new Set([
  "NotCapable",
  "ENOSYS",
  "ENOTSUP",
  "EOPNOTSUPP",
]);
