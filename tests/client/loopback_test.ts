import { assert, assertEquals, assertRejects } from "@std/assert";
import { FtpError, LocalError } from "../../client/ftp/errors.ts";
import type { FtpClient } from "../../client/ftp/client.ts";
import { localFileSystem } from "../../server/fs/local.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { bytesOf, joined, textOf } from "../core/byte_cases.ts";
import { HAS_IPV6 } from "../ftp/helpers.ts";
import { withClient, withFolder } from "./helpers.ts";

async function names(client: FtpClient, path?: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of client.list(path)) found.push(name);
  return found.sort();
}

const BIG = new Uint8Array(3_000_001).map((_, at) => at * 7 % 251);

const MODES = [
  { name: "passive, IPv4", hostname: "127.0.0.1", mode: "passive" as const },
  { name: "active, IPv4", hostname: "127.0.0.1", mode: "active" as const },
  { name: "passive, IPv6", hostname: "::1", mode: "passive" as const },
  { name: "active, IPv6", hostname: "::1", mode: "active" as const },
];

for (const { name, hostname, mode } of MODES) {
  Deno.test({
    name: `FtpClient moves files both ways (${name})`,
    ignore: hostname === "::1" && !HAS_IPV6,
    fn: () =>
      withClient(memoryFileSystem({ "/pub": null }), async (client) => {
        await client.upload(BIG, "/pub/big");
        await client.upload(bytesOf(""), "/pub/empty");
        assertEquals(await names(client, "/pub"), ["big", "empty"]);
        assertEquals(await client.size("/pub/big"), BIG.length);
        assertEquals(await client.downloadBytes("/pub/big"), BIG);
        assertEquals((await client.downloadBytes("/pub/empty")).length, 0);
      }, { hostname, mode }),
  });
}

Deno.test("FtpClient does everything that can be done to files and folders", () =>
  withFolder((folder) =>
    withClient(localFileSystem(folder), async (client) => {
      await client.makeDirectory("/a/b/c", { parents: true });
      await client.makeDirectory("/a/b/c", { parents: true });
      await client.changeDirectory("/a/b");
      assertEquals(await client.workingDirectory(), "/a/b");
      await client.upload(bytesOf("hello"), "c/x y");
      await client.rename("c/x y", "c/-z");
      const time = new Date("2020-02-03T04:05:06Z");
      await client.setModified("c/-z", time);
      assertEquals(await client.modified("c/-z"), time);
      await client.chmod("c/-z", 0o640);
      const entry = await client.stat("c/-z");
      assertEquals(
        [entry?.name, entry?.type, entry?.size, entry?.mode],
        ["-z", "file", 5, 0o640],
      );
      assertEquals(await client.stat("c/none"), null);
      assertEquals(await client.stat("/a").then((a) => a?.type), "directory");
      await client.upload(bytesOf(" you"), "c/-z", { append: true });
      assertEquals(textOf(await client.downloadBytes("c/-z")), "hello you");
      await client.remove("c/-z");
      await assertRejects(() => client.remove("c/-z"), FtpError, "550");
      await client.removeDirectory("c");
      assert(client.features.has("MLST"));
      assertEquals((await client.quote("NOOP")).code, 200);
      assertEquals((await client.quote("nonsense")).code, 500);
    })
  ));

Deno.test("FtpClient.download() to a path makes it whole and keeps its time", () =>
  withFolder((folder) => {
    const fs = memoryFileSystem({ "/big": BIG });
    return withClient(fs, async (client) => {
      const time = new Date("2020-02-03T04:05:06Z");
      await client.setModified("/big", time);
      const path = `${folder}/got`;
      const seen: number[] = [];
      const result = await client.download("/big", path, {
        onProgress: ({ position, size }) => {
          assertEquals(size, BIG.length);
          seen.push(position);
        },
      });
      assertEquals(result, {
        path: "/big",
        size: BIG.length,
        bytes: BIG.length,
      });
      assertEquals(seen.at(-1), BIG.length);
      assertEquals(await Deno.readFile(path), BIG);
      assertEquals((await Deno.stat(path)).mtime, time);
      assertEquals(Array.from(Deno.readDirSync(folder)).length, 1);
    });
  }));

