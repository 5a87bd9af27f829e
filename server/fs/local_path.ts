/**
 * From virtual paths to real ones, and never out of the root.
 *
 * Containment is judged on the *real* path, where no symbolic link is left.
 * Another program may swap a folder for a link between that judgement and the
 * act it allows. There is no `openat` here to rule that out, so:
 *
 * - what is opened or looked at is compared with what lies at the real path
 *   afterwards (`local_proof.ts`), before a byte is read, changed or told;
 * - everything else acts with a synchronous call directly behind the judgement,
 *   which leaves a window of microseconds. Metadata calls take 3 to 10 µs, ten
 *   times less than a trip to another thread, so they hold nobody up.
 *
 * @module
 */

import { withoutEnd } from "../../lib/without_end.ts";
import { errorCode } from "./errors.ts";
import { FsError } from "./file_system.ts";

/** Whether paths have drive letters and backslashes. */
export const WINDOWS: boolean = Deno.build.os === "windows";
/** Between the parts of an operating system's path. */
export const SEPARATOR: string = WINDOWS ? "\\" : "/";
const FORBIDDEN: RegExp = WINDOWS ? /[\0\\:]/ : /\0/;
const PART_NAME = /^\.wharf-[^/]*\.part$/i;

/** A name that may not exist yet, in a folder that does. */
export interface Place {
  /** Real path of the folder. */
  folder: string;
  /** Last component. */
  name: string;
  /** Real path of the folder, and the name. */
  path: string;
}

/**
 * A hidden name for a file that is being uploaded.
 *
 * @example
 * ```ts
 * import { isPartName, partName } from "./local_path.ts";
 * console.assert(isPartName(partName()));
 * ```
 */
export function partName(): string {
  return `.wharf-${crypto.randomUUID()}.part`;
}

/**
 * Whether a name belongs to a file that is being uploaded.
 *
 * @example
 * ```ts
 * import { isPartName } from "./local_path.ts";
 * console.assert(!isPartName("a.part"));
 * ```
 */
export function isPartName(name: string): boolean {
  return PART_NAME.test(name);
}

/**
 * The real path of what is at the virtual `path`.
 *
 * Throws `not-found` when there is nothing or when it is not below the root.
 *
 * @example
 * ```ts
 * import { locate } from "./local_path.ts";
 * const root = Deno.makeTempDirSync();
 * console.assert(locate(root, "/") === Deno.realPathSync(root));
 * Deno.removeSync(root);
 * ```
 */
export function locate(root: string, path: string): string {
  check(path, "not-found");
  const real = Deno.realPathSync(below(root, path));
  if (!isServed(root, real)) throw new FsError("not-found");
  return real;
}

/**
 * The place of the virtual `path`, where a link is not followed.
 *
 * Throws `permission` for the root, which is no place to put anything, and
 * `bad-name` for a name that only an upload may have.
 *
 * @example
 * ```ts
 * import { locatePlace } from "./local_path.ts";
 * const root = Deno.makeTempDirSync();
 * console.assert(locatePlace(root, "/new").name === "new");
 * Deno.removeSync(root);
 * ```
 */
export function locatePlace(root: string, path: string): Place {
  if (path === "/") throw new FsError("permission");
  check(path, "bad-name");
  const cut = path.lastIndexOf("/");
  const name = path.slice(cut + 1);
  const folder = locate(root, path.slice(0, cut) || "/");
  return { folder, name, path: join(folder, name) };
}

/**
 * The virtual path of a real one; `null` for one that is not below the root.
 *
 * @example
 * ```ts
 * import { virtualPath } from "./local_path.ts";
 * const root = Deno.realPathSync(Deno.makeTempDirSync());
 * console.assert(virtualPath(root, root + "/a/b") === "/a/b");
 * console.assert(virtualPath(root, root + "b") === null);
 * Deno.removeSync(root);
 * ```
 */
export function virtualPath(root: string, real: string): string | null {
  const realRoot = Deno.realPathSync(root);
  if (real === realRoot) return "/";
  // With its separator, or "/srv/ab" would be inside "/srv/a".
  const prefix = join(realRoot, "");
  if (!real.startsWith(prefix)) return null;
  return "/" + real.slice(prefix.length).replaceAll(SEPARATOR, "/");
}

/**
 * A folder's path and a name in it as one path.
 *
 * @example
 * ```ts
 * import { join } from "./local_path.ts";
 * console.assert(join("/", "a") === "/a");
 * ```
 */
export function join(folder: string, name: string): string {
  return folder.endsWith(SEPARATOR) ? folder + name : folder + SEPARATOR + name;
}

/**
 * Whether a real path is the root or below it, and no upload's hidden one.
 *
 * @example
 * ```ts
 * import { isServed } from "./local_path.ts";
 * const root = Deno.realPathSync(Deno.makeTempDirSync());
 * console.assert(!isServed(root, root + "b"));
 * Deno.removeSync(root);
 * ```
 */
export function isServed(root: string, real: string): boolean {
  return virtualPath(root, real) !== null && !isPartName(lastName(real));
}

/**
 * The folder of a path.
 *
 * @example
 * ```ts
 * import { parentOf } from "./local_path.ts";
 * console.assert(parentOf("/a") === "/");
 * ```
 */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf(SEPARATOR)) || SEPARATOR;
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf(SEPARATOR) + 1);
}

function below(root: string, path: string): string {
  return path === "/" ? root : withoutEnd(root, "/") + path;
}

/** Refuses paths that no caller should build; `hidden`: why for part files. */
function check(path: string, hidden: "not-found" | "bad-name"): void {
  if (path === "/") return;
  if (!path.startsWith("/") || FORBIDDEN.test(path)) {
    throw new FsError("bad-name");
  }
  for (const part of path.slice(1).split("/")) {
    if (part === "" || part === "." || part === "..") {
      throw new FsError("bad-name");
    }
    if (isPartName(part)) throw new FsError(hidden);
  }
}

/**
 * What `look` finds; `null` for what is not there or is out of reach.
 *
 * @example
 * ```ts
 * import { orNull } from "./local_path.ts";
 * console.assert(orNull(() => Deno.lstatSync("/no/such")) === null);
 * ```
 */
export function orNull<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (MISSING.has(errorCode(error))) return null;
    throw error;
  }
}

const MISSING: ReadonlySet<string> = new Set([
  "ENOENT",
  "NotFound",
  "ENOTDIR",
  "NotADirectory",
  "ELOOP",
  "FilesystemLoop",
  "EINVAL", // readlink of what is no link
  "NotCapable", // outside the root, in a confined worker
]);
