/**
 * A folder of a file system as one of its own, for the conformance suite.
 *
 * @module
 */

import {
  type Entry,
  type FileSystem,
  FsError,
} from "../server/fs/file_system.ts";

/**
 * The folder `at` of `fs` as a file system; entries of its root with one of the
 * names `hidden` are left out.
 */
export function subtree(
  fs: FileSystem,
  at: string,
  hidden: readonly string[] = [],
): FileSystem {
  const prefix = at === "/" ? "" : at;
  const full = (path: string) =>
    path === "/" ? at : path.startsWith("/") ? prefix + path : path;
  const cut = (path: string) => path.slice(prefix.length) || "/";
  return {
    async stat(path) {
      const entry = await fs.stat(full(path));
      return path === "/" ? { ...entry, name: "/" } : entry;
    },
    async list(path, options) {
      const entries = await fs.list(full(path), options);
      return path === "/" ? without(entries, hidden) : entries;
    },
    read: (path, offset) => fs.read(full(path), offset),
    write: (path, how) => fs.write(full(path), how),
    remove: (path) => fs.remove(full(path)),
    rename: (from, to, options) => fs.rename(full(from), full(to), options),
    async makeDirectory(path) {
      if (path === "/") throw new FsError("permission");
      await fs.makeDirectory(full(path));
    },
    removeDirectory: (path) => fs.removeDirectory(full(path)),
    setModified: (path, modified) => fs.setModified(full(path), modified),
    setMode: (path, mode) => fs.setMode(full(path), mode),
    setGroup: (path, group) => fs.setGroup(full(path), group),
    setCreated: (path, created) => fs.setCreated(full(path), created),
    makeLink: (path, target) => fs.makeLink(full(path), full(target)),
    resolve: async (path) => cut(await fs.resolve(full(path))),
    space: (path) => fs.space(full(path)),
    usage: () => fs.usage(),
    rights: (path) => fs.rights(full(path)),
    fileOf: (path) => fs.fileOf(full(path)),
  };
}

async function* without(
  entries: AsyncIterable<Entry>,
  hidden: readonly string[],
): AsyncGenerator<Entry, void, void> {
  for await (const entry of entries) {
    if (!hidden.includes(entry.name)) yield entry;
  }
}
