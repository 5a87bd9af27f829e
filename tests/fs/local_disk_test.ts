import { assert, assertEquals } from "@std/assert";
import { get, names, put, refuses } from "../fs_conformance.ts";
import { withRoot } from "./temp_root.ts";

async function run(program: string, ...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Does `act` with a file system of 1 MiB mounted at `folder`. */
async function withDisk(
  folder: string,
  act: () => Promise<void>,
): Promise<void> {
  assert(await run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder));
  try {
    await act();
  } finally {
    assert(await run("umount", folder));
  }
}

async function canMount(): Promise<boolean> {
  const folder = await Deno.makeTempDir();
  const done = await run("mount", "-t", "tmpfs", "tmpfs", folder) &&
    await run("umount", folder);
  await Deno.remove(folder);
  return done;
}

const ignore = !await canMount();
const because = ignore ? " (ignored: needs root and mount)" : "";
const chunk = new Uint8Array(256 * 1024);

Deno.test({
  name: `write() says no-space when the disk is full${because}`,
  ignore,
  fn: () =>
    withRoot(({ fs, root }) =>
      withDisk(root, async () => {
        await put(fs, "/a", "old");
        for (const mode of ["replace", "new", "append"] as const) {
          const sink = await fs.write(mode === "new" ? "/b" : "/a", { mode });
          await refuses("no-space", async () => {
            for (let i = 0; i < 100; i++) await sink.write(chunk);
          });
          await sink.abort();
          if (mode !== "append") assertEquals(await get(fs, "/a"), "old");
        }
        assertEquals(await names(fs, "/"), ["a"]);
      })
    ),
});

Deno.test({
  name: `rename() says unsupported between file systems${because}`,
  ignore,
  fn: () =>
    withRoot(async ({ fs, root }) => {
      await fs.makeDirectory("/disk");
      await put(fs, "/a", "text");
      await withDisk(`${root}/disk`, async () => {
        await refuses("unsupported", () => fs.rename("/a", "/disk/a"));
        await put(fs, "/disk/b", "text");
        assertEquals(await get(fs, "/disk/b"), "text");
      });
      assertEquals(await get(fs, "/a"), "text");
    }),
});

Deno.test({
  name: `every change says permission on a read-only disk${because}`,
  ignore,
  fn: () =>
    withRoot(({ fs, root }) =>
      withDisk(root, async () => {
        await put(fs, "/a", "text");
        assert(await run("mount", "-o", "remount,ro", root));
        await refuses("permission", () => fs.write("/a", { mode: "replace" }));
        await refuses("permission", () => fs.write("/a", { mode: "append" }));
        await refuses("permission", () => fs.remove("/a"));
        await refuses("permission", () => fs.makeDirectory("/sub"));
        await refuses("permission", () => fs.setMode("/a", 0o600));
        assertEquals(await get(fs, "/a"), "text");
      })
    ),
});
