/**
 * A file system in which some names can't be given.
 *
 * @module
 */

import { globMatcher } from "../../lib/glob.ts";
import { withoutEnd } from "../../lib/without_end.ts";
import { type FileSystem, FsError } from "./file_system.ts";
import { wrapped } from "./wrapped.ts";

/**
 * `fs` where nothing is stored, made, linked or renamed under a path that has a
 * component which matches one of the patterns (see `globMatcher`): that throws
 * `bad-name`.
 *
 * Case does not matter, leading dots are like any character, and dots and
 * spaces at the end of a name, which some systems ignore, are ignored. What has
 * such a name already can be seen, fetched, renamed and removed.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { memoryFileSystem } from "./memory.ts";
 * import { refuseNames } from "./refused_names.ts";
 * const fs = refuseNames(memoryFileSystem(), ["*.exe", ".ht*"]);
 * await assertRejects(() => fs.makeDirectory("/a.EXE"), Error, "not allowed");
 * ```
 */
export function refuseNames(
  fs: FileSystem,
  patterns: readonly string[],
): FileSystem {
  const matchers = patterns.map((pattern) =>
    globMatcher(folded(pattern), { dots: true })
  );
  const isRefused = (name: string) =>
    matchers.some((matches) => matches(name) || matches(trimmed(name)));
  const check = (path: string) => {
    const names = path.split("/").filter(Boolean).map(folded);
    if (names.some(isRefused)) throw new FsError("bad-name");
  };
  return wrapped(fs, {
    async write(path, how) {
      check(path);
      return await fs.write(path, how);
    },
    async rename(from, to, options) {
      check(to);
      await fs.rename(from, to, options);
    },
    async makeDirectory(path) {
      check(path);
      await fs.makeDirectory(path);
    },
    async makeLink(path, target) {
      check(path);
      await fs.makeLink(path, target);
    },
  });
}

/** The same for all ways to write a name that some systems take for one. */
function folded(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

function trimmed(name: string): string {
  return withoutEnd(name, ". ");
}
