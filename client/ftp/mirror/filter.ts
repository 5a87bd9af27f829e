/**
 * Which paths a mirror is about: patterns of the shell, for names and for
 * paths.
 *
 * @module
 */

import { globMatcher } from "../../../lib/glob.ts";
import { withoutEnd } from "../../../lib/without_end.ts";

/** Options for {@linkcode createFilter}. */
export interface FilterOptions {
  /** Patterns of files that are wanted. @default all */
  include?: readonly string[];
  /** Patterns of what is not, whatever `include` says. @default none */
  exclude?: readonly string[];
  /** Also names with a leading dot. @default {true} */
  hidden?: boolean;
}

/** Tells why a path is left out, or `null` when it is not. */
export type Filter = (path: string, isFolder: boolean) => string | null;

/**
 * Makes a filter. A pattern without `/` is about a name anywhere, one with `/`
 * about a path from the top, where `**` stands for any number of folders; with
 * `/` at its end it is about folders only. A folder that is excluded is with
 * all that is in it; one that is included, too. Folders are never left out
 * because of `include`: what is in them may be wanted.
 *
 * `*` and `?` in front match no leading dot, as in a shell.
 *
 * @throws {TypeError} when a pattern is empty.
 *
 * @example
 * ```ts
 * import { createFilter } from "./filter.ts";
 * const filter = createFilter({ exclude: ["*.tmp", "build/", "/a/**"] });
 * console.assert(filter("x/y.tmp", false) === "excluded");
 * console.assert(filter("build", false) === null);
 * ```
 */
export function createFilter(options: FilterOptions = {}): Filter {
  const { hidden = true } = options;
  const include = (options.include ?? []).map(pathMatcher);
  const exclude = (options.exclude ?? []).map(pathMatcher);
  return (path, isFolder) => {
    const names = path.split("/");
    if (!hidden && names.at(-1)!.startsWith(".")) return "hidden";
    if (exclude.some((matches) => matches(names, isFolder))) return "excluded";
    if (isFolder || include.length === 0) return null;
    return include.some((matches) => matchesAny(matches, names))
      ? null
      : "not included";
  };
}

type PathMatcher = (names: readonly string[], isFolder: boolean) => boolean;

/** Whether a file or one of the folders above it is meant. */
function matchesAny(matches: PathMatcher, names: readonly string[]): boolean {
  if (matches(names, false)) return true;
  for (let end = names.length - 1; end > 0; end--) {
    if (matches(names.slice(0, end), true)) return true;
  }
  return false;
}

function pathMatcher(pattern: string): PathMatcher {
  const onlyFolders = pattern.endsWith("/");
  const trimmed = withoutEnd(pattern, "/");
  if (trimmed === "") {
    throw new TypeError(`Cannot use the pattern "${pattern}": it has no name`);
  }
  const parts = trimmed.replace(/^\/+/, "").split("/").map(partOf);
  const anywhere = !trimmed.includes("/");
  return (names, isFolder) => {
    if (onlyFolders && !isFolder) return false;
    return matchesParts(parts, anywhere ? names.slice(-1) : names);
  };
}

type Part = "**" | ((name: string) => boolean);

function partOf(text: string): Part {
  return text === "**" ? "**" : globMatcher(text);
}

/** Only the last `**` is ever tried again: no pattern takes long. */
function matchesParts(
  parts: readonly Part[],
  names: readonly string[],
): boolean {
  let part = 0;
  let star = -1;
  let starName = 0;
  for (let name = 0; name < names.length;) {
    const wanted = parts[part];
    if (wanted === "**") {
      star = part++;
      starName = name;
    } else if (wanted !== undefined && wanted(names[name]!)) {
      part++;
      name++;
    } else if (star >= 0) {
      part = star + 1;
      name = ++starName;
    } else {
      return false;
    }
  }
  while (parts[part] === "**") part++;
  return part === parts.length;
}
