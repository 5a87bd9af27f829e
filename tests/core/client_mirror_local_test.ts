import { assertEquals, assertRejects } from "@std/assert";
import { LocalError } from "../../client/ftp/errors.ts";
import { localTree } from "../../client/ftp/mirror/scan_local.ts";
import { Disk } from "./client_harness.ts";

const ANY = { problem: () => null, key: (name: string) => name };

/** A folder that says whether somebody still reads it. */
class WatchedDisk extends Disk {
  open = 0;
  broken: Error | null = null;

  override async *list(): ReturnType<Disk["list"]> {
    this.open++;
    try {
      for (const name of ["a", "b", "c"]) {
        yield { name, type: "file", size: 1, modified: null };
        if (this.broken !== null) throw this.broken;
      }
    } finally {
      this.open--;
    }
  }
}

function treeOf(disk: Disk, maxEntries: number, signal: AbortSignal) {
  return localTree(disk, "/t", { rules: ANY, maxEntries, signal });
}

Deno.test("localTree() closes a listing that it does not read to its end", async () => {
  const disk = new WatchedDisk();
  const going = new AbortController().signal;
  await assertRejects(() => treeOf(disk, 2, going).list(""), Error, "more");
  assertEquals(disk.open, 0, "too many entries");
  const gone = AbortSignal.abort(new Error("enough"));
  await assertRejects(() => treeOf(disk, 9, gone).list(""), Error, "enough");
  assertEquals(disk.open, 0, "cancelled");
  assertEquals((await treeOf(disk, 9, going).list("")).entries.length, 3);
});

Deno.test("localTree() says which folder could not be listed", async () => {
  const disk = new WatchedDisk();
  disk.broken = new Error("broken");
  const { signal } = new AbortController();
  await assertRejects(
    () => treeOf(disk, 9, signal).list("sub"),
    LocalError,
    "Cannot list /t/sub: broken",
  );
  assertEquals(disk.open, 0);
});
