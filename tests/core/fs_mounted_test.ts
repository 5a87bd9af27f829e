import { assertEquals } from "@std/assert";
import { type FileSystem, readOnly } from "../../server/fs/file_system.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { mounted } from "../../server/fs/mounted.ts";
import { PERMISSIONS } from "../../server/fs/rights.ts";
import { wrapped } from "../../server/fs/wrapped.ts";
import { get, names, put, refuses } from "../fs_conformance.ts";

const music = () => memoryFileSystem({ "/a.ogg": "music", "/live/b": "b" });

function tree(): FileSystem {
  return mounted(
    memoryFileSystem({ "/home": "own", "/music": "a file", "/z": "" }),
    [
      { at: "/music", fs: readOnly(music()) },
      { at: "/shared/deep", fs: memoryFileSystem({ "/x": "x" }) },
      { at: "/shared/deep/more", fs: memoryFileSystem({ "/y": "y" }) },
    ],
  );
}

Deno.test("mounted() shows mount points in their places, once", async () => {
  const fs = tree();
  assertEquals(await names(fs, "/"), ["home", "music", "shared", "z"]);
  assertEquals(await names(fs, "/shared"), ["deep"]);
  assertEquals(await names(fs, "/shared/deep"), ["more", "x"]);
  assertEquals(await names(fs, "/shared/deep/more"), ["y"]);
  const unsorted = await Array.fromAsync(await fs.list("/"));
  assertEquals(unsorted.map((e) => e.name).sort(), await names(fs, "/"));
  const types = new Map(unsorted.map((e) => [e.name, e.type]));
  assertEquals(types.get("music"), "directory");
  assertEquals(new Set(unsorted.map((e) => e.unique)).size, unsorted.length);
});

Deno.test("mounted() reads and writes where the path leads", async () => {
  const fs = tree();
  assertEquals(await get(fs, "/music/live/b"), "b");
  assertEquals(await get(fs, "/shared/deep/more/y"), "y");
  await put(fs, "/shared/deep/new", "new");
  assertEquals(await get(fs, "/shared/deep/new"), "new");
  await put(fs, "/new", "root");
  assertEquals(await get(fs, "/new"), "root");
  await refuses("permission", () => put(fs, "/music/new", ""));
  await refuses("permission", () => fs.remove("/music/a.ogg"));
  assertEquals(fs.rights("/music/a.ogg"), ["list", "read"]);
});

Deno.test("mounted() lets nobody change a mount point or what it is in", async () => {
  const fs = tree();
  for (const path of ["/music", "/shared", "/shared/deep"]) {
    assertEquals((await fs.stat(path)).type, "directory");
    await refuses("permission", () => fs.remove(path));
    await refuses("permission", () => fs.removeDirectory(path));
    await refuses("permission", () => fs.rename(path, "/other"));
    await refuses("permission", () => fs.rename("/home", path));
    await refuses("permission", () => fs.setMode(path, 0o777));
    await refuses("permission", () => fs.setModified(path, new Date(0)));
    await refuses("permission", () => fs.makeLink(path, "/home"));
    await refuses("exists", () => fs.makeDirectory(path));
    await refuses("is-directory", () => fs.write(path, { mode: "replace" }));
    await refuses("is-directory", () => fs.read(path, 0));
    const lost = PERMISSIONS.filter((each) => !fs.rights(path).includes(each));
    for (const right of ["delete", "rename", "chmod"] as const) {
      assertEquals(lost.includes(right), true);
    }
  }
  assertEquals(await names(fs, "/"), ["home", "music", "shared", "z"]);
});

Deno.test("mounted() stores nothing where there is a folder by name only", async () => {
  const fs = tree();
  await refuses("permission", () => put(fs, "/shared/new", ""));
  await refuses("permission", () => fs.makeDirectory("/shared/new"));
  await refuses("permission", () => fs.rename("/home", "/shared/new"));
  await refuses("not-found", () => fs.stat("/shared/new"));
  assertEquals(await fs.resolve("/shared/deep/x"), "/shared/deep/x");
});

Deno.test("mounted() puts mount points into folders that are there", async () => {
  const root = memoryFileSystem({ "/a/own": "", "/a/m/hidden": "" });
  const fs = mounted(root, [{ at: "/a/m", fs: music() }]);
  assertEquals(await names(fs, "/a"), ["m", "own"]);
  assertEquals(await names(fs, "/a/m"), ["a.ogg", "live"]);
  await refuses("not-found", () => fs.stat("/a/m/hidden"));
  await put(fs, "/a/new", "");
  assertEquals(await names(root, "/a"), ["m", "new", "own"]);
});

Deno.test("mounted() renames and links nothing from one file system to another", async () => {
  const fs = tree();
  await refuses("permission", () => fs.rename("/home", "/shared/deep/home"));
  await refuses("permission", () => fs.rename("/shared/deep/x", "/x"));
  await refuses(
    "permission",
    () => fs.rename("/shared/deep/x", "/shared/deep/more/x"),
  );
  await refuses("permission", () => fs.makeLink("/l", "/shared/deep/x"));
  await fs.rename("/shared/deep/x", "/shared/deep/z");
  assertEquals(await names(fs, "/shared/deep"), ["more", "z"]);
});

Deno.test("mounted() goes by whole names", async () => {
  const fs = mounted(memoryFileSystem({ "/musical/a": "a" }), [
    { at: "/music", fs: music() },
  ]);
  assertEquals(await get(fs, "/musical/a"), "a");
  await fs.rename("/musical", "/m");
});

Deno.test("mounted() leaves out a mount point whose folder is gone", async () => {
  const gone = mounted(memoryFileSystem({ "/a": "" }), [
    {
      at: "/m",
      fs: wrapped(memoryFileSystem(), {
        stat: () => memoryFileSystem().stat("/gone"),
      }),
    },
  ]);
  assertEquals(await names(gone, "/"), ["a"]);
  await refuses("not-found", () => gone.stat("/m"));
});

Deno.test("mounted() asks the right file system for space, links and files", async () => {
  const disk = wrapped(memoryFileSystem({ "/sub": null }), {
    space: (path) => Promise.resolve(path.length),
    fileOf: (path) => `/disk${path}`,
    resolve: (path) => Promise.resolve(path.replace("/link", "/sub")),
  });
  const fs = mounted(wrapped(disk, { fileOf: (path) => `/root${path}` }), [
    { at: "/a/m", fs: disk },
  ]);
  assertEquals(await fs.space("/a/m/sub"), 4);
  assertEquals(await fs.space("/a/m"), 1);
  assertEquals(await fs.space("/a"), 1);
  assertEquals(fs.fileOf("/a/m/x"), "/disk/x");
  assertEquals(fs.fileOf("/b/x"), "/root/b/x");
  assertEquals(await fs.resolve("/a/m/link/x"), "/a/m/sub/x");
  assertEquals(await fs.resolve("/a/m"), "/a/m");
  assertEquals(await fs.resolve("/"), "/");
});

Deno.test("mounted() without mounts is the root itself", () => {
  const root = memoryFileSystem();
  assertEquals(mounted(root, []) === root, true);
});
