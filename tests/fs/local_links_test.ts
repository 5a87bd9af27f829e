import { assertEquals } from "@std/assert";
import type { Entry, FileSystem } from "../../server/fs/file_system.ts";
import { localFileSystem } from "../../server/fs/local.ts";
import { get, names, put, refuses } from "../fs_conformance.ts";
import { SECRET, type TempRoot, withRoot } from "./temp_root.ts";

/** The entry of one name in the root. */
async function entryOf(
  fs: FileSystem,
  name: string,
): Promise<Entry | undefined> {
  const all = await Array.fromAsync(await fs.list("/"));
  return all.find((entry) => entry.name === name);
}

/** Tries everything on a path that must not lead anywhere. */
async function leadsNowhere(fs: FileSystem, path: string): Promise<void> {
  const at = { mode: "at", offset: 0 } as const;
  await refuses("not-found", () => fs.stat(path));
  await refuses("not-found", () => fs.list(path));
  await refuses("not-found", () => fs.read(path, 0));
  await refuses("not-found", () => fs.write(path, { mode: "replace" }));
  await refuses("not-found", () => fs.write(path, { mode: "append" }));
  await refuses("not-found", () => fs.write(path, at));
  await refuses("not-found", () => fs.remove(path));
  await refuses("not-found", () => fs.removeDirectory(path));
  await refuses("not-found", () => fs.rename(path, "/new"));
  await refuses("not-found", () => fs.setMode(path, 0o777));
  await refuses("not-found", () => fs.setModified(path, new Date(0)));
}

function assertUntouched({ outside }: TempRoot): void {
  assertEquals(Deno.readTextFileSync(`${outside}/secret`), SECRET);
  assertEquals([...Deno.readDirSync(outside)].length, 1);
}

Deno.test("a link to a file outside does not exist", () =>
  withRoot(async (temp) => {
    const { fs, root, outside } = temp;
    Deno.symlinkSync(`${outside}/secret`, `${root}/absolute`);
    Deno.symlinkSync("../ab/secret", `${root}/relative`);
    await leadsNowhere(fs, "/absolute");
    await leadsNowhere(fs, "/relative");
    assertEquals(await names(fs, "/"), []);
    assertUntouched(temp);
  }));

Deno.test("a link to a folder outside does not exist", () =>
  withRoot(async (temp) => {
    const { fs, root, outside } = temp;
    Deno.symlinkSync(outside, `${root}/link`);
    Deno.symlinkSync("..", `${root}/up`);
    await leadsNowhere(fs, "/link");
    await leadsNowhere(fs, "/link/secret");
    await leadsNowhere(fs, "/up/ab/secret");
    for (const path of ["/link/new", "/up/ab/new"]) {
      await refuses("not-found", () => fs.makeDirectory(path));
      await refuses("not-found", () => fs.write(path, { mode: "new" }));
    }
    await put(fs, "/file", "");
    await refuses("not-found", () => fs.rename("/file", "/link/file"));
    assertEquals(await names(fs, "/"), ["file"]);
    assertUntouched(temp);
  }));

Deno.test("a link that leaves the root and comes back works", () =>
  withRoot(async ({ fs, root }) => {
    await fs.makeDirectory("/sub");
    await put(fs, "/sub/file", "text");
    Deno.symlinkSync("../a/sub", `${root}/link`);
    assertEquals(await get(fs, "/link/file"), "text");
    // Its text names folders above the root: it is not shown.
    assertEquals((await entryOf(fs, "link"))?.link, "/sub");
  }));

Deno.test("a name that is taken by a link outside is not new", () =>
  withRoot(async (temp) => {
    const { fs, root, outside } = temp;
    Deno.symlinkSync(`${outside}/secret`, `${root}/link`);
    await refuses("exists", () => fs.write("/link", { mode: "new" }));
    await refuses("exists", () => fs.makeDirectory("/link"));
    await put(fs, "/file", "text");
    await fs.rename("/file", "/link");
    assertEquals(await get(fs, "/link"), "text");
    assertUntouched(temp);
  }));

Deno.test("list() shows links with what they lead to", () =>
  withRoot(async ({ fs, root }) => {
    await fs.makeDirectory("/sub");
    await put(fs, "/sub/file", "12345");
    Deno.symlinkSync("sub/file", `${root}/relative`);
    Deno.symlinkSync(`${root}/sub`, `${root}/absolute`);
    const relative = await entryOf(fs, "relative");
    assertEquals(relative?.link, "sub/file");
    assertEquals([relative?.type, relative?.size], ["file", 5]);
    assertEquals(relative?.unique, (await fs.stat("/sub/file")).unique);
    const absolute = await entryOf(fs, "absolute");
    assertEquals([absolute?.link, absolute?.type], ["/sub", "directory"]);
  }));

Deno.test("list() shows absolute links by way of a root that is a link", () =>
  withRoot(async ({ root, outside }) => {
    Deno.symlinkSync(root, `${outside}/root`);
    Deno.writeTextFileSync(`${root}/file`, "text");
    Deno.symlinkSync(`${outside}/root/file`, `${root}/link`);
    const fs = localFileSystem(`${outside}/root`);
    assertEquals((await entryOf(fs, "link"))?.link, "/file");
    assertEquals(await get(fs, "/link"), "text");
  }));

Deno.test("list() shows the text of a link on one line", () =>
  withRoot(async ({ fs, root }) => {
    Deno.symlinkSync("a\r\nb", `${root}/link`);
    assertEquals((await entryOf(fs, "link"))?.link, "a??b");
  }));

