import { assertEquals } from "@std/assert";
import { withRoot } from "./temp_root.ts";

/** What goes wrong with `root` in a worker that may touch only `folders`. */
async function problemOf(
  root: string,
  folders: string[],
  sys: Deno.PermissionOptionsObject["sys"] = false,
): Promise<string | null> {
  const permissions = { read: folders, write: folders, sys };
  const worker = new Worker(new URL("./confined_worker.ts", import.meta.url), {
    type: "module",
    deno: { permissions },
  });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = (event) => resolve(event.data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage({ root, knowsSpace: sys !== false });
    });
  } finally {
    worker.terminate();
  }
}

/** A file, and three links out, which a confined worker could not make. */
function furnish(root: string, outside: string): void {
  Deno.mkdirSync(`${root}/inside`);
  Deno.writeTextFileSync(`${root}/inside/file`, "text");
  Deno.symlinkSync(outside, `${root}/out`);
  Deno.symlinkSync(`${outside}/secret`, `${root}/leaf`);
  Deno.symlinkSync(`${outside}/none/deeper`, `${root}/broken`);
}

Deno.test("localFileSystem() works in a worker confined to the root", () =>
  withRoot(async ({ root, outside }) => {
    furnish(root, outside);
    assertEquals(await problemOf(root, [root]), null);
  }));

Deno.test("localFileSystem() works in a worker confined to a linked root", () =>
  withRoot(async ({ root, outside }) => {
    furnish(root, outside);
    const link = `${outside}/link`;
    Deno.symlinkSync(root, link);
    assertEquals(await problemOf(link, [link, root]), null);
  }));

Deno.test("localFileSystem() tells the space in a worker that may ask for it", () =>
  withRoot(async ({ root, outside }) => {
    furnish(root, outside);
    assertEquals(await problemOf(root, [root], ["statfs"]), null);
  }));
