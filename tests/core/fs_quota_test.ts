import { assertEquals, assertRejects } from "@std/assert";
import type { Sink } from "../../lib/bytes.ts";
import { countTree } from "../../server/fs/count_tree.ts";
import {
  type Entry,
  type FileSystem,
  FsError,
  type WriteMode,
} from "../../server/fs/file_system.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { quota } from "../../server/fs/quota.ts";
import { ownUsage, UsageCounter } from "../../server/fs/usage.ts";
import { wrapped } from "../../server/fs/wrapped.ts";
import { bytesOf, get, names, put, refuses } from "../fs_conformance.ts";
import { randomOf } from "./random.ts";

/** Bytes and files, as the quota counts them and as they are. */
async function both(fs: FileSystem): Promise<number[]> {
  const { bytes, files } = (await fs.usage())!;
  const counted = await countTree(fs);
  return [bytes, counted.bytes, files, counted.files];
}

async function assertExact(fs: FileSystem): Promise<void> {
  const [bytes, reallyBytes, files, reallyFiles] = await both(fs);
  assertEquals([bytes, files], [reallyBytes, reallyFiles]);
}

function small(): FileSystem {
  return quota(memoryFileSystem({ "/a": "12345", "/sub/b": "123" }), {
    bytes: 10,
    files: 5,
  });
}

Deno.test("quota() counts what is there before the first change", async () => {
  const fs = small();
  assertEquals(await fs.usage(), {
    bytes: 8,
    files: 3,
    maxBytes: 10,
    maxFiles: 5,
  });
  assertEquals(await fs.space("/"), 2);
  assertEquals(
    await quota(memoryFileSystem({}, { capacity: 1 }), { bytes: 5 }).space("/"),
    1,
  );
});

Deno.test("quota() takes the last byte and not one more, by every way", async () => {
  const ways: [string, WriteMode][] = [
    ["/new", { mode: "replace" }],
    ["/new", { mode: "new" }],
    ["/new", { mode: "append" }],
    ["/a", { mode: "append" }],
    ["/a", { mode: "at", offset: 5 }],
  ];
  for (const [path, how] of ways) {
    const fs = small();
    const sink = await fs.write(path, how);
    await sink.write(bytesOf("12"));
    await refuses("over-quota", () => sink.write(bytesOf("3")));
    await sink.close();
    await assertExact(fs);
    assertEquals((await fs.usage())?.bytes, 10);
  }
});

Deno.test("quota() refuses at once where there is no room", async () => {
  const fs = quota(memoryFileSystem({ "/a": "12345" }), { bytes: 5, files: 1 });
  for (const mode of ["replace", "new", "append"] as const) {
    await refuses("over-quota", () => fs.write("/b", { mode }));
  }
  await refuses("over-quota", () => fs.write("/a", { mode: "append" }));
  await refuses("over-quota", () => fs.makeDirectory("/sub"));
  await put(fs, "/a", "54321");
  assertEquals(await names(fs, "/"), ["a"]);
  await assertExact(fs);
});

Deno.test("quota() gives a replaced file's bytes to its successor only", async () => {
  const fs = quota(memoryFileSystem({ "/a": "1234567890" }), { bytes: 10 });
  const sink = await fs.write("/a", { mode: "replace" });
  await sink.write(bytesOf("1234567890"));
  // The old file is still there: nobody else has its bytes.
  await refuses("over-quota", () => fs.write("/b", { mode: "new" }));
  await refuses("over-quota", () => sink.write(bytesOf("1")));
  await sink.abort();
  await assertExact(fs);
  await put(fs, "/a", "1234");
  await put(fs, "/b", "123456");
  await assertExact(fs);
});

Deno.test("quota() gives back what is removed, cut, replaced or aborted", async () => {
  const fs = small();
  await fs.remove("/sub/b");
  await assertExact(fs);
  await put(fs, "/a", "!", { mode: "at", offset: 1 });
  await assertExact(fs);
  await put(fs, "/c", "1234");
  await fs.rename("/c", "/a");
  await assertExact(fs);
  await fs.makeDirectory("/empty");
  await fs.rename("/sub", "/empty");
  await fs.removeDirectory("/empty");
  await assertExact(fs);
  const sink = await fs.write("/d", { mode: "new" });
  await sink.write(bytesOf("123456"));
  await sink.abort();
  await sink.abort();
  await assertExact(fs);
  assertEquals(await names(fs, "/"), ["a"]);
});