Deno.test("links inside work for everything", () =>
  withRoot(async ({ fs, root }) => {
    await fs.makeDirectory("/sub");
    Deno.symlinkSync("sub", `${root}/link`);
    await put(fs, "/link/file", "text");
    assertEquals(await names(fs, "/link"), ["file"]);
    assertEquals((await fs.stat("/link")).type, "directory");
    assertEquals((await fs.stat("/link")).link, undefined);
    await fs.rename("/link/file", "/link/other");
    assertEquals(await get(fs, "/sub/other"), "text");
    await fs.remove("/link/other");
    await refuses("permission", () => fs.rename("/sub", "/link/sub"));
    await refuses("not-directory", () => fs.removeDirectory("/link"));
    await fs.remove("/link");
    assertEquals(await names(fs, "/"), ["sub"]);
  }));

Deno.test("write() goes through a link, which stays one", () =>
  withRoot(async ({ fs, root }) => {
    await fs.makeDirectory("/sub");
    await put(fs, "/sub/file", "old");
    await fs.setMode("/sub/file", 0o640);
    Deno.symlinkSync("sub/file", `${root}/link`);
    await put(fs, "/link", "new");
    assertEquals(await get(fs, "/sub/file"), "new");
    await put(fs, "/link", "er", { mode: "append" });
    await put(fs, "/link", "!", { mode: "at", offset: 5 });
    assertEquals(await get(fs, "/sub/file"), "newer!");
    assertEquals((await fs.stat("/sub/file")).mode, 0o640);
    assertEquals((await entryOf(fs, "link"))?.link, "sub/file");
  }));

Deno.test("remove() and rename() take the link, not what it leads to", () =>
  withRoot(async ({ fs, root }) => {
    await put(fs, "/file", "text");
    Deno.symlinkSync("file", `${root}/link`);
    await fs.rename("/link", "/other");
    assertEquals((await entryOf(fs, "other"))?.link, "file");
    await put(fs, "/new", "new");
    await fs.rename("/new", "/other");
    assertEquals((await entryOf(fs, "other"))?.link, undefined);
    assertEquals(await get(fs, "/file"), "text");
    Deno.symlinkSync("file", `${root}/link`);
    await fs.remove("/link");
    assertEquals(await names(fs, "/"), ["file", "other"]);
  }));

Deno.test("a broken link that stays inside is listed and can be removed", () =>
  withRoot(async ({ fs, root }) => {
    Deno.symlinkSync("none", `${root}/relative`);
    Deno.symlinkSync(`${root}/none/deeper`, `${root}/absolute`);
    Deno.symlinkSync("relative", `${root}/second`);
    assertEquals(await names(fs, "/"), ["absolute", "relative", "second"]);
    const entry = await entryOf(fs, "absolute");
    assertEquals([entry?.type, entry?.link], ["other", "/none/deeper"]);
    await refuses("not-found", () => fs.stat("/relative"));
    await refuses("not-found", () => fs.read("/relative", 0));
    await refuses("not-found", () => fs.write("/relative", { mode: "append" }));
    await refuses("exists", () => fs.write("/relative", { mode: "new" }));
    for (const name of await names(fs, "/")) await fs.remove("/" + name);
    assertEquals([...Deno.readDirSync(root)], []);
  }));

Deno.test("a broken link that leads out does not exist", () =>
  withRoot(async (temp) => {
    const { fs, root, outside } = temp;
    Deno.symlinkSync(`${outside}/none`, `${root}/absolute`);
    Deno.symlinkSync("../ab/none", `${root}/relative`);
    Deno.symlinkSync("absolute", `${root}/second`);
    assertEquals(await names(fs, "/"), []);
    await leadsNowhere(fs, "/absolute");
    await leadsNowhere(fs, "/relative");
    await leadsNowhere(fs, "/second");
    assertUntouched(temp);
  }));

Deno.test("a link that leads to itself does not exist", () =>
  withRoot(async ({ fs, root }) => {
    Deno.symlinkSync("two", `${root}/one`);
    Deno.symlinkSync("one", `${root}/two`);
    await leadsNowhere(fs, "/one");
    await leadsNowhere(fs, "/one/deeper");
    assertEquals(await names(fs, "/"), []);
  }));

Deno.test("a sibling whose name begins with the root's is outside", () =>
  withRoot(async (temp) => {
    const { fs, root } = temp;
    Deno.symlinkSync("../ab", `${root}/b`);
    await leadsNowhere(fs, "/b");
    await leadsNowhere(fs, "/b/secret");
    await refuses("bad-name", () => fs.read("/../ab/secret", 0));
    await refuses("not-found", () => fs.read("b/secret".padStart(9, "/"), 0));
    assertUntouched(temp);
  }));

Deno.test("localFileSystem() lists links in a subfolder, every time", () =>
  withRoot(async ({ fs, root }) => {
    Deno.mkdirSync(`${root}/sub`);
    Deno.writeTextFileSync(`${root}/sub/file`, "text");
    Deno.symlinkSync("file", `${root}/sub/link`);
    Deno.symlinkSync("../sub", `${root}/sub/up`);
    // One entry of each batch is proven, picked at random.
    for (let times = 0; times < 100; times++) {
      const all = await Array.fromAsync(await fs.list("/sub"));
      assertEquals(all.map(({ name }) => name).sort(), ["file", "link", "up"]);
    }
  }));
