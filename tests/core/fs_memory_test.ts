import { assertEquals, assertThrows } from "@std/assert";
import { FsError, readOnly } from "../../server/fs/file_system.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import {
  bytesOf,
  get,
  names,
  put,
  refuses,
  testFileSystem,
} from "../fs_conformance.ts";

testFileSystem("memoryFileSystem()", (act) => act(memoryFileSystem()));

Deno.test("memoryFileSystem() begins with the files it is given", async () => {
  const fs = memoryFileSystem({
    "/": null,
    "/a/b/c.txt": "text",
    "/a/raw": new Uint8Array([65]),
    "/a/b": null,
    "/__proto__/x": "proto",
    "/empty": null,
  });
  assertEquals(await names(fs, "/"), ["__proto__", "a", "empty"]);
  assertEquals(await get(fs, "/a/b/c.txt"), "text");
  assertEquals(await get(fs, "/a/raw"), "A");
  assertEquals(await get(fs, "/__proto__/x"), "proto");
});

Deno.test("memoryFileSystem() refuses files that cannot be", () => {
  assertThrows(() => memoryFileSystem({ "/a": "", "/a/b": "" }), FsError);
  assertThrows(() => memoryFileSystem({ "/a/../b": "" }), FsError);
  assertThrows(() => memoryFileSystem({ "/a": "1234" }, { capacity: 3 }));
});

Deno.test("memoryFileSystem() uses the clock it is given", async () => {
  let time = new Date(1000);
  const fs = memoryFileSystem({ "/a": "" }, { now: () => time });
  assertEquals((await fs.stat("/a")).modified, new Date(1000));
  time = new Date(2000);
  await put(fs, "/a", "x", { mode: "append" });
  assertEquals((await fs.stat("/a")).modified, new Date(2000));
  assertEquals((await fs.stat("/")).modified, new Date(1000));
});

Deno.test("memoryFileSystem() gives the same tokens every time", async () => {
  const make = () => memoryFileSystem({ "/a": "", "/b": "" }).stat("/b");
  assertEquals((await make()).unique, "0g3");
  assertEquals((await make()).unique, "0g3");
});

Deno.test("memoryFileSystem() refuses bytes beyond its capacity", async () => {
  const fs = memoryFileSystem({ "/old": "12345" }, { capacity: 8 });
  const sink = await fs.write("/old", { mode: "replace" });
  assertEquals(await sink.write(bytesOf("1234")), 3);
  await refuses("no-space", () => sink.write(bytesOf("4")));
  await sink.abort();
  await put(fs, "/new", "123");
  await refuses("no-space", () => put(fs, "/old", "6", { mode: "append" }));
  await fs.remove("/old");
  await put(fs, "/new", "45678", { mode: "append" });
  assertEquals(await get(fs, "/new"), "12345678");
});

Deno.test("readOnly() refuses every change and nothing else", async () => {
  const fs = readOnly(memoryFileSystem({ "/a": "text", "/sub": null }));
  assertEquals(await get(fs, "/a"), "text");
  assertEquals(await names(fs, "/"), ["a", "sub"]);
  await refuses("permission", () => fs.write("/a", { mode: "append" }));
  await refuses("permission", () => fs.remove("/a"));
  await refuses("permission", () => fs.rename("/a", "/b"));
  await refuses("permission", () => fs.makeDirectory("/b"));
  await refuses("permission", () => fs.removeDirectory("/sub"));
  await refuses("permission", () => fs.setMode("/a", 0));
  await refuses("permission", () => fs.setModified("/a", new Date(0)));
});
