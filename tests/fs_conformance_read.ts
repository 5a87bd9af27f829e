/**
 * What every file system must do when it is looked at.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { PERMISSIONS } from "../server/fs/rights.ts";
import { type Cases, get, names, put, refuses } from "./fs_conformance.ts";

/** Names that need no special treatment anywhere. */
const NAMES = [
  "with space",
  " leading and trailing ",
  "two  spaces",
  `double"quote`,
  "single'quote",
  "back`tick",
  "$HOME",
  "-rf",
  "*?[a]",
  ".hidden",
  "...",
  "ümlaut",
  "日本語",
  "\u{1F600}",
  "__proto__",
  "constructor",
  "tab\there",
  "a".repeat(255),
  "é".repeat(127),
];

/** `stat`, `list` and `read`. */
export const READ_CASES: Cases = {
  "stat() describes a file": async (fs) => {
    await put(fs, "/a.txt", "12345");
    const entry = await fs.stat("/a.txt");
    assertEquals([entry.name, entry.type, entry.size], ["a.txt", "file", 5]);
    assertEquals([entry.links, entry.link], [1, undefined]);
    assert(Math.abs(entry.modified.getTime() - Date.now()) < 60_000);
    assertMatch(entry.unique, /^[0-9a-z]+$/);
  },
  "stat() describes a folder and the root": async (fs) => {
    await fs.makeDirectory("/sub");
    assertEquals((await fs.stat("/sub")).type, "directory");
    const root = await fs.stat("/");
    assertEquals([root.name, root.type], ["/", "directory"]);
  },
  "stat() tells files apart and knows one after renaming": async (fs) => {
    await put(fs, "/a", "");
    await put(fs, "/b", "");
    const { unique } = await fs.stat("/a");
    assert((await fs.stat("/b")).unique !== unique);
    await fs.rename("/a", "/c");
    assertEquals((await fs.stat("/c")).unique, unique);
  },
  "stat() refuses what is not there": async (fs) => {
    await put(fs, "/file", "");
    await refuses("not-found", () => fs.stat("/none"));
    await refuses("not-found", () => fs.stat("/none/deeper"));
    await refuses("not-directory", () => fs.stat("/file/deeper"));
  },
  "every method refuses a name with NUL": async (fs) => {
    await refuses("bad-name", () => fs.stat("/a\0b"));
    await refuses("bad-name", () => fs.list("/a\0b"));
    await refuses("bad-name", () => fs.read("/a\0b", 0));
    await refuses("bad-name", () => fs.write("/a\0b", { mode: "replace" }));
    await refuses("bad-name", () => fs.remove("/a\0b"));
    await refuses("bad-name", () => fs.makeDirectory("/a\0b"));
    await refuses("bad-name", () => fs.removeDirectory("/a\0b"));
    await refuses("bad-name", () => fs.rename("/a\0b", "/c"));
    await refuses("bad-name", () => fs.setMode("/a\0b", 0o600));
    await refuses("bad-name", () => fs.setModified("/a\0b", new Date(0)));
  },
  "every method refuses a name of 256 bytes": async (fs) => {
    await put(fs, "/file", "");
    for (const path of ["/" + "a".repeat(256), "/" + "é".repeat(128)]) {
      await refuses("bad-name", () => fs.stat(path));
      await refuses("bad-name", () => fs.read(path, 0));
      await refuses("bad-name", () => fs.write(path, { mode: "replace" }));
      await refuses("bad-name", () => fs.write(path, { mode: "new" }));
      await refuses("bad-name", () => fs.write(path, { mode: "append" }));
      await refuses("bad-name", () => fs.makeDirectory(path));
      await refuses("bad-name", () => fs.rename("/file", path));
    }
  },
  "no path climbs or hides a component": async (fs) => {
    await put(fs, "/a", "");
    for (const path of ["/../a", "/./a", "//a", "/a/", "a", "", "/.."]) {
      await refuses("bad-name", () => fs.stat(path));
      await refuses("bad-name", () => fs.write(path, { mode: "append" }));
    }
  },
  "list() gives every entry once": async (fs) => {
    await put(fs, "/a", "1");
    await fs.makeDirectory("/b");
    const list = await Array.fromAsync(await fs.list("/"));
    const seen = new Map(list.map((entry) => [entry.name, entry.type]));
    assertEquals(seen, new Map([["a", "file"], ["b", "directory"]]));
    assertEquals(list.length, 2);
  },
  "list() gives what stat() gives": async (fs) => {
    await put(fs, "/a", "1");
    const [entry] = await Array.fromAsync(await fs.list("/"));
    assertEquals(entry, await fs.stat("/a"));
  },
  "list() of an empty folder is empty": async (fs) => {
    await fs.makeDirectory("/sub");
    assertEquals(await names(fs, "/sub"), []);
    assertEquals(await Array.fromAsync(await fs.list("/sub")), []);
  },
  "list() refuses at once what is no folder": async (fs) => {
    await put(fs, "/file", "");
    await refuses("not-found", () => fs.list("/none"));
    await refuses("not-directory", () => fs.list("/file"));
  },
  "list() sorts by UTF-8 bytes, astral characters last": async (fs) => {
    const sorted = ["B", "a", "b", "é", "\uff5e", "\u{1F600}"];
    for (const name of sorted.toReversed()) await put(fs, "/" + name, "");
    assertEquals(await names(fs, "/"), sorted);
  },
  "list() sorts a name before those it begins": async (fs) => {
    const sorted = ["\u{1F600}", "\u{1F600}a", "\u{1F600}b"];
    for (const name of sorted.toReversed()) await put(fs, "/" + name, "");
    assertEquals(await names(fs, "/"), sorted);
  },
  "list() leaves out names that need two lines": async (fs) => {
    await put(fs, "/line\nfeed", "");
    await put(fs, "/carriage\rreturn", "");
    await put(fs, "/plain", "");
    assertEquals(await names(fs, "/"), ["plain"]);
  },
  "list() skips what vanishes while it is read": async (fs) => {
    await put(fs, "/a", "");
    await put(fs, "/b", "");
    const list = await fs.list("/", { sorted: true });
    await fs.remove("/b");
    const left = (await Array.fromAsync(list)).map((entry) => entry.name);
    assertEquals(left, ["a"]);
  },
  "list() can be left early": async (fs) => {
    for (let i = 0; i < 100; i++) await put(fs, `/${i}`, "");
    for await (const entry of await fs.list("/", { sorted: true })) {
      assertEquals(entry.name, "0");
      break;
    }
  },
  "names are kept as they are": async (fs) => {
    for (const name of NAMES) await put(fs, "/" + name, name);
    for (const name of NAMES) assertEquals(await get(fs, "/" + name), name);
    assertEquals(new Set(await names(fs, "/")), new Set(NAMES));
    for (const name of NAMES) await fs.remove("/" + name);
    assertEquals(await names(fs, "/"), []);
  },
  "read() gives the bytes from an offset on": async (fs) => {
    await put(fs, "/a", "0123456789");
    assertEquals(await get(fs, "/a"), "0123456789");
    assertEquals(await get(fs, "/a", 7), "789");
    assertEquals(await get(fs, "/a", 10), "");
  },
  "read() tells the size of the whole file": async (fs) => {
    await put(fs, "/a", "0123456789");
    const source = await fs.read("/a", 7);
    assertEquals(source.size, 10);
    await source.close();
    await source.close();
  },
  "read() ends a file that another one cuts meanwhile by an error": async (
    fs,
  ) => {
    await put(fs, "/a", "0123456789");
    const [cut, whole] = [await fs.read("/a", 2), await fs.read("/a", 0)];
    const buffer = new Uint8Array(10);
    assertEquals(await whole.read(buffer), 10);
    await (await fs.write("/a", { mode: "at", offset: 5 })).close();
    assertEquals(await cut.read(buffer), 3);
    await refuses("io", () => cut.read(buffer));
    assertEquals(await whole.read(buffer), null);
    await cut.close();
    await whole.close();
  },
  "read() refuses an offset that is none": async (fs) => {
    await put(fs, "/a", "0123");
    for (const offset of [5, -1, 0.5, NaN, Infinity]) {
      await refuses("bad-offset", () => fs.read("/a", offset));
    }
  },
  "read() refuses what is no file": async (fs) => {
    await fs.makeDirectory("/sub");
    await refuses("is-directory", () => fs.read("/sub", 0));
    await refuses("is-directory", () => fs.read("/", 0));
    await refuses("not-found", () => fs.read("/none", 0));
  },
  "resolve() leaves paths without links as they are": async (fs) => {
    await fs.makeDirectory("/sub");
    for (const path of ["/", "/sub", "/sub/none", "/none/deeper/still"]) {
      assertEquals(await fs.resolve(path), path);
    }
  },
  "space() tells bytes, or that it does not know": async (fs) => {
    await fs.makeDirectory("/sub");
    const space = await fs.space("/sub");
    assert(space === null || space > 0);
    await refuses("not-found", () => fs.space("/none"));
  },
  "usage() counts files and bytes, or says that nobody does": async (fs) => {
    await put(fs, "/a", "12345");
    const usage = await fs.usage();
    if (usage) assertEquals([usage.bytes, usage.files], [5, 1]);
  },
  "rights() and fileOf() look at nothing": (fs) => {
    assertEquals(fs.rights("/none"), PERMISSIONS);
    const file = fs.fileOf("/none/a");
    assert(file === null || file.endsWith("none/a"));
    return Promise.resolve();
  },
};
