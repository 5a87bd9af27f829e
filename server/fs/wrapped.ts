/**
 * File systems made of others.
 *
 * @module
 */

import type { FileSystem } from "./file_system.ts";

/**
 * `fs` with some methods of its own; all others are those of `fs`.
 *
 * @example
 * ```ts
 * import { memoryFileSystem } from "./memory.ts";
 * import { wrapped } from "./wrapped.ts";
 * const full = wrapped(memoryFileSystem(), { space: () => Promise.resolve(0) });
 * console.assert(await full.space("/") === 0);
 * ```
 */
export function wrapped(
  fs: FileSystem,
  own: Partial<FileSystem>,
): FileSystem {
  // Written out, because a class has its methods where `...` finds none.
  return {
    stat: (path) => fs.stat(path),
    list: (path, options) => fs.list(path, options),
    read: (path, offset) => fs.read(path, offset),
    write: (path, how) => fs.write(path, how),
    remove: (path) => fs.remove(path),
    rename: (from, to, options) => fs.rename(from, to, options),
    makeDirectory: (path) => fs.makeDirectory(path),
    removeDirectory: (path) => fs.removeDirectory(path),
    setModified: (path, modified) => fs.setModified(path, modified),
    setMode: (path, mode) => fs.setMode(path, mode),
    setGroup: (path, group) => fs.setGroup(path, group),
    setCreated: (path, created) => fs.setCreated(path, created),
    makeLink: (path, target) => fs.makeLink(path, target),
    resolve: (path) => fs.resolve(path),
    space: (path) => fs.space(path),
    usage: () => fs.usage(),
    rights: (path) => fs.rights(path),
    fileOf: (path) => fs.fileOf(path),
    ...own,
  };
}
