import { assertEquals, assertRejects } from "@std/assert";
import { manualClock } from "../../lib/clock.ts";
import { memoryConn, memoryContext } from "../../lib/net/memory_conn.ts";
import { type FileSystem, FsError } from "../../server/fs/file_system.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { dropService } from "../../server/services/drop.ts";
import { fileCount } from "../../server/services/drop/file_count.ts";

/** A file system that counts how often it is listed. */
function counted(files: Record<string, string>): {
  fs: FileSystem;
  listings(): number;
} {
  const fs = memoryFileSystem(files);
  let listings = 0;
  const list: FileSystem["list"] = (path) => {
    listings++;
    return fs.list(path);
  };
  return { fs: { ...fs, list }, listings: () => listings };
}

Deno.test("fileCount() gives as many places as there are", async () => {
  const { fs } = counted({ "/a": "" });
  const count = fileCount(fs, 3, { clock: manualClock() });
  const [first, second] = [await count.takePlace(), await count.takePlace()];
  assertEquals(await count.takePlace(), null);
  first?.release(false);
  first?.release(false);
  const third = await count.takePlace();
  assertEquals([third === null, await count.takePlace()], [false, null]);
  second?.release(true);
  assertEquals(await count.takePlace(), null, "it came, so it counts");
});

Deno.test("fileCount() counts anew once a second, for all who wait", async () => {
  const { fs, listings } = counted({ "/a": "" });
  const clock = manualClock();
  const count = fileCount(fs, 1, { clock });
  const places = [count.takePlace(), count.takePlace(), count.takePlace()];
  assertEquals(await Promise.all(places), [null, null, null]);
  assertEquals(listings(), 1);
  await fs.remove("/a");
  assertEquals(await count.takePlace(), null);
  await clock.advance(1000);
  assertEquals(await count.takePlace() === null, false);
  assertEquals(listings(), 2);
});

Deno.test("fileCount() lists nothing where there is no limit", async () => {
  const { fs, listings } = counted({});
  const count = fileCount(fs, Infinity);
  assertEquals(await count.takePlace() === null, false);
  assertEquals(listings(), 0);
});

Deno.test("fileCount() counts again after a failure", async () => {
  const { fs } = counted({});
  let broken = true;
  const list: FileSystem["list"] = (path) =>
    broken ? Promise.reject(new FsError("io")) : fs.list(path);
  const count = fileCount({ list }, 1);
  await assertRejects(() => count.takePlace(), FsError);
  broken = false;
  assertEquals(await count.takePlace() === null, false);
});

Deno.test("dropService() gives up what is under way when it is closed", async () => {
  const fs = memoryFileSystem();
  const { stream, close } = dropService(fs);
  const conn = memoryConn("a\nhalf");
  const { read } = conn;
  const waits = Promise.withResolvers<void>();
  conn.read = async (buffer) => {
    const count = await read(buffer);
    if (count !== null) return count;
    waits.resolve();
    return await new Promise<never>(() => {});
  };
  const served = (async () => await stream?.(conn, memoryContext()))();
  const ended = assertRejects(() => served, DOMException);
  await waits.promise;
  await close?.();
  await ended;
  assertEquals(await Array.fromAsync(await fs.list("/")), []);
});