Deno.test("FtpClient.download() goes on where a part ends", () =>
  withFolder((folder) =>
    withClient(memoryFileSystem({ "/big": BIG }), async (client) => {
      const path = `${folder}/got`;
      await Deno.writeFile(`${path}.part`, BIG.subarray(0, 1_000_000));
      const { bytes, size } = await client.download("/big", path, {
        resume: true,
      });
      assertEquals([bytes, size], [BIG.length - 1_000_000, BIG.length]);
      assertEquals(await Deno.readFile(path), BIG);
    })
  ));

Deno.test("FtpClient.download() leaves nothing behind what the server refused", () =>
  withFolder((folder) =>
    withClient(memoryFileSystem(), async (client) => {
      const path = `${folder}/got`;
      await assertRejects(
        () => client.download("/none", path),
        FtpError,
        "550",
      );
      assertEquals(Array.from(Deno.readDirSync(folder)), []);
    })
  ));

Deno.test("FtpClient.download() never writes through a link", () =>
  withFolder((folder) =>
    withClient(memoryFileSystem({ "/a": "new" }), async (client) => {
      await Deno.writeTextFile(`${folder}/victim`, "old");
      for (const resume of [false, true]) {
        await Deno.symlink(`${folder}/victim`, `${folder}/got.part`);
        await client.download("/a", `${folder}/got`, { resume });
        assertEquals(await Deno.readTextFile(`${folder}/got`), "new");
        assertEquals(await Deno.readTextFile(`${folder}/victim`), "old");
        await Deno.remove(`${folder}/got`);
      }
    })
  ));

Deno.test("FtpClient.download() replaces files only where it may", () =>
  withFolder((folder) =>
    withClient(memoryFileSystem({ "/a": "new" }), async (client) => {
      const path = `${folder}/got`;
      await Deno.writeTextFile(path, "old");
      await assertRejects(
        () => client.download("/a", path, { overwrite: false }),
        LocalError,
        "a file is there already",
      );
      assertEquals(await Deno.readTextFile(path), "old");
      await client.download("/a", path);
      assertEquals(await Deno.readTextFile(path), "new");
      await Deno.mkdir(`${folder}/sub`);
      await assertRejects(
        () => client.download("/a", `${folder}/sub`),
        LocalError,
        "a folder is there already",
      );
      await assertRejects(
        () => client.download("/a", `${folder}/no/where`),
        LocalError,
        "Cannot write",
      );
      assertEquals(textOf(await client.downloadBytes("/a")), "new");
    })
  ));

Deno.test("FtpClient.upload() of a path keeps its time and resumes", () =>
  withFolder((folder) =>
    withFolder((served) =>
      withClient(localFileSystem(served), async (client) => {
        const path = `${folder}/big`;
        await Deno.writeFile(path, BIG);
        const time = new Date("2020-02-03T04:05:06Z");
        await Deno.utime(path, time, time);
        await Deno.writeFile(`${served}/big`, BIG.subarray(0, 1_000_000));
        const result = await client.upload(path, "/big", { resume: true });
        assertEquals(result, {
          path: "/big",
          size: BIG.length,
          bytes: BIG.length - 1_000_000,
        });
        assertEquals(await Deno.readFile(`${served}/big`), BIG);
        assertEquals(await client.modified("/big"), time);
        const again = await client.upload(path, "/big", { resume: true });
        assertEquals([again.bytes, again.size], [0, BIG.length]);
      })
    )
  ));