Deno.test("quota() counts an upload once, however often it ends", async () => {
  const fs = small();
  const dropped = await fs.write("/gone", { mode: "replace" });
  await dropped.write(bytesOf("1"));
  await dropped.abort();
  await dropped.close();
  await assertExact(fs);
  const kept = await fs.write("/kept", { mode: "replace" });
  await kept.write(bytesOf("1"));
  await kept.close();
  await fs.remove("/kept");
  await kept.close();
  await kept.abort();
  await assertExact(fs);
});

Deno.test("quota() counts what fails only while it is tried", async () => {
  const fs = small();
  await refuses("not-found", () => put(fs, "/none/a", ""));
  await refuses(
    "not-found",
    () => put(fs, "/none", "", { mode: "at", offset: 0 }),
  );
  await refuses(
    "bad-offset",
    () => put(fs, "/a", "", { mode: "at", offset: 9 }),
  );
  await refuses("exists", () => fs.makeDirectory("/sub"));
  await refuses("not-empty", () => fs.removeDirectory("/sub"));
  await refuses("not-found", () => fs.remove("/none"));
  await refuses("not-found", () => fs.rename("/none", "/a"));
  await fs.rename("/a", "/a");
  const late = await fs.write("/c", { mode: "new" });
  await put(fs, "/c", "");
  await refuses("exists", async () => await late.close());
  await assertExact(fs);
});

Deno.test("quota() is not fooled by a file that goes while its successor comes", async () => {
  const fs = quota(memoryFileSystem({ "/a": "1234567890" }), { bytes: 10 });
  const sink = await fs.write("/a", { mode: "replace" });
  await sink.write(bytesOf("1234567890"));
  await fs.remove("/a");
  await put(fs, "/b", "1234567890");
  await refuses("over-quota", async () => await sink.close());
  assertEquals(await names(fs, "/"), ["b"]);
  await assertExact(fs);
});

Deno.test("quota() is not fooled by two that replace one file", async () => {
  const fs = quota(memoryFileSystem({ "/a": "12345" }), { bytes: 10 });
  const sinks = [
    await fs.write("/a", { mode: "replace" }),
    await fs.write("/a", { mode: "replace" }),
  ];
  await sinks[0]!.write(bytesOf("1"));
  await sinks[0]!.close();
  await put(fs, "/b", "123456789");
  await sinks[1]!.write(bytesOf("12345"));
  await refuses("over-quota", async () => await sinks[1]!.close());
  await assertExact(fs);
});

Deno.test("quota() gets nothing for a file that is cut while it grows", async () => {
  const fs = quota(memoryFileSystem(), { bytes: 1000 });
  for (let round = 0; round < 5; round++) {
    const sink = await fs.write("/a", { mode: "append" });
    await sink.write(bytesOf("x".repeat(100)));
    await put(fs, "/a", "", { mode: "at", offset: 0 });
    await sink.write(bytesOf("x"));
    await sink.close();
    await fs.remove("/a");
    await assertExact(fs);
  }
});

Deno.test("quota() charges what is written to a removed file", async () => {
  const fs = quota(memoryFileSystem(), { bytes: 10 });
  const sink = await fs.write("/a", { mode: "append" });
  await fs.remove("/a");
  await sink.write(bytesOf("123"));
  await sink.close();
  // Nobody can see how much of it is still on the disk.
  assertEquals((await fs.usage())?.bytes, 3);
});

Deno.test("quota() gives nothing back for a link", async () => {
  const files = memoryFileSystem({ "/a": "12345", "/link": "", "/b": "1" });
  const linked = wrapped(files, {
    stat: (path) => files.stat(path === "/link" ? "/a" : path),
    resolve: (path) => Promise.resolve(path === "/link" ? "/a" : path),
  });
  const fs = quota(linked, { bytes: 10 });
  const before = (await fs.usage())!.bytes;
  await fs.rename("/b", "/link");
  assertEquals((await fs.usage())!.bytes, before);
  await fs.remove("/link");
  assertEquals((await fs.usage())!.bytes, before);
});

Deno.test("quota() keeps folders readable, or they would not count", async () => {
  const fs = small();
  await refuses("permission", () => fs.setMode("/sub", 0o077));
  await refuses("permission", () => fs.setMode("/sub", 0o600));
  await fs.setMode("/sub", 0o700);
  await fs.setMode("/a", 0o000);
});

Deno.test("quota() gives back what could not be written", async () => {
  const files = memoryFileSystem({}, { capacity: 3 });
  const fs = quota(files, { bytes: 100 });
  const sink = await fs.write("/a", { mode: "append" });
  assertEquals(await sink.write(bytesOf("12345")), 3);
  await refuses("no-space", () => sink.write(bytesOf("45")));
  await sink.close();
  await assertExact(fs);
});

