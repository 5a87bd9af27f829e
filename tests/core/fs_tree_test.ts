import { assertEquals } from "@std/assert";
import type { FileSystem } from "../../server/fs/file_system.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { PERMISSIONS } from "../../server/fs/rights.ts";
import { ownUsage } from "../../server/fs/usage.ts";
import type { AccountSettings } from "../../server/ftp/settings.ts";
import { treeOf, type TreeOptions } from "../../server/ftp/tree.ts";
import { names, put, refuses } from "../fs_conformance.ts";

const ANN = { name: "ann", password: null, root: "/srv", write: true };

function disks(): Record<string, FileSystem> {
  const options = { capacity: 1000 };
  return {
    "/srv": memoryFileSystem({ "/a": "12345" }, options),
    "/music": memoryFileSystem({ "/b": "1234567890" }, options),
    "/drop": memoryFileSystem({ "/c": "123" }, options),
  };
}

function tree(
  more: Partial<AccountSettings>,
  options: TreeOptions & { disks?: Record<string, FileSystem> } = {},
): FileSystem {
  const folders = options.disks ?? disks();
  const open = (root: string) => folders[root]!;
  return treeOf({ ...ANN, ...more }, { open, ...options });
}

Deno.test("treeOf() adds nothing to what has no limits", () => {
  const fs = memoryFileSystem();
  assertEquals(treeOf(ANN, { open: () => fs }) === fs, true);
  const empty = { rules: [], mounts: [], refuseNames: [], quota: {} };
  const same = treeOf({ ...ANN, ...empty }, { open: () => fs, keepFree: 0 });
  assertEquals(same === fs, true);
});

Deno.test("treeOf() of an account that may not write changes nothing anywhere", async () => {
  const mounts = [{ at: "/drop", root: "/drop", write: true }];
  const fs = tree({ write: false, mounts, permissions: PERMISSIONS });
  for (const path of ["/a", "/drop/c"]) {
    await refuses("permission", () => put(fs, path, ""));
    await refuses("permission", () => fs.remove(path));
    assertEquals(fs.rights(path), ["list", "read"]);
  }
});

Deno.test("treeOf() mounts folders as far as both may be written", async () => {
  const mounts = [
    { at: "/music", root: "/music", write: false },
    { at: "/drop", root: "/drop", write: true },
  ];
  const fs = tree({ mounts });
  assertEquals(await names(fs, "/"), ["a", "drop", "music"]);
  await put(fs, "/drop/new", "");
  await refuses("permission", () => put(fs, "/music/new", ""));
});

Deno.test("treeOf() counts for the quota what the account may change", async () => {
  const mounts = [
    { at: "/music", root: "/music", write: false },
    { at: "/drop", root: "/drop", write: true },
  ];
  const usage = ownUsage();
  const shared = disks();
  const sees = () =>
    tree({ mounts, quota: { bytes: 10 } }, { usage, disks: shared });
  const [one, two] = [sees(), sees()];
  assertEquals((await one.usage())?.bytes, 8);
  await put(two, "/drop/d", "12");
  await refuses("over-quota", () => put(one, "/d", ""));
  assertEquals(await one.usage(), await two.usage());
});

Deno.test("treeOf() lets permissions speak before everything else", async () => {
  const fs = tree({
    permissions: ["list"],
    refuseNames: ["*.exe"],
    maxFileSize: 1,
    quota: { bytes: 1 },
  }, { keepFree: 10_000 });
  await refuses("permission", () => put(fs, "/a.exe", "12"));
  await refuses("permission", () => fs.write("/a", { mode: "append" }));
});

Deno.test("treeOf() holds each limit in one tree", async () => {
  const limits = {
    refuseNames: ["*.exe"],
    maxFileSize: 4,
    quota: { bytes: 20, files: 3 },
    overwrite: false,
    rules: [{ path: "/ro", permissions: ["list" as const] }],
  };
  const fs = tree(limits, { keepFree: 900 });
  await refuses("bad-name", () => put(fs, "/a.exe", ""));
  await refuses("too-large", () => put(fs, "/b", "12345"));
  await refuses("exists", () => put(fs, "/a", ""));
  await refuses("permission", () => put(fs, "/ro/a", ""));
  await fs.makeDirectory("/sub");
  await refuses("over-quota", () => fs.makeDirectory("/more"));
  assertEquals(await fs.space("/"), 15);
  await refuses("no-space", () => put(tree({}, { keepFree: 995 }), "/b", ""));
});
