/**
 * The questions that {@linkcode restricted} asks before it lets anybody do
 * anything.
 *
 * @module
 */

import { baseName, joinPath, parentPath } from "../../lib/ftp/path.ts";
import { type FileSystem, FsError } from "./file_system.ts";
import { common, type Permission } from "./rights.ts";
import type { Rules } from "./rules.ts";

/** Says what may be done, or throws `permission`. */
export interface Guard {
  /** What may be done with what a path leads to. */
  rights(path: string): Promise<readonly Permission[]>;
  /** What may be done with what has this path, a link itself for a link. */
  entryRights(path: string): Promise<readonly Permission[]>;
  /** Throws unless all these are allowed with what a path leads to. */
  require(path: string, ...wanted: Permission[]): Promise<void>;
  /** The same for what has this path, which must have no rule of its own. */
  requireEntry(path: string, ...wanted: Permission[]): Promise<void>;
}

/**
 * A guard of `fs`.
 *
 * Where folders differ, two paths count, the one that was given and the one
 * that it leads to through links: what one of them forbids is forbidden. So no
 * link leads around a rule, nor does the case of a name where the system
 * ignores it.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { guardOf } from "./guard.ts";
 * import { memoryFileSystem } from "./memory.ts";
 * import { rulesOf } from "./rules.ts";
 * const guard = guardOf(memoryFileSystem(), rulesOf(["list"]));
 * await guard.require("/", "list");
 * await assertRejects(() => guard.require("/", "write"), Error, "privileges");
 * ```
 */
export function guardOf(fs: FileSystem, rules: Rules): Guard {
  const both = (path: string, real: string) =>
    path === real ? rules.at(path) : common(rules.at(path), rules.at(real));
  const guard: Guard = {
    async rights(path) {
      return rules.differ ? both(path, await fs.resolve(path)) : rules.at(path);
    },
    async entryRights(path) {
      return rules.differ
        ? both(path, await placeOf(fs, path))
        : rules.at(path);
    },
    async require(path, ...wanted) {
      assertIn(await guard.rights(path), wanted);
    },
    async requireEntry(path, ...wanted) {
      assertIn(await guard.entryRights(path), wanted);
      if (!rules.differ) return;
      const real = await placeOf(fs, path);
      if (!rules.touch(path) && !rules.touch(real)) return;
      throw new FsError("permission", RULED);
    },
  };
  return guard;
}

const RULED = "This folder has permissions of its own, or holds one that has.";

/** Where the entry itself is: links above it are resolved, it is not. */
async function placeOf(fs: FileSystem, path: string): Promise<string> {
  if (path === "/") return path;
  return joinPath(await fs.resolve(parentPath(path)), baseName(path));
}

function assertIn(
  rights: readonly Permission[],
  wanted: readonly Permission[],
): void {
  if (wanted.every((permission) => rights.includes(permission))) return;
  throw new FsError("permission");
}
