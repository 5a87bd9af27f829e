/**
 * Uploads of those who may not do everything.
 *
 * @module
 */

import type { Sink } from "../../lib/bytes.ts";
import { baseName, joinPath, parentPath } from "../../lib/ftp/path.ts";
import {
  type Entry,
  type FileSystem,
  FsError,
  type WriteMode,
} from "./file_system.ts";
import { isBlind, type Permission } from "./rights.ts";

/** What {@linkcode openAllowed} goes by. */
export interface Allowed {
  /** What may be done at the path. */
  readonly rights: readonly Permission[];
  /** Whether what is there may be replaced or cut. */
  readonly overwrite: boolean;
}

/**
 * Opens a file for writing as far as that is allowed, and so that nothing else
 * happens when others change it meanwhile.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { memoryFileSystem } from "./memory.ts";
 * import { openAllowed } from "./restricted_write.ts";
 * const fs = memoryFileSystem({ "/a": "text" });
 * const allowed = { rights: ["write", "list"], overwrite: false } as const;
 * const open = () => openAllowed(fs, "/a", { mode: "replace" }, allowed);
 * await assertRejects(open, Error, "exists");
 * ```
 */
export async function openAllowed(
  fs: FileSystem,
  path: string,
  how: WriteMode,
  { rights, overwrite }: Allowed,
): Promise<Sink> {
  const may = (permission: Permission) => rights.includes(permission);
  switch (how.mode) {
    case "append":
      // Whether it is refused must not tell whether there is a file.
      if (isBlind(rights)) throw new FsError("permission");
      return await append(fs, path, may);
    case "at":
      return await continueAt(fs, path, how.offset, { may, overwrite });
    default:
      if (!may("write")) throw new FsError("permission");
      if (overwrite && how.mode === "replace") return await fs.write(path, how);
      return await makeNew(
        path,
        rights,
        (path) => fs.write(path, { mode: "new" }),
      );
  }
}

type May = (permission: Permission) => boolean;

async function append(
  fs: FileSystem,
  path: string,
  may: May,
): Promise<Sink> {
  if (may("write") && may("append")) {
    return await fs.write(path, { mode: "append" });
  }
  // Here existence matters, and the mode sees to it that it stays as it is.
  const old = may("write") || may("append") ? await find(fs, path) : null;
  if (!may(old ? "append" : "write")) throw new FsError("permission");
  return await fs.write(path, { mode: old ? "append" : "new" });
}

async function continueAt(
  fs: FileSystem,
  path: string,
  offset: number,
  { may, overwrite }: { may: May; overwrite: boolean },
): Promise<Sink> {
  if (!may("append")) throw new FsError("permission");
  if (may("write") && overwrite) {
    return await fs.write(path, { mode: "at", offset });
  }
  // What is cut off is as lost as what is replaced.
  const { size } = await fs.stat(path);
  if (offset > size) throw new FsError("bad-offset");
  if (offset < size) throw new FsError("exists", NOT_CUT);
  return await fs.write(path, { mode: "append" });
}

const NOT_CUT = "File exists; only what comes behind its end can be stored.";

/**
 * Makes something new at `path`. Nobody who may not look learns from a refusal
 * that a name is taken: it gets a free one beside that.
 *
 * @example
 * ```ts
 * import { makeNew } from "./restricted_write.ts";
 * import { FsError } from "./file_system.ts";
 * const made = await makeNew("/a.txt", ["write"], (path) => {
 *   if (path === "/a.txt") throw new FsError("exists");
 *   return Promise.resolve(path);
 * });
 * console.assert(/^\/a-[0-9a-f]{8}\.txt$/.test(made));
 * ```
 */
export async function makeNew<T>(
  path: string,
  rights: readonly Permission[],
  make: (path: string) => Promise<T>,
): Promise<T> {
  try {
    return await make(path);
  } catch (error) {
    if (!isBlind(rights) || !isExists(error)) throw error;
    return await make(besides(path));
  }
}

function isExists(error: unknown): boolean {
  return error instanceof FsError && error.kind === "exists";
}

/** `/a.txt` becomes `/a-5f2c1a90.txt`. */
function besides(path: string): string {
  const name = baseName(path);
  const dot = name.lastIndexOf(".");
  const end = dot > 0 ? dot : name.length;
  const mark = `-${crypto.randomUUID().slice(0, 8)}`;
  return joinPath(
    parentPath(path),
    name.slice(0, end) + mark + name.slice(end),
  );
}

async function find(fs: FileSystem, path: string): Promise<Entry | null> {
  try {
    return await fs.stat(path);
  } catch (error) {
    if (error instanceof FsError && error.kind === "not-found") return null;
    throw error;
  }
}
