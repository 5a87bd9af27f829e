/**
 * Where `lcd` leads.
 *
 * @module
 */

/** A folder that relative paths start from. */
const ROOT_REGEXP = /^(?:[A-Za-z]:)?[/\\]+|^[A-Za-z]:/;

/**
 * A local path without `.`, `..` and doubled slashes, as far as its text tells:
 * `..` at the start of a relative path stays. Backslashes divide on Windows
 * only.
 *
 * @example
 * ```ts
 * import { tidyPath } from "./local_path.ts";
 * console.assert(tidyPath("/a/./b/../c", "linux") === "/a/c");
 * console.assert(tidyPath("../x", "linux") === "../x");
 * ```
 */
export function tidyPath(path: string, system: string): string {
  const isWindows = system === "windows";
  const slash = isWindows ? "\\" : "/";
  const root = isWindows
    ? ROOT_REGEXP.exec(path)?.[0] ?? ""
    : path.startsWith("/")
    ? "/"
    : "";
  const parts: string[] = [];
  const rest = path.slice(root.length);
  for (const part of rest.split(isWindows ? /[/\\]/ : "/")) {
    if (part === "" || part === ".") continue;
    const above = parts.at(-1);
    if (part !== "..") parts.push(part);
    else if (above !== undefined && above !== "..") parts.pop();
    else if (root === "") parts.push(part);
  }
  return `${root}${parts.join(slash)}` || ".";
}
