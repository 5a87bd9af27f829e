/**
 * What every file system must do when files are written.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  bytesOf,
  type Cases,
  get,
  names,
  put,
  refuses,
} from "./fs_conformance.ts";

/** `write`, in all its modes. */
export const WRITE_CASES: Cases = {
  "write(replace) shows a new file when it is closed": async (fs) => {
    const sink = await fs.write("/a", { mode: "replace" });
    await sink.write(bytesOf("text"));
    assertEquals(await names(fs, "/"), []);
    await refuses("not-found", () => fs.stat("/a"));
    await sink.close();
    assertEquals(await get(fs, "/a"), "text");
  },
  "write(replace) makes an empty file": async (fs) => {
    await put(fs, "/a", "");
    assertEquals((await fs.stat("/a")).size, 0);
  },
  "write(replace) leaves the old file until it is closed": async (fs) => {
    await put(fs, "/a", "old");
    const sink = await fs.write("/a", { mode: "replace" });
    await sink.write(bytesOf("newer"));
    assertEquals(await get(fs, "/a"), "old");
    await sink.close();
    assertEquals(await get(fs, "/a"), "newer");
  },
  "write(replace) does not disturb who reads the old file": async (fs) => {
    await put(fs, "/a", "old text");
    const source = await fs.read("/a", 0);
    const buffer = new Uint8Array(4);
    assertEquals(await source.read(buffer), 4);
    await put(fs, "/a", "new");
    assertEquals(await source.read(buffer), 4);
    assertEquals(new TextDecoder().decode(buffer), "text");
    assertEquals(await source.read(buffer), null);
    await source.close();
  },
  "write(replace) keeps the permission bits": async (fs) => {
    await put(fs, "/a", "old");
    await fs.setMode("/a", 0o640);
    await put(fs, "/a", "new");
    assertEquals((await fs.stat("/a")).mode, 0o640);
  },
  "write() leaves the old file when it is aborted": async (fs) => {
    await put(fs, "/a", "old");
    const sink = await fs.write("/a", { mode: "replace" });
    await sink.write(bytesOf("new"));
    await sink.abort();
    assertEquals(await get(fs, "/a"), "old");
    assertEquals(await names(fs, "/"), ["a"]);
  },
  "write() leaves nothing new when it is aborted": async (fs) => {
    for (const mode of ["replace", "new"] as const) {
      const sink = await fs.write("/a", { mode });
      await sink.write(bytesOf("new"));
      await sink.abort();
      await refuses("not-found", () => fs.stat("/a"));
    }
    // Nothing hidden is left either: the folder can be removed.
    await fs.makeDirectory("/sub");
    await (await fs.write("/sub/a", { mode: "replace" })).abort();
    await fs.removeDirectory("/sub");
  },
  "sinks end once, the first way that is asked for": async (fs) => {
    const closed = await fs.write("/a", { mode: "replace" });
    await closed.close();
    await closed.abort();
    await closed.close();
    assertEquals(await names(fs, "/"), ["a"]);
    const aborted = await fs.write("/b", { mode: "replace" });
    await aborted.abort();
    await aborted.close();
    assertEquals(await names(fs, "/"), ["a"]);
    const appended = await fs.write("/a", { mode: "append" });
    await appended.close();
    await appended.abort();
  },
  "write(replace) twice at once keeps what is closed last": async (fs) => {
    const one = await fs.write("/a", { mode: "replace" });
    const two = await fs.write("/a", { mode: "replace" });
    await one.write(bytesOf("one"));
    await two.write(bytesOf("two"));
    await two.close();
    assertEquals(await get(fs, "/a"), "two");
    await one.close();
    assertEquals(await get(fs, "/a"), "one");
    assertEquals(await names(fs, "/"), ["a"]);
  },
  "write(new) makes a file that is not there": async (fs) => {
    await put(fs, "/a", "text", { mode: "new" });
    assertEquals(await get(fs, "/a"), "text");
    assertEquals(await names(fs, "/"), ["a"]);
  },
  "write(new) refuses a name that is taken": async (fs) => {
    await put(fs, "/a", "old");
    await fs.makeDirectory("/sub");
    await refuses("exists", () => fs.write("/a", { mode: "new" }));
    await refuses("exists", () => fs.write("/sub", { mode: "new" }));
    assertEquals(await get(fs, "/a"), "old");
  },
  "write(new) refuses a name taken meanwhile": async (fs) => {
    const one = await fs.write("/a", { mode: "new" });
    const two = await fs.write("/a", { mode: "new" });
    await one.write(bytesOf("one"));
    await two.write(bytesOf("two"));
    await one.close();
    await refuses("exists", async () => await two.close());
    assertEquals(await get(fs, "/a"), "one");
    assertEquals(await names(fs, "/"), ["a"]);
    await two.abort();
    await fs.remove("/a");
  },
  "write(replace) refuses a folder that came meanwhile": async (fs) => {
    const sink = await fs.write("/a", { mode: "replace" });
    await fs.makeDirectory("/a");
    await refuses("is-directory", async () => await sink.close());
    assertEquals(await names(fs, "/"), ["a"]);
    assertEquals((await fs.stat("/a")).type, "directory");
  },
  "write(append) adds behind the last byte": async (fs) => {
    await put(fs, "/a", "one");
    await put(fs, "/a", "two", { mode: "append" });
    assertEquals(await get(fs, "/a"), "onetwo");
  },
  "write(append) makes a file that is not there": async (fs) => {
    await put(fs, "/a", "one", { mode: "append" });
    assertEquals(await get(fs, "/a"), "one");
  },
  "write(append) keeps what arrived when it is aborted": async (fs) => {
    await put(fs, "/a", "one");
    const sink = await fs.write("/a", { mode: "append" });
    await sink.write(bytesOf("two"));
    await sink.abort();
    assertEquals(await get(fs, "/a"), "onetwo");
  },
  "write(append) twice at once loses nothing": async (fs) => {
    const one = await fs.write("/a", { mode: "append" });
    const two = await fs.write("/a", { mode: "append" });
    await one.write(bytesOf("1"));
    await two.write(bytesOf("2"));
    await one.write(bytesOf("3"));
    await one.close();
    await two.close();
    assertEquals(await get(fs, "/a"), "123");
  },
  "write(at) cuts the file and goes on from there": async (fs) => {
    await put(fs, "/a", "0123456789");
    await put(fs, "/a", "abc", { mode: "at", offset: 4 });
    assertEquals(await get(fs, "/a"), "0123abc");
    await put(fs, "/a", "!", { mode: "at", offset: 7 });
    assertEquals(await get(fs, "/a"), "0123abc!");
    await put(fs, "/a", "", { mode: "at", offset: 0 });
    assertEquals(await get(fs, "/a"), "");
  },
  "write(at) keeps what arrived when it is aborted": async (fs) => {
    await put(fs, "/a", "0123456789");
    const sink = await fs.write("/a", { mode: "at", offset: 4 });
    await sink.write(bytesOf("ab"));
    await sink.abort();
    assertEquals(await get(fs, "/a"), "0123ab");
  },
  "write(at) refuses an offset that is none": async (fs) => {
    await put(fs, "/a", "0123");
    for (const offset of [5, -1, 0.5, NaN, Infinity]) {
      const how = { mode: "at", offset } as const;
      await refuses("bad-offset", () => fs.write("/a", how));
    }
    assertEquals(await get(fs, "/a"), "0123");
  },
  "write(at) refuses a file that is not there": async (fs) => {
    const how = { mode: "at", offset: 0 } as const;
    await refuses("not-found", () => fs.write("/a", how));
    assertEquals(await names(fs, "/"), []);
  },
  "write() refuses a folder": async (fs) => {
    await fs.makeDirectory("/sub");
    for (const path of ["/", "/sub"]) {
      const at = { mode: "at", offset: 0 } as const;
      await refuses("is-directory", () => fs.write(path, { mode: "replace" }));
      await refuses("is-directory", () => fs.write(path, { mode: "append" }));
      await refuses("is-directory", () => fs.write(path, at));
    }
    await refuses("is-directory", () => fs.write("/", { mode: "new" }));
  },
  "write() refuses a folder that is not there": async (fs) => {
    await put(fs, "/file", "");
    for (const mode of ["replace", "new", "append"] as const) {
      await refuses("not-found", () => fs.write("/none/a", { mode }));
      await refuses("not-directory", () => fs.write("/file/a", { mode }));
    }
  },
};
