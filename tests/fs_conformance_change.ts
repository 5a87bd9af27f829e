/**
 * What every file system must do when the tree is changed.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Cases, get, names, put, refuses } from "./fs_conformance.ts";

/** `remove`, `rename`, folders, times and modes. */
export const CHANGE_CASES: Cases = {
  "remove() removes a file": async (fs) => {
    await put(fs, "/a", "");
    await fs.remove("/a");
    assertEquals(await names(fs, "/"), []);
  },
  "remove() refuses what is no file": async (fs) => {
    await fs.makeDirectory("/sub");
    await refuses("is-directory", () => fs.remove("/sub"));
    await refuses("not-found", () => fs.remove("/none"));
    await refuses("permission", () => fs.remove("/"));
    assertEquals(await names(fs, "/"), ["sub"]);
  },
  "remove() leaves the file to who reads it": async (fs) => {
    await put(fs, "/a", "text");
    const source = await fs.read("/a", 0);
    await fs.remove("/a");
    assertEquals(await source.read(new Uint8Array(9)), 4);
    await source.close();
  },
  "rename() moves a file": async (fs) => {
    await put(fs, "/a", "text");
    await fs.makeDirectory("/sub");
    await fs.rename("/a", "/sub/b");
    assertEquals(await names(fs, "/"), ["sub"]);
    assertEquals(await get(fs, "/sub/b"), "text");
  },
  "rename() replaces a file": async (fs) => {
    await put(fs, "/a", "a");
    await put(fs, "/b", "b");
    await fs.rename("/a", "/b");
    assertEquals(await names(fs, "/"), ["b"]);
    assertEquals(await get(fs, "/b"), "a");
  },
  "rename() moves a folder with what is in it": async (fs) => {
    await fs.makeDirectory("/sub");
    await put(fs, "/sub/a", "text");
    await fs.rename("/sub", "/other");
    assertEquals(await get(fs, "/other/a"), "text");
    await refuses("not-found", () => fs.stat("/sub"));
  },
  "rename() to itself changes nothing": async (fs) => {
    await put(fs, "/a", "text");
    await fs.makeDirectory("/sub");
    await fs.rename("/a", "/a");
    await fs.rename("/sub", "/sub");
    assertEquals(await names(fs, "/"), ["a", "sub"]);
    await refuses("not-found", () => fs.rename("/none", "/none"));
  },
  "rename() of a folder replaces an empty one only": async (fs) => {
    for (const path of ["/sub", "/empty", "/full", "/full/a"]) {
      await fs.makeDirectory(path);
    }
    await put(fs, "/file", "");
    await refuses("not-empty", () => fs.rename("/sub", "/full"));
    await refuses("not-directory", () => fs.rename("/sub", "/file"));
    await fs.rename("/sub", "/empty");
    assertEquals(await names(fs, "/"), ["empty", "file", "full"]);
  },
  "rename() of a file replaces no folder": async (fs) => {
    await put(fs, "/file", "text");
    await fs.makeDirectory("/sub");
    await refuses("is-directory", () => fs.rename("/file", "/sub"));
    assertEquals(await get(fs, "/file"), "text");
  },
  "rename() refuses to move a folder into itself": async (fs) => {
    await fs.makeDirectory("/sub");
    await fs.makeDirectory("/sub/a");
    await refuses("permission", () => fs.rename("/sub", "/sub/b"));
    await refuses("permission", () => fs.rename("/sub", "/sub/a/b"));
    await fs.rename("/sub", "/subway");
    assertEquals(await names(fs, "/subway"), ["a"]);
  },
  "rename() refuses the root and what is not there": async (fs) => {
    await put(fs, "/a", "");
    await refuses("permission", () => fs.rename("/", "/b"));
    await refuses("permission", () => fs.rename("/a", "/"));
    await refuses("not-found", () => fs.rename("/none", "/b"));
    await refuses("not-found", () => fs.rename("/a", "/none/b"));
    await refuses("not-directory", () => fs.rename("/a", "/a/b"));
  },
  "makeDirectory() makes one folder": async (fs) => {
    await fs.makeDirectory("/sub");
    await fs.makeDirectory("/sub/with space");
    assertEquals(await names(fs, "/sub"), ["with space"]);
  },
  "makeDirectory() refuses a name that is taken": async (fs) => {
    await fs.makeDirectory("/sub");
    await put(fs, "/file", "");
    await refuses("exists", () => fs.makeDirectory("/sub"));
    await refuses("exists", () => fs.makeDirectory("/file"));
    await refuses("permission", () => fs.makeDirectory("/"));
  },
  "makeDirectory() makes no folders above it": async (fs) => {
    await put(fs, "/file", "");
    await refuses("not-found", () => fs.makeDirectory("/none/sub"));
    await refuses("not-directory", () => fs.makeDirectory("/file/sub"));
  },
  "removeDirectory() removes an empty folder": async (fs) => {
    await fs.makeDirectory("/sub");
    await fs.removeDirectory("/sub");
    assertEquals(await names(fs, "/"), []);
  },
  "removeDirectory() refuses anything else": async (fs) => {
    await fs.makeDirectory("/sub");
    await put(fs, "/sub/a", "");
    await refuses("not-empty", () => fs.removeDirectory("/sub"));
    await refuses("not-directory", () => fs.removeDirectory("/sub/a"));
    await refuses("not-found", () => fs.removeDirectory("/none"));
    await refuses("permission", () => fs.removeDirectory("/"));
    assertEquals(await names(fs, "/sub"), ["a"]);
  },
  "setModified() sets the time of files and folders": async (fs) => {
    await put(fs, "/a", "text");
    await fs.makeDirectory("/sub");
    for (const path of ["/a", "/sub"]) {
      for (const time of ["2001-02-03T04:05:06.789Z", "1970-01-01T00:00:00Z"]) {
        await fs.setModified(path, new Date(time));
        assertEquals((await fs.stat(path)).modified, new Date(time));
      }
    }
    await refuses("not-found", () => fs.setModified("/none", new Date(0)));
  },
  "setMode() sets the permission bits and no others": async (fs) => {
    await put(fs, "/a", "text");
    await fs.setMode("/a", 0o604);
    assertEquals((await fs.stat("/a")).mode, 0o604);
    await fs.setMode("/a", 0o7755);
    assertEquals((await fs.stat("/a")).mode, 0o755);
    await refuses("not-found", () => fs.setMode("/none", 0o600));
  },
  "rename() without replacing refuses a name that is taken": async (fs) => {
    const how = { replace: false };
    await put(fs, "/a", "a");
    await put(fs, "/b", "b");
    for (const path of ["/sub", "/empty"]) await fs.makeDirectory(path);
    await refuses("exists", () => fs.rename("/a", "/b", how));
    await refuses("exists", () => fs.rename("/a", "/empty", how));
    await refuses("exists", () => fs.rename("/sub", "/empty", how));
    await refuses("exists", () => fs.rename("/sub", "/b", how));
    assertEquals(await get(fs, "/b"), "b");
    await fs.rename("/a", "/a", how);
    await fs.rename("/a", "/sub/c", how);
    await fs.rename("/sub", "/other", how);
    assertEquals(await names(fs, "/"), ["b", "empty", "other"]);
    assertEquals(await get(fs, "/other/c"), "a");
  },
  "setGroup() sets the group, where the system lets it": async (fs) => {
    await put(fs, "/a", "text");
    const { group } = await fs.stat("/a");
    await fs.setGroup("/a", group);
    assertEquals((await fs.stat("/a")).group, group);
    await refuses("not-found", () => fs.setGroup("/none", group));
  },
  "setCreated() sets the time, or says that nothing does": async (fs) => {
    await put(fs, "/a", "text");
    const time = new Date("2001-02-03T04:05:06Z");
    const refusal = await fs.setCreated("/a", time).catch((error) => error);
    if (refusal) assertEquals(refusal.kind, "unsupported");
    else assertEquals((await fs.stat("/a")).created, time);
  },
  "makeLink() makes a link, or says that nothing does": async (fs) => {
    await fs.makeDirectory("/sub");
    await put(fs, "/a", "text");
    const refusal = await fs.makeLink("/sub/l", "/a").catch((error) => error);
    if (refusal) return assertEquals(refusal.kind, "unsupported");
    assertEquals(await get(fs, "/sub/l"), "text");
    assertEquals(await fs.resolve("/sub/l"), "/a");
    await refuses("exists", () => fs.makeLink("/a", "/sub"));
    await refuses("not-found", () => fs.makeLink("/b", "/none"));
    await fs.remove("/sub/l");
    assertEquals(await get(fs, "/a"), "text");
  },
};