Deno.test("quota() without room lets go of what is there", async () => {
  const fs = quota(memoryFileSystem({ "/a": "12345", "/b": "1" }), {
    bytes: 2,
  });
  assertEquals(await fs.space("/"), 0);
  await refuses("over-quota", () => fs.write("/b", { mode: "append" }));
  await put(fs, "/a", "1");
  await put(fs, "/b", "", { mode: "at", offset: 0 });
  await put(fs, "/b", "1", { mode: "append" });
  await assertExact(fs);
});

/** One byte, as the server stores it. */
async function upload(fs: FileSystem, path: string): Promise<void> {
  const sink = await fs.write(path, { mode: "replace" });
  try {
    await sink.write(bytesOf("1"));
    await sink.close();
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

Deno.test("quota() waits with changes until it has counted, and not with reading", async () => {
  const files = memoryFileSystem({ "/a": "12345" });
  const gate = Promise.withResolvers<void>();
  let lists = 0;
  const slow = wrapped(files, {
    async list(path) {
      lists++;
      await gate.promise;
      return await files.list(path);
    },
  });
  const counter = new UsageCounter(ownUsage());
  const fs = quota(slow, { bytes: 6 }, { counter });
  const uploads = ["/b", "/c", "/d"].map((path) => upload(fs, path));
  assertEquals(await get(fs, "/a"), "12345");
  gate.resolve();
  const done = await Promise.allSettled(uploads);
  assertEquals(done.filter(({ status }) => status === "fulfilled").length, 1);
  assertEquals(lists, 1);
  await assertExact(fs);
});

Deno.test("quota() says why it could not count, and tries again", async () => {
  const files = memoryFileSystem({ "/a": "12345" });
  let fails = true;
  const broken = wrapped(files, {
    list: (path) =>
      fails ? Promise.reject(new FsError("io")) : files.list(path),
  });
  const fs = quota(broken, { bytes: 10 });
  await assertRejects(() => put(fs, "/b", ""), FsError, "Input/output");
  fails = false;
  await put(fs, "/b", "");
  await assertExact(fs);
});

Deno.test("countTree() follows no link and passes no border", async () => {
  const files = memoryFileSystem({
    "/a": "1",
    "/m/b": "22",
    "/m/n/c": "333",
    "/shut/d": "4444",
  });
  const fs = wrapped(files, {
    async list(path) {
      if (path === "/shut") throw new FsError("permission");
      const list = await Array.fromAsync(await files.list(path));
      const link: Entry = { ...list[0]!, name: "l", link: "..", size: 100 };
      return (async function* () {
        yield* [...list, link];
        await Promise.resolve();
      })();
    },
  });
  assertEquals(await countTree(fs), { bytes: 6, files: 6 });
  const borders = ["/m", "/m/n"];
  assertEquals(await countTree(fs, { borders }), { bytes: 1, files: 2 });
  assertEquals(
    await countTree(fs, { borders, folders: ["/", "/m/n"] }),
    { bytes: 4, files: 3 },
  );
  assertEquals(await countTree(fs, { isWanted: () => false }), {
    bytes: 0,
    files: 0,
  });
});

Deno.test("quota() is exact whatever is done in whatever order", async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const { below, pick } = randomOf(seed);
    const fs = quota(memoryFileSystem(), { bytes: 60, files: 8 });
    const path = () => pick(["/a", "/b", "/c", "/s", "/s/a", "/s/b"]);
    const open: Sink[] = [];
    const deeds = [
      async () => {
        const modes = ["replace", "new"] as const;
        open.push(await fs.write(path(), { mode: pick(modes) }));
      },
      async () => {
        await open[below(open.length || 1)]?.write(
          bytesOf("x".repeat(below(20))),
        );
      },
      async () => await open.splice(below(open.length || 1), 1)[0]?.close(),
      async () => await open.splice(below(open.length || 1), 1)[0]?.abort(),
      () => put(fs, path(), "x".repeat(below(30)), { mode: "append" }),
      () => put(fs, path(), "x", { mode: "at", offset: below(30) }),
      () => fs.rename(path(), path()),
      () => fs.rename(path(), path(), { replace: false }),
      () => fs.remove(path()),
      () => fs.makeDirectory("/s"),
      () => fs.removeDirectory("/s"),
    ];
    for (let step = 0; step < 150; step++) {
      await pick(deeds)().catch((error) => {
        if (!(error instanceof FsError)) throw error;
      });
      const [bytes, really, files, reallyFiles] = await both(fs);
      // Uploads that are under way count more than what is there.
      if (bytes! < really! || files! < reallyFiles! || bytes! > 60) {
        throw new Error(`seed ${seed}, step ${step}: ${await both(fs)}`);
      }
    }
    for (const sink of open) await sink.abort();
    await assertExact(fs);
  }
});
