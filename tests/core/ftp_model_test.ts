import { assertEquals } from "@std/assert";
import type { FileSystem } from "../../server/fs/file_system.ts";
import { contentOf, type FtpClient, startAlice } from "./ftp_harness.ts";
import { type Random, randomOf } from "./random.ts";

/** What there should be: the content of each file by path, `null` a folder. */
type Tree = Map<string, string | null>;

const NAMES = ["a", "b", "d", "d/a", "d/e", "d/e/b", "x y"];

/** A tree, and how a client that changes it should be answered. */
class Model {
  readonly tree: Tree = new Map([["/", null]]);
  directory = "/";

  /** The path of a name, which has no dots. */
  at(name: string): string {
    return this.directory === "/" ? `/${name}` : `${this.directory}/${name}`;
  }

  isFile(path: string): boolean {
    return typeof this.tree.get(path) === "string";
  }

  isFolder(path: string): boolean {
    return this.tree.get(path) === null;
  }

  /** Whether something may be made at `path`. */
  hasRoom(path: string): boolean {
    return this.isFolder(path.slice(0, path.lastIndexOf("/")) || "/");
  }

  below(path: string): string[] {
    return [...this.tree.keys()].filter((key) => key.startsWith(`${path}/`));
  }

  /** Whether `from` may get the name `to`. */
  canRename(from: string, to: string): boolean {
    if (!this.hasRoom(to) || to.startsWith(`${from}/`)) return false;
    if (!this.tree.has(to) || from === to) return true;
    if (this.isFile(from)) return this.isFile(to);
    return this.isFolder(to) && this.below(to).length === 0;
  }

  rename(from: string, to: string): void {
    for (const path of [from, ...this.below(from)]) {
      const content = this.tree.get(path)!;
      this.tree.delete(path);
      this.tree.set(to + path.slice(from.length), content);
    }
  }
}

/** What a client does; each compares the answer with the model's. */
const STEPS: ((
  client: FtpClient,
  model: Model,
  name: string,
  random: Random,
) => Promise<void>)[] = [
  async function makeFolder(client, model, name) {
    const path = model.at(name);
    const ok = model.hasRoom(path) && !model.tree.has(path);
    await expect(client, `MKD ${name}`, ok ? 257 : 550);
    if (ok) model.tree.set(path, null);
  },
  async function removeFolder(client, model, name) {
    const path = model.at(name);
    const ok = model.isFolder(path) && model.below(path).length === 0;
    await expect(client, `RMD ${name}`, ok ? 250 : 550);
    if (ok) model.tree.delete(path);
  },
  async function removeFile(client, model, name) {
    const path = model.at(name);
    const ok = model.isFile(path);
    await expect(client, `DELE ${name}`, ok ? 250 : 550);
    if (ok) model.tree.delete(path);
  },
  async function changeFolder(client, model, name) {
    const path = model.at(name);
    const ok = model.isFolder(path);
    await expect(client, `CWD ${name}`, ok ? 250 : 550);
    if (ok) model.directory = path;
  },
  async function goUp(client, model) {
    const { directory } = model;
    const up = directory.slice(0, directory.lastIndexOf("/")) || "/";
    const ok = model.isFolder(up);
    await expect(client, "CDUP", ok ? 250 : 550);
    if (ok) model.directory = up;
  },
  async function upload(client, model, name, random) {
    const path = model.at(name);
    const verb = random.pick(["STOR", "APPE"]);
    const text = "x".repeat(random.below(9));
    const ok = model.hasRoom(path) && !model.isFolder(path);
    await expect(client, "EPSV", 229);
    await expect(client, `${verb} ${name}`, ok ? 150 : 550);
    if (!ok) return;
    client.data.send(text);
    client.data.end();
    assertEquals(await client.reply(), "226 Transfer complete.");
    const before = verb === "APPE" ? model.tree.get(path) ?? "" : "";
    model.tree.set(path, before + text);
  },
  async function download(client, model, name, random) {
    const content = model.tree.get(model.at(name));
    const start = random.below(4);
    await expect(client, `REST ${start}`, 350);
    await expect(client, "EPSV", 229);
    if (typeof content !== "string") {
      return await expect(client, `RETR ${name}`, 550);
    }
    if (start > content.length) {
      return await expect(client, `RETR ${name}`, 554);
    }
    await expect(client, `RETR ${name}`, 150);
    assertEquals(await client.reply(), "226 Transfer complete.");
    assertEquals(client.data.text, content.slice(start));
  },
  async function size(client, model, name) {
    const content = model.tree.get(model.at(name));
    if (typeof content !== "string") {
      return await expect(client, `SIZE ${name}`, 550);
    }
    assertEquals(await client.ask(`SIZE ${name}`), `213 ${content.length}`);
  },
  async function rename(client, model, name, random) {
    const [from, to] = [model.at(name), model.at(random.pick(NAMES))];
    if (!model.tree.has(from)) return await expect(client, `RNFR ${name}`, 550);
    await expect(client, `RNFR ${name}`, 350);
    const ok = model.canRename(from, to);
    await expect(client, `RNTO ${to}`, ok ? 250 : 550);
    if (ok) model.rename(from, to);
  },
];

async function expect(
  client: FtpClient,
  line: string,
  code: number,
): Promise<void> {
  const reply = await client.ask(line);
  assertEquals(reply.slice(0, 3), String(code), `${line}: ${reply}`);
}

/** The whole tree of a file system. */
async function treeOf(fs: FileSystem, path = "/"): Promise<Tree> {
  const tree: Tree = new Map([[path, null]]);
  for await (const { name, type } of await fs.list(path)) {
    const inner = path === "/" ? `/${name}` : `${path}/${name}`;
    if (type === "file") tree.set(inner, await contentOf(fs, inner));
    else for (const entry of await treeOf(fs, inner)) tree.set(...entry);
  }
  return tree;
}

for (let seed = 1; seed <= 20; seed++) {
  Deno.test(`files and folders become what a model of them says (seed ${seed})`, async () => {
    const random = randomOf(seed);
    const client = await startAlice();
    const model = new Model();
    for (let at = 0; at < 150; at++) {
      await random.pick(STEPS)(client, model, random.pick(NAMES), random);
    }
    assertEquals(await treeOf(client.fs), model.tree);
    await client.finish();
  });
}
