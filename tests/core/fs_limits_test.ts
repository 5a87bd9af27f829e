import { assertEquals, assertRejects } from "@std/assert";
import { FsError, type WriteMode } from "../../server/fs/file_system.ts";
import { keepFree } from "../../server/fs/keep_free.ts";
import { limitedSize } from "../../server/fs/limited_size.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { refuseNames } from "../../server/fs/refused_names.ts";
import { wrapped } from "../../server/fs/wrapped.ts";
import { bytesOf, get, names, put, refuses } from "../fs_conformance.ts";

Deno.test("limitedSize() lets the last byte in and not one more, by every way", async () => {
  const ways: [WriteMode, string][] = [
    [{ mode: "replace" }, "12345678"],
    [{ mode: "append" }, "123"],
    [{ mode: "at", offset: 2 }, "123456"],
  ];
  for (const [how, fits] of ways) {
    const fs = limitedSize(memoryFileSystem({ "/a": "12345" }), 8);
    const sink = await fs.write("/a", how);
    await sink.write(bytesOf(fits));
    await refuses("too-large", () => sink.write(bytesOf("!")));
    await sink.close();
    assertEquals((await fs.stat("/a")).size, 8);
  }
});

Deno.test("limitedSize() refuses at once to go on with what is too large", async () => {
  const fs = limitedSize(
    memoryFileSystem({ "/a": "1234567890", "/b": "1" }),
    8,
  );
  await refuses("too-large", () => fs.write("/a", { mode: "append" }));
  await refuses("too-large", () => fs.write("/a", { mode: "at", offset: 9 }));
  await refuses("bad-offset", () => fs.write("/b", { mode: "at", offset: 9 }));
  await put(fs, "/a", "12", { mode: "at", offset: 6 });
  assertEquals(await get(fs, "/a"), "12345612");
});

Deno.test("limitedSize() counts what others append", async () => {
  const fs = limitedSize(memoryFileSystem(), 8);
  const one = await fs.write("/a", { mode: "append" });
  const two = await fs.write("/a", { mode: "append" });
  await one.write(bytesOf("12345"));
  await refuses("too-large", () => two.write(bytesOf("1234")));
  await two.write(bytesOf("123"));
  await refuses("too-large", () => one.write(bytesOf("1")));
});

Deno.test("keepFree() stops an upload where the reserve begins", async () => {
  const memory = memoryFileSystem({}, { capacity: 100 });
  const fs = keepFree(memory, 40);
  assertEquals(await fs.space("/"), 60);
  const sink = await fs.write("/a", { mode: "replace" });
  assertEquals(await sink.write(new Uint8Array(80)), 60);
  await refuses("no-space", () => sink.write(new Uint8Array(20)));
  await sink.abort();
  await put(fs, "/a", "x".repeat(60));
  for (const mode of ["replace", "new", "append"] as const) {
    await refuses("no-space", () => fs.write("/b", { mode }));
  }
  await refuses("no-space", () => fs.makeDirectory("/sub"));
  await fs.remove("/a");
  await put(fs, "/b", "x");
});

Deno.test("keepFree() looks again while others write", async () => {
  const memory = memoryFileSystem({}, { capacity: 32 << 20 });
  const fs = keepFree(memory, 8 << 20);
  const sinks = [
    await fs.write("/a", { mode: "append" }),
    await fs.write("/b", { mode: "append" }),
    await fs.write("/c", { mode: "append" }),
  ];
  const chunk = new Uint8Array(4 << 20);
  const full = new Set();
  for (let round = 0; round < 10; round++) {
    for (const sink of sinks) {
      if (full.has(sink)) continue;
      await sink.write(chunk).catch((error) => {
        assertEquals(error.kind, "no-space");
        full.add(sink);
      });
    }
  }
  assertEquals(full.size, 3);
  assertEquals(await memory.space("/"), 8 << 20);
});

Deno.test("keepFree() stores nothing where nobody knows how much is left", async () => {
  const fs = keepFree(memoryFileSystem(), 1);
  await assertRejects(
    () => fs.write("/a", { mode: "new" }),
    FsError,
    "can't be told",
  );
});

const REFUSED: [pattern: string, path: string][] = [
  ["*.exe", "/a.exe"],
  ["*.exe", "/A.ExE"],
  ["*.EXE", "/a.exe"],
  ["*.exe", "/.exe"],
  ["*.exe", "/.hidden.exe"],
  ["*.exe", "/a.exe."],
  ["*.exe", "/a.exe . ."],
  [".ht*", "/.htaccess"],
  ["caf\u00e9", "/CAFE\u0301"],
  ["sub", "/sub/deep/a.txt"],
  ["[ab]?", "/b1"],
];

for (const [pattern, path] of REFUSED) {
  Deno.test(`refuseNames() of ${JSON.stringify(pattern)} refuses ${JSON.stringify(path)}`, async () => {
    const files = memoryFileSystem({ "/ok": "", "/sub/deep": null });
    const fs = refuseNames(files, ["nothing", pattern]);
    for (const mode of ["replace", "new", "append"] as const) {
      await refuses("bad-name", () => fs.write(path, { mode }));
    }
    const at = { mode: "at", offset: 0 } as const;
    await refuses("bad-name", () => fs.write(path, at));
    await refuses("bad-name", () => fs.rename("/ok", path));
    await refuses("bad-name", () => fs.makeDirectory(path));
    await refuses("bad-name", () => fs.makeLink(path, "/ok"));
  });
}

Deno.test("refuseNames() leaves other names, and what is there already", async () => {
  const fs = refuseNames(memoryFileSystem({ "/old.exe": "x" }), ["*.exe"]);
  for (const path of ["/a.exe.txt", "/exe", "/a.exes", "/ex.e"]) {
    await put(fs, path, "");
  }
  assertEquals(await get(fs, "/old.exe"), "x");
  await fs.rename("/old.exe", "/old.txt");
  assertEquals((await names(fs, "/")).includes("old.txt"), true);
  const again = refuseNames(wrapped(fs, {}), ["old*"]);
  await again.remove("/old.txt");
});
