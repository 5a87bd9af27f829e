import { assertEquals } from "@std/assert";
import { countTree } from "../../server/fs/count_tree.ts";
import { localFileSystem } from "../../server/fs/local.ts";
import { mounted } from "../../server/fs/mounted.ts";
import { quota } from "../../server/fs/quota.ts";
import { restricted } from "../../server/fs/restricted.ts";
import { bytesOf, get, names, put, refuses } from "../fs_conformance.ts";
import { withRoot } from "./temp_root.ts";

Deno.test("restricted() is not led around a rule by links on a disk", () =>
  withRoot(async ({ fs, root }) => {
    await fs.makeDirectory("/pub");
    await fs.makeDirectory("/shut");
    await put(fs, "/shut/a", "secret");
    Deno.symlinkSync("../shut", `${root}/pub/folder`);
    Deno.symlinkSync("../shut/a", `${root}/pub/file`);
    const rules = [{ path: "/shut", permissions: ["list"] as const }];
    const seen = restricted(fs, { rules });
    await refuses("permission", () => seen.read("/pub/file", 0));
    await refuses("permission", () => seen.read("/pub/folder/a", 0));
    await refuses("permission", () => put(seen, "/pub/folder/new", ""));
    await refuses("permission", () => put(seen, "/pub/file", ""));
    await refuses("permission", () => seen.remove("/pub/folder/a"));
    await refuses("permission", () => seen.setMode("/pub/file", 0o600));
    await refuses("permission", () => seen.rename("/pub/folder/a", "/pub/a"));
    await refuses("permission", () => seen.makeDirectory("/pub/folder/sub"));
    assertEquals(await names(seen, "/pub/folder"), ["a"]);
    // The links themselves lie where everything is allowed.
    await seen.rename("/pub/file", "/pub/other");
    await seen.remove("/pub/other");
    assertEquals(await get(fs, "/shut/a"), "secret");
  }));

Deno.test("quota() gives nothing back for links on a disk", () =>
  withRoot(async ({ fs, root }) => {
    await put(fs, "/a", "1234567890");
    for (const name of ["l", "m"]) Deno.symlinkSync("a", `${root}/${name}`);
    Deno.symlinkSync("nowhere", `${root}/broken`);
    const counted = quota(fs, { bytes: 12 });
    await counted.remove("/l");
    await counted.remove("/broken");
    await put(counted, "/b", "12");
    await counted.rename("/b", "/m");
    assertEquals((await counted.usage())?.bytes, 12);
    await refuses("over-quota", () => put(counted, "/c", "1"));
    assertEquals(await countTree(fs), { bytes: 12, files: 2 });
  }));

Deno.test("quota() counts what is written through a link", () =>
  withRoot(async ({ fs, root }) => {
    await put(fs, "/a", "1234567890");
    Deno.symlinkSync("a", `${root}/l`);
    const counted = quota(fs, { bytes: 12 });
    await put(counted, "/l", "123");
    assertEquals((await counted.usage())?.bytes, 3);
    await put(counted, "/l", "456789", { mode: "append" });
    assertEquals(await countTree(fs), { bytes: 9, files: 1 });
    assertEquals((await counted.usage())?.bytes, 9);
  }));

Deno.test("write(at) leaves no hole in a file that another cuts", () =>
  withRoot(async ({ fs, root }) => {
    await put(fs, "/a", "1234567890");
    const sink = await fs.write("/a", { mode: "at", offset: 10 });
    await put(fs, "/a", "", { mode: "at", offset: 0 });
    await sink.write(bytesOf("x"));
    await sink.close();
    assertEquals(Deno.readTextFileSync(`${root}/a`), "x");
  }));

Deno.test("mounted() lets no link lead from one real folder to another", () =>
  withRoot(async ({ fs, root, outside }) => {
    await put(fs, "/own", "own");
    Deno.symlinkSync(`${root}/own`, `${outside}/back`);
    Deno.symlinkSync(`${outside}/secret`, `${root}/there`);
    const tree = mounted(fs, [{ at: "/m", fs: localFileSystem(outside) }]);
    await refuses("not-found", () => tree.read("/m/back", 0));
    await refuses("not-found", () => tree.read("/there", 0));
    await refuses("not-found", () => tree.rename("/m/back", "/m/x"));
    assertEquals(await names(tree, "/m"), ["secret"]);
    assertEquals(await names(tree, "/"), ["m", "own"]);
  }));

Deno.test("mounted() hides what the root has where something is mounted", () =>
  withRoot(async ({ fs, root, outside }) => {
    Deno.mkdirSync(`${root}/m/deep`, { recursive: true });
    Deno.writeTextFileSync(`${root}/m/hidden`, "hidden");
    const tree = mounted(fs, [{ at: "/m", fs: localFileSystem(outside) }]);
    assertEquals(await names(tree, "/m"), ["secret"]);
    await refuses("not-found", () => tree.read("/m/hidden", 0));
    await refuses("not-found", () => tree.list("/m/deep"));
    assertEquals(tree.fileOf("/m/secret"), `${outside}/secret`);
  }));
