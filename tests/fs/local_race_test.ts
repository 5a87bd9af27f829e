import { assertEquals } from "@std/assert";
import { FsError } from "../../server/fs/file_system.ts";
import { bytesOf, get, put } from "../fs_conformance.ts";
import type { Swapping } from "./swap_worker.ts";
import { SECRET, type TempRoot, withRoot } from "./temp_root.ts";

const TIMES = 2000;

/**
 * Does `act` over and over while `name` in the root is a file or folder one
 * moment, and a link to `target` the next. Being refused is all right.
 */
async function whileSwapping(
  { root }: TempRoot,
  name: string,
  target: string,
  act: () => Promise<void>,
): Promise<void> {
  Deno.symlinkSync(target, `${root}/link`);
  const done = new Int32Array(new SharedArrayBuffer(4));
  const [path, link] = [`${root}/${name}`, `${root}/link`];
  const worker = new Worker(new URL("./swap_worker.ts", import.meta.url), {
    type: "module",
  });
  worker.postMessage({ path, link, times: TIMES, done } satisfies Swapping);
  let problem: unknown;
  while (Atomics.load(done, 0) === 0) {
    await act().catch((error) => {
      if (!(error instanceof FsError)) problem ??= error;
    });
  }
  worker.terminate();
  if (problem) throw problem;
}

/** Fails when something outside was changed; empty strays are no content. */
function assertUnharmed({ outside }: TempRoot): void {
  assertEquals(Deno.readTextFileSync(`${outside}/secret`), SECRET);
  for (const { name } of Deno.readDirSync(outside)) {
    const text = Deno.readTextFileSync(`${outside}/${name}`);
    assertEquals(text, name === "secret" ? SECRET : "");
  }
}

Deno.test("read() never reads through a folder swapped for a link", () =>
  withRoot(async (temp) => {
    await temp.fs.makeDirectory("/sub");
    await put(temp.fs, "/sub/secret", "public");
    await whileSwapping(temp, "sub", temp.outside, async () => {
      assertEquals(await get(temp.fs, "/sub/secret"), "public");
    });
  }));

Deno.test("read() never reads through a file swapped for a link", () =>
  withRoot(async (temp) => {
    await put(temp.fs, "/file", "public");
    await whileSwapping(temp, "file", `${temp.outside}/secret`, async () => {
      assertEquals(await get(temp.fs, "/file"), "public");
    });
  }));

Deno.test("write() never writes through a folder swapped for a link", () =>
  withRoot(async (temp) => {
    const { fs } = temp;
    await fs.makeDirectory("/sub");
    await put(fs, "/sub/secret", "public");
    const at = { mode: "at", offset: 0 } as const;
    const ways = [{ mode: "replace" }, { mode: "append" }, at] as const;
    let turn = 0;
    await whileSwapping(temp, "sub", temp.outside, async () => {
      await put(fs, "/sub/secret", "x", ways[turn++ % 3]);
    });
    assertUnharmed(temp);
  }));

Deno.test("write() never writes through a file swapped for a link", () =>
  withRoot(async (temp) => {
    const { fs, outside } = temp;
    await put(fs, "/file", "public");
    await whileSwapping(temp, "file", `${outside}/secret`, async () => {
      const sink = await fs.write("/file", { mode: "at", offset: 0 });
      await sink.write(bytesOf("x"));
      await sink.close();
    });
    assertUnharmed(temp);
  }));

Deno.test("list() never lists a folder swapped for a link", () =>
  withRoot(async (temp) => {
    const { fs } = temp;
    await fs.makeDirectory("/sub");
    await put(fs, "/sub/public", "");
    await whileSwapping(temp, "sub", temp.outside, async () => {
      for await (const { name } of await fs.list("/sub")) {
        assertEquals(name, "public");
      }
    });
  }));

Deno.test("list() never tells of a file of the same name behind a link", () =>
  withRoot(async (temp) => {
    const { fs, outside } = temp;
    await fs.makeDirectory("/sub");
    await put(fs, "/sub/secret", "");
    await whileSwapping(temp, "sub", outside, async () => {
      for await (const { size } of await fs.list("/sub")) {
        assertEquals(size, 0);
      }
    });
  }));
