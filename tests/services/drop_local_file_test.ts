import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ToolError } from "../../lib/cli.ts";
import { createTarget, openSource } from "../../client/drop/local_file.ts";

async function withFolder(
  act: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "wharf-" });
  try {
    await act(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function names(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
}

const HELLO = new TextEncoder().encode("hello");

Deno.test("openSource() tells the size of regular files only", () =>
  withFolder(async (folder) => {
    Deno.writeTextFileSync(`${folder}/a`, "hello");
    Deno.writeTextFileSync(`${folder}/empty`, "");
    using a = await openSource(`${folder}/a`);
    assertEquals(a.size, 5);
    assertEquals(await a.read(new Uint8Array(9)), 5);
    using empty = await openSource(`${folder}/empty`);
    assertEquals(empty.size, null);
    assertEquals(await empty.read(new Uint8Array(9)), null);
  }));

Deno.test("openSource() says why a file cannot be sent", () =>
  withFolder(async (folder) => {
    await assertRejects(() => openSource(folder), ToolError, "is a folder");
    await assertRejects(
      () => openSource(`${folder}/none`),
      ToolError,
      `cannot read ${folder}/none: there is no such file`,
    );
  }));

Deno.test("createTarget() has nothing under the name before it is closed", () =>
  withFolder(async (folder) => {
    const target = await createTarget(`${folder}/a`);
    await target.write(HELLO);
    assertMatch(names(folder).join(), /^a\.[0-9a-f]{8}\.part$/);
    await target.close();
    await target.abort();
    assertEquals(names(folder), ["a"]);
    assertEquals(Deno.readTextFileSync(`${folder}/a`), "hello");
  }));

Deno.test("createTarget() leaves nothing when it is aborted", () =>
  withFolder(async (folder) => {
    const target = await createTarget(`${folder}/a`);
    await target.write(HELLO);
    await target.abort();
    await target.close();
    assertEquals(names(folder), []);
  }));

Deno.test("createTarget() overwrites only when it is told to", () =>
  withFolder(async (folder) => {
    const path = `${folder}/a`;
    Deno.writeTextFileSync(path, "old");
    await assertRejects(() => createTarget(path), ToolError, "--overwrite");
    const target = await createTarget(path, { overwrite: true });
    await target.write(HELLO);
    assertEquals(Deno.readTextFileSync(path), "old");
    await target.close();
    assertEquals(Deno.readTextFileSync(path), "hello");
    await assertRejects(
      () => createTarget(folder, { overwrite: true }),
      ToolError,
      "a folder has this name",
    );
  }));

Deno.test("createTarget() replaces no device and no folder, nor a link to one", () =>
  withFolder(async (folder) => {
    const [pipe, inner] = [`${folder}/pipe`, `${folder}/inner`];
    const { success } = await new Deno.Command("mkfifo", { args: [pipe] })
      .output();
    assert(success);
    Deno.mkdirSync(inner);
    Deno.symlinkSync(pipe, `${folder}/to pipe`);
    Deno.symlinkSync(inner, `${folder}/to inner`);
    for (const overwrite of [false, true]) {
      for (const name of ["pipe", "to pipe"]) {
        await assertRejects(
          () => createTarget(`${folder}/${name}`, { overwrite }),
          ToolError,
          "it is no regular file; --output - writes to standard output",
        );
      }
      await assertRejects(
        () => createTarget(`${folder}/to inner`, { overwrite }),
        ToolError,
        "a folder has this name",
      );
    }
    assertEquals(Deno.lstatSync(pipe).isFifo, true);
  }));

Deno.test("createTarget() overwrites nothing that came meanwhile", () =>
  withFolder(async (folder) => {
    const path = `${folder}/a`;
    const target = await createTarget(path);
    await target.write(HELLO);
    Deno.writeTextFileSync(path, "faster");
    await assertRejects(async () => await target.close(), ToolError, "already");
    assertEquals(names(folder), ["a"]);
    assertEquals(Deno.readTextFileSync(path), "faster");
  }));

Deno.test("createTarget() writes beside what is half done, and through no link", () =>
  withFolder(async (folder) => {
    Deno.writeTextFileSync(`${folder}/elsewhere`, "kept");
    Deno.symlinkSync("elsewhere", `${folder}/a`);
    await assertRejects(() => createTarget(`${folder}/a`), ToolError);
    const target = await createTarget(`${folder}/a`, { overwrite: true });
    await target.write(HELLO);
    await target.close();
    assertEquals(Deno.readTextFileSync(`${folder}/elsewhere`), "kept");
    assertEquals(Deno.lstatSync(`${folder}/a`).isSymlink, false);
  }));

Deno.test("createTarget() takes the longest names, and says which folder is missing", () =>
  withFolder(async (folder) => {
    const path = `${folder}/${"é".repeat(127)}`;
    const target = await createTarget(path);
    await target.close();
    assertEquals(Deno.statSync(path).size, 0);
    await assertRejects(
      () => createTarget(`${folder}/none/a`),
      ToolError,
      "there is no such folder",
    );
  }));
