import { assert, assertEquals } from "@std/assert";
import { localFileSystem } from "../../server/fs/local.ts";
import {
  bytesOf,
  get,
  names,
  put,
  refuses,
  testFileSystem,
} from "../fs_conformance.ts";
import { withRoot } from "./temp_root.ts";

const HOUR = 60 * 60 * 1000;

testFileSystem(
  "localFileSystem()",
  (act) => withRoot(({ fs }) => act(fs)),
);

Deno.test("localFileSystem() serves a root that is made again", () =>
  withRoot(async ({ fs, root }) => {
    await put(fs, "/a", "one");
    Deno.removeSync(root, { recursive: true });
    await refuses("not-found", () => fs.stat("/"));
    await refuses("not-found", () => fs.list("/"));
    await refuses("not-found", () => fs.write("/a", { mode: "replace" }));
    Deno.mkdirSync(root);
    assertEquals(await names(fs, "/"), []);
    await put(fs, "/a", "two");
    assertEquals(await get(fs, "/a"), "two");
  }));

Deno.test("localFileSystem() serves a root that is a link", () =>
  withRoot(async ({ root, outside }) => {
    const link = `${outside}/link`;
    Deno.symlinkSync(root, link);
    const fs = localFileSystem(link);
    await fs.makeDirectory("/sub");
    await put(fs, "/sub/a", "text");
    assertEquals(await get(fs, "/sub/a"), "text");
    assertEquals(await names(fs, "/sub"), ["a"]);
    assertEquals(Deno.readTextFileSync(`${root}/sub/a`), "text");
  }));

Deno.test("localFileSystem() serves a root given with a slash", () =>
  withRoot(async ({ root }) => {
    const fs = localFileSystem(`${root}/`);
    await put(fs, "/a", "text");
    assertEquals(await names(fs, "/"), ["a"]);
  }));

Deno.test("localFileSystem() serves the whole file system", () =>
  withRoot(async ({ root }) => {
    const fs = localFileSystem("/");
    await put(fs, `${root}/a`, "text");
    assertEquals(await get(fs, `${root}/a`), "text");
    assertEquals(await names(fs, root), ["a"]);
  }));

Deno.test("localFileSystem() refuses a root that is a file", () =>
  withRoot(async ({ outside }) => {
    const fs = localFileSystem(`${outside}/secret`);
    await refuses("not-directory", () => fs.list("/"));
    await refuses("not-directory", () => fs.read("/a", 0));
  }));

Deno.test("read() never waits for a pipe", () =>
  withRoot(async ({ fs, root }) => {
    const { success } = await new Deno.Command("mkfifo", {
      args: [`${root}/pipe`],
    }).output();
    assert(success);
    await refuses("unsupported", () => fs.read("/pipe", 0));
    await refuses("unsupported", () => fs.write("/pipe", { mode: "append" }));
    await refuses("unsupported", () => fs.write("/pipe", { mode: "replace" }));
    const [entry] = await Array.fromAsync(await fs.list("/"));
    assertEquals(entry?.type, "other");
  }));

Deno.test("list() leaves out names that are not UTF-8", () =>
  withRoot(async ({ fs, root }) => {
    const { success } = await new Deno.Command("sh", {
      args: ["-c", `touch "$1/$(printf 'x\\377y')" "$1/z"`, "sh", root],
    }).output();
    assert(success);
    assertEquals(await names(fs, "/"), ["z"]);
  }));

Deno.test("list() gives 10,000 entries once each, in order", () =>
  withRoot(async ({ fs, root }) => {
    for (let i = 0; i < 10_000; i++) Deno.createSync(`${root}/${i}`).close();
    const seen = await names(fs, "/");
    assertEquals(seen.length, 10_000);
    assert(seen.every((name, at) => at === 0 || (seen[at - 1] ?? "") < name));
  }));

Deno.test("list() lets others run while it looks up entries", () =>
  withRoot(async ({ fs, root }) => {
    for (let i = 0; i < 3000; i++) Deno.createSync(`${root}/${i}`).close();
    let turns = 0;
    const channel = new MessageChannel();
    channel.port1.onmessage = () => channel.port2.postMessage(++turns);
    channel.port2.onmessage = () => channel.port1.postMessage(++turns);
    channel.port1.postMessage(0);
    const before = turns;
    for await (const _ of await fs.list("/"));
    const after = turns;
    channel.port1.close();
    channel.port2.close();
    assert(after > before + 5);
  }));

