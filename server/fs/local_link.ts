/**
 * Symbolic links in the served folder: where they lead and what they show.
 *
 * @module
 */

import { baseName, joinPath, parentPath } from "../../lib/ftp/path.ts";
import { errorCode, fsError } from "./errors.ts";
import { FsError } from "./file_system.ts";
import {
  isServed,
  join,
  locate,
  locatePlace,
  orNull,
  parentOf,
  type Place,
  SEPARATOR,
  virtualPath,
  WINDOWS,
} from "./local_path.ts";

/** As many links in a row as Linux follows. */
const MAX_LINKS = 40;

/**
 * The place of the virtual `path` and what is there, a link not followed.
 *
 * Throws `not-found` also for a link that leads out of the root.
 *
 * @example
 * ```ts
 * import { locateEntry } from "./local_link.ts";
 * const root = Deno.makeTempDirSync();
 * Deno.writeTextFileSync(root + "/a", "text");
 * console.assert(locateEntry(root, "/a").info.size === 4);
 * Deno.removeSync(root, { recursive: true });
 * ```
 */
export function locateEntry(
  root: string,
  path: string,
): Place & { info: Deno.FileInfo } {
  const place = locatePlace(root, path);
  const info = Deno.lstatSync(place.path);
  if (info.isSymlink && !leadsInside(root, place.path)) {
    throw new FsError("not-found");
  }
  return { ...place, info };
}

/**
 * Whether the link at the real path `link`, broken or not, stays in the root.
 *
 * @example
 * ```ts
 * import { leadsInside } from "./local_link.ts";
 * const root = Deno.makeTempDirSync();
 * Deno.symlinkSync("missing", root + "/a");
 * Deno.symlinkSync("../missing", root + "/b");
 * console.assert(leadsInside(root, root + "/a"));
 * console.assert(!leadsInside(root, root + "/b"));
 * Deno.removeSync(root, { recursive: true });
 * ```
 */
export function leadsInside(root: string, link: string): boolean {
  let at = link;
  for (let links = 0; links < MAX_LINKS; links++) {
    const real = orNull(() => Deno.realPathSync(at));
    if (real !== null) return isServed(root, real);
    const text = orNull(() => Deno.readLinkSync(at));
    if (text === null) return isServed(root, nearestReal(at));
    at = beside(at, text);
  }
  return false;
}

/**
 * The text of the link at the real path `link` as a client may see it: without
 * anything that lies above the root, and on one line.
 *
 * `real` is where the link leads, `null` for a broken one.
 *
 * @example
 * ```ts
 * import { linkText } from "./local_link.ts";
 * const root = Deno.realPathSync(Deno.makeTempDirSync());
 * Deno.symlinkSync(root + "/b", root + "/a");
 * console.assert(linkText(root, root + "/a", null) === "/b");
 * Deno.removeSync(root, { recursive: true });
 * ```
 */
export function linkText(
  root: string,
  link: string,
  real: string | null,
): string {
  const text = Deno.readLinkSync(link);
  const shown = isAbsolute(text) || climbsOut(root, link, text)
    ? virtualPath(root, real ?? beside(link, text))
    : text;
  return (shown ?? "?").replaceAll(/[\r\n\0]/g, "?");
}

/**
 * The virtual `path` with links resolved; see `FileSystem.resolve`.
 *
 * @example
 * ```ts
 * import { resolveLinks } from "./local_link.ts";
 * const root = Deno.makeTempDirSync();
 * Deno.symlinkSync(".", root + "/link");
 * console.assert(resolveLinks(root, "/link/new") === "/new");
 * Deno.removeSync(root, { recursive: true });
 * ```
 */
export function resolveLinks(root: string, path: string): string {
  const real = realOrNull(root, path);
  if (real !== null) return virtualPath(root, real) ?? path;
  if (path === "/") return path;
  return joinPath(resolveLinks(root, parentPath(path)), baseName(path));
}

function realOrNull(root: string, path: string): string | null {
  try {
    return locate(root, path);
  } catch (error) {
    if (UNRESOLVED.has(fsError(error).kind)) return null;
    throw error;
  }
}

/** What is not there has no other path than the one it was given. */
const UNRESOLVED: ReadonlySet<string> = new Set([
  "not-found",
  "not-directory",
  "permission",
]);

/**
 * Makes a link at the virtual `path` that leads to the virtual `target`, which
 * must exist. Its text is relative, so that it leads there from outside, too.
 *
 * Throws `unsupported` where the runtime does not allow it: it wants permission
 * for all files, which a confined worker has not.
 *
 * @example
 * ```ts
 * import { makeLinkAt } from "./local_link.ts";
 * const root = Deno.makeTempDirSync();
 * Deno.mkdirSync(root + "/sub");
 * makeLinkAt(root, "/sub/a", "/");
 * console.assert(Deno.readLinkSync(root + "/sub/a") === "../.");
 * Deno.removeSync(root, { recursive: true });
 * ```
 */
export function makeLinkAt(root: string, path: string, target: string): void {
  const place = locatePlace(root, path);
  const depth = virtualPath(root, place.folder)!.split("/").filter(Boolean);
  const down = virtualPath(root, locate(root, target))!.slice(1) || ".";
  try {
    Deno.symlinkSync("../".repeat(depth.length) + down, place.path);
  } catch (error) {
    if (errorCode(error) !== "NotCapable") throw error;
    throw new FsError("unsupported", NO_LINKS, { cause: error });
  }
}

const NO_LINKS =
  "Links can't be made: the runtime allows it only to a server " +
  "that may write every file.";

/** Whether a relative link names folders above the root on its way. */
function climbsOut(root: string, link: string, text: string): boolean {
  let depth = virtualPath(root, link)?.split("/").length ?? 0;
  // Not counted: the empty part before the first "/", and the link itself.
  depth -= 2;
  return text.split(SEPARATOR).some((part) => {
    if (part === "..") depth--;
    else if (part !== "" && part !== ".") depth++;
    return depth < 0;
  });
}

/** Where the text of the link at `link` points, were there no other links. */
function beside(link: string, text: string): string {
  const from = isAbsolute(text) ? text : join(parentOf(link), text);
  const parts: string[] = [];
  for (const part of from.split(SEPARATOR)) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return (WINDOWS ? "" : SEPARATOR) + parts.join(SEPARATOR);
}

function isAbsolute(path: string): boolean {
  return path.startsWith(SEPARATOR) || WINDOWS && /^[a-z]:/i.test(path);
}

/** The real path of the nearest folder above `path` that exists. */
function nearestReal(path: string): string {
  const parent = parentOf(path);
  if (parent === path) return path;
  return orNull(() => Deno.realPathSync(parent)) ?? nearestReal(parent);
}