Deno.test("FtpClient.upload() takes streams and lets the server choose a name", () =>
  withClient(memoryFileSystem(), async (client) => {
    const stream = new Blob([BIG]).stream();
    const { path } = await client.upload(stream, "x", { unique: true });
    assert(path !== null && path !== "x");
    assertEquals(await client.downloadBytes(path), BIG);
    const half = new Blob([bytesOf("0123"), bytesOf("456789")]).stream();
    await client.upload(bytesOf("01234"), "y");
    await client.upload(half, "y", { resume: true });
    assertEquals(textOf(await client.downloadBytes("y")), "0123456789");
  }));

Deno.test("FtpClient.download() fills a stream and closes it", () =>
  withClient(memoryFileSystem({ "/big": BIG }), async (client) => {
    const { readable, writable } = new TransformStream<
      Uint8Array<ArrayBuffer>,
      Uint8Array<ArrayBuffer>
    >();
    const [bytes] = await Promise.all([
      Array.fromAsync(readable),
      client.download("/big", writable),
    ]);
    assertEquals(joined(bytes), BIG);
  }));

Deno.test("FtpClient converts line ends when asked to", () =>
  withClient(memoryFileSystem(), async (client) => {
    await client.upload(bytesOf("a\nb\n"), "t", { type: "ascii" });
    assertEquals(textOf(await client.downloadBytes("t")), "a\nb\n");
    const text = await client.downloadBytes("t", { type: "ascii" });
    assertEquals(textOf(text), "a\nb\n");
  }));

Deno.test("FtpClient stays usable when a download is cancelled", async () => {
  const fs = memoryFileSystem({ "/big": new Uint8Array(64 << 20) });
  await withClient(fs, async (client) => {
    const enough = new AbortController();
    const reason = new Error("enough");
    const onProgress = () => enough.abort(reason);
    const options = { signal: enough.signal, onProgress };
    const error = await assertRejects(() =>
      client.downloadBytes("/big", options)
    );
    assertEquals(error, reason);
    assertEquals(client.closed, null);
    assertEquals(await client.workingDirectory(), "/");
    assertEquals(await client.size("/big"), 64 << 20);
    assertEquals(await names(client), ["big"]);
  });
});

Deno.test("FtpClient stays usable when an upload is cancelled", () =>
  withClient(memoryFileSystem(), async (client) => {
    const enough = new AbortController();
    const endless = {
      read(buffer: Uint8Array) {
        return Promise.resolve(buffer.length);
      },
      close() {},
    };
    await assertRejects(
      () =>
        client.upload(endless, "/x", {
          signal: enough.signal,
          onProgress: () => enough.abort(),
        }),
      DOMException,
    );
    assertEquals(client.closed, null);
    assertEquals(await names(client), []);
    await client.upload(bytesOf("y"), "/y");
    assertEquals(await names(client), ["y"]);
  }));

Deno.test("FtpClient.list() may be left early, and commands given meanwhile", () => {
  const files = Object.fromEntries(
    Array.from({ length: 5000 }, (_, n) => [`/d/file number ${n}`, ""]),
  );
  return withClient(memoryFileSystem(files), async (client) => {
    for await (const { name } of client.list("/d")) {
      assert(name.startsWith("file"));
      break;
    }
    let count = 0;
    for await (const { path } of client.list("/d")) {
      if (count++ % 1000 === 0) await client.remove(path);
    }
    assertEquals(count, 5000);
    assertEquals((await names(client, "/d")).length, 4995);
  });
});

Deno.test("FtpClient.removeDirectory() removes all that is in a folder, when asked", () =>
  withFolder((served) =>
    withClient(localFileSystem(served), async (client) => {
      await Deno.mkdir(`${served}/keep`);
      await Deno.mkdir(`${served}/gone/deep/er`, { recursive: true });
      await Deno.writeTextFile(`${served}/gone/.hidden`, "");
      await Deno.writeTextFile(`${served}/gone/deep/-rf`, "");
      await assertRejects(() => client.removeDirectory("/gone"), FtpError);
      await client.removeDirectory("/gone", { recursive: true });
      assertEquals(await names(client), ["keep"]);
    })
  ));