Deno.test("list() does not pass for whole when the folder is moved", () =>
  withRoot(async ({ fs }) => {
    await fs.makeDirectory("/sub");
    await put(fs, "/sub/a", "");
    const list = await fs.list("/sub");
    await fs.rename("/sub", "/moved");
    await refuses("not-found", () => Array.fromAsync(list));
  }));

Deno.test("unfinished uploads have no name", () =>
  withRoot(async ({ fs, root }) => {
    const sink = await fs.write("/a", { mode: "replace" });
    await sink.write(bytesOf("half"));
    const [part] = [...Deno.readDirSync(root)].map((entry) => entry.name);
    assert(part?.startsWith(".wharf-"));
    const path = `/${part}`;
    assertEquals(await names(fs, "/"), []);
    await refuses("not-found", () => fs.stat(path));
    await refuses("not-found", () => fs.list(path));
    await refuses("not-found", () => fs.read(path, 0));
    await refuses("not-found", () => fs.setMode(path, 0o777));
    await refuses("bad-name", () => fs.remove(path));
    await refuses("bad-name", () => fs.rename(path, "/b"));
    await refuses("bad-name", () => fs.write(path, { mode: "append" }));
    await refuses("bad-name", () => fs.makeDirectory("/.wharf-x.part"));
    Deno.symlinkSync(part ?? "", `${root}/link`);
    await refuses("not-found", () => fs.read("/link", 0));
    assertEquals(await names(fs, "/"), []);
    await sink.abort();
    assertEquals([...Deno.readDirSync(root)].length, 1);
  }));

Deno.test("unfinished uploads of private files are private", () =>
  withRoot(async ({ fs, root }) => {
    await put(fs, "/a", "old");
    await fs.setMode("/a", 0o640);
    const sink = await fs.write("/a", { mode: "replace" });
    const modes = [...Deno.readDirSync(root)]
      .filter((entry) => entry.name !== "a")
      .map((entry) => Deno.statSync(`${root}/${entry.name}`).mode ?? 0);
    assertEquals(modes.map((mode) => mode & 0o777), [0o600]);
    await sink.close();
    assertEquals((await fs.stat("/a")).mode, 0o640);
  }));

Deno.test("new files get the mode the process gives", () =>
  withRoot(async ({ fs, root }) => {
    Deno.writeTextFileSync(`${root}/plain`, "");
    for (const mode of ["replace", "new", "append"] as const) {
      await put(fs, `/${mode}`, "", { mode });
      const { mode: bits } = await fs.stat(`/${mode}`);
      assertEquals(bits, (await fs.stat("/plain")).mode);
    }
  }));

Deno.test("write() fails cleanly when its folder is moved away", () =>
  withRoot(async ({ fs }) => {
    await fs.makeDirectory("/sub");
    const sink = await fs.write("/sub/a", { mode: "replace" });
    await fs.rename("/sub", "/moved");
    await refuses("not-found", async () => await sink.close());
    assertEquals(await names(fs, "/moved"), []);
  }));

Deno.test("removeDirectory() clears away uploads that died long ago", () =>
  withRoot(async ({ fs, root }) => {
    await fs.makeDirectory("/sub");
    const part = `${root}/sub/.wharf-1.part`;
    Deno.writeTextFileSync(part, "half");
    await refuses("not-empty", () => fs.removeDirectory("/sub"));
    const old = new Date(Date.now() - HOUR - 1000);
    Deno.utimeSync(part, old, old);
    Deno.writeTextFileSync(`${root}/sub/b`, "");
    await refuses("not-empty", () => fs.removeDirectory("/sub"));
    assertEquals(Deno.readTextFileSync(part), "half");
    await fs.remove("/sub/b");
    await fs.removeDirectory("/sub");
    assertEquals(await names(fs, "/"), []);
  }));

Deno.test("setMode() keeps a folder's set-group-id bit", () =>
  withRoot(async ({ fs, root }) => {
    await fs.makeDirectory("/sub");
    Deno.chmodSync(`${root}/sub`, 0o2755);
    await fs.setMode("/sub", 0o700);
    assertEquals((await fs.stat("/sub")).mode, 0o2700);
  }));
