/**
 * Virtual paths: absolute, `/`-separated, with `/` as the root.
 *
 * @module
 */

/**
 * The path that `argument` means in the folder `directory`: absolute,
 * normalised, and never above the root, however many `..` it has. Backslashes
 * are ordinary characters.
 *
 * @example
 * ```ts
 * import { resolvePath } from "./path.ts";
 * console.assert(resolvePath("/a/b", "../c//d/.") === "/a/c/d");
 * console.assert(resolvePath("/a", "/../../etc/") === "/etc");
 * ```
 */
export function resolvePath(directory: string, argument: string): string {
  const whole = argument.startsWith("/")
    ? argument
    : `${directory}/${argument}`;
  const parts: string[] = [];
  for (const part of whole.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** The folder a path is in; `/` for the root. */
export function parentPath(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** The last component of a path; empty for the root. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The path of `name` in the folder `directory`. */
export function joinPath(directory: string, name: string): string {
  return directory === "/" ? `/${name}` : `${directory}/${name}`;
}

/**
 * A path in quotes, its own quotes doubled (RFC 959 appendix II).
 *
 * @example
 * ```ts
 * import { quotePath } from "./path.ts";
 * console.assert(quotePath('/say "hi"') === '"/say ""hi"""');
 * ```
 */
export function quotePath(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}
