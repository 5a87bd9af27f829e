/**
 * Mirrors in both directions, with our own server.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { mirror, planMirror } from "../../client/ftp/mirror/mod.ts";
import type { FtpPool } from "../../client/ftp/pool.ts";
import type { PoolOptions } from "../../client/ftp/pool_options.ts";
import { admission } from "../../lib/net/admission.ts";
import { listedAccounts } from "../../server/ftp/accounts.ts";
import { serveFtp, type ServeFtpOptions } from "../../server/ftp/serve.ts";
import type { FileSystem } from "../../server/fs/file_system.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { withFolder } from "./helpers.ts";
import {
  BIG,
  changes,
  HOUR,
  makeTree,
  mirrored,
  NAMES,
  treeOf,
  withPool,
} from "./mirror_helpers.ts";

async function withOurs(
  fs: FileSystem,
  action: (pool: FtpPool) => Promise<void>,
  options: Partial<PoolOptions> = {},
  server: Partial<ServeFtpOptions> = {},
): Promise<void> {
  await using running = await serveFtp({
    listen: [{ transport: "tcp", hostname: "127.0.0.1", port: 0 }],
    authenticate: listedAccounts([
      { name: "anonymous", password: null, write: true, fs },
    ]),
    ...server,
  });
  const [address] = running.addresses;
  assert(address?.transport === "tcp");
  await withPool(address.port, action, options);
}

for (const connections of [1, 4]) {
  Deno.test(`mirror() goes there and back with ours, ${connections} at a time`, () =>
    withFolder((from) =>
      withFolder((to) =>
        withOurs(memoryFileSystem(), async (pool) => {
          await makeTree(from);
          const remote = { pool, path: "/a/new/place" };
          const up = await mirrored(from, remote);
          assertEquals(up.done.add, 2 * NAMES.length + 2);
          assertEquals(up.done.folder, 5);
          await mirrored(remote, to);
          assertEquals(await treeOf(to), await treeOf(from));
          assertEquals(await changes(from, remote, { delete: true }), []);
          assertEquals(await changes(remote, to, { delete: true }), []);
          assertEquals(await changes(remote, to, { compare: "time" }), []);
          assertEquals(await changes(remote, to, { compare: "hash" }), []);
        }, { connections })
      )
    ));
}

Deno.test("mirror() follows what changes, goes and moves", () =>
  withFolder((local) =>
    withOurs(
      memoryFileSystem({
        "/s/same": "same",
        "/s/change": "old",
        "/s/d/gone": "x",
        "/s/name": "moved",
        "/s/kind": "a file",
      }),
      async (pool) => {
        const remote = { pool, path: "/s" };
        await mirrored(remote, local);
        await pool.run(async (client) => {
          await client.upload(new TextEncoder().encode("new"), "/s/change");
          await client.setModified("/s/change", new Date(Date.now() + HOUR));
          await client.removeDirectory("/s/d", { recursive: true });
          await client.rename("/s/name", "/s/other");
          await client.remove("/s/kind");
          await client.makeDirectory("/s/kind");
        });
        const all = { delete: true };
        assertEquals(await changes(remote, local, all), [
          "update change",
          "delete d",
          "delete d/gone",
          "delete kind",
          "folder kind",
          "delete name",
          "add other",
        ]);
        await mirrored(remote, local, all);
        assertEquals(await changes(remote, local, all), []);
        assertEquals(Object.keys(await treeOf(local)), [
          "change",
          "kind/",
          "other",
          "same",
        ]);
        assertEquals(await Deno.readTextFile(`${local}/change`), "new");
        // And all of it the other way round.
        await Deno.remove(`${local}/kind`);
        await Deno.writeTextFile(`${local}/kind`, "a file");
        await Deno.rename(`${local}/other`, `${local}/name`);
        await Deno.writeTextFile(`${local}/change`, "once more");
        assertEquals(await changes(local, remote, all), [
          "update change",
          "delete kind",
          "add kind",
          "add name",
          "delete other",
        ]);
        await mirrored(local, remote, all);
        assertEquals(await changes(remote, local, all), []);
      },
    )
  ));

Deno.test("mirror() never writes through a local link", () =>
  withFolder((outside) =>
    withFolder((local) =>
      withOurs(
        memoryFileSystem({ "/s/d/x": "x", "/s/f": "new", "/s/ok": "ok" }),
        async (pool) => {
          await Deno.writeTextFile(`${outside}/precious`, "precious");
          await Deno.symlink(outside, `${local}/d`);
          await Deno.symlink(`${outside}/precious`, `${local}/f`);
          // A part that is a link is replaced, too.
          await Deno.symlink(`${outside}/precious`, `${local}/ok.part`);
          const remote = { pool, path: "/s" };
          const { failed } = await mirror(remote, local, { delete: true });
          assertEquals(failed, []);
          assertEquals(await Deno.readTextFile(`${local}/ok`), "ok");
          assert((await Deno.lstat(`${local}/d`)).isSymlink);
          assert((await Deno.lstat(`${local}/f`)).isSymlink);
          assertEquals(Object.keys(await treeOf(outside)), ["precious"]);
          const text = await Deno.readTextFile(`${outside}/precious`);
          assertEquals(text, "precious");
        },
      )
    )
  ));

Deno.test("mirror() uploads links only when told, and no bad names", () =>
  withFolder((local) =>
    withOurs(memoryFileSystem(), async (pool) => {
      await Deno.writeTextFile(`${local}/bad\nDELE x`, "x");
      await Deno.writeTextFile(`${local}/file`, "file");
      await Deno.mkdir(`${local}/d`);
      await Deno.writeTextFile(`${local}/d/x`, "x");
      await Deno.symlink("file", `${local}/to file`);
      await Deno.symlink("d", `${local}/to d`);
      await Deno.symlink("nowhere", `${local}/to nowhere`);
      const remote = { pool, path: "/up" };
      const { steps } = await planMirror(local, remote);
      const skipped = steps.filter(({ action }) => action === "skip");
      assertEquals(skipped.map(({ path, reason }) => `${path}: ${reason}`), [
        "bad\nDELE x: name with a control character",
        "to d: a link",
        "to file: a link",
        "to nowhere: a link",
      ]);
      await mirrored(local, remote, { links: "follow" });
      assertEquals(await changes(local, remote, { links: "follow" }), []);
      const bytes = await pool.run((client) =>
        client.downloadBytes("/up/to d/x")
      );
      assertEquals(new TextDecoder().decode(bytes), "x");
    })
  ));

Deno.test("mirror() sends a large file anew when it has changed", () =>
  withFolder((local) =>
    withOurs(
      memoryFileSystem({ "/up/big.part": "not of this file" }),
      async (pool) => {
        await Deno.writeFile(`${local}/big`, BIG);
        const changed = new Date(Date.now() + HOUR / 2);
        await Deno.utime(`${local}/big`, changed, changed);
        const remote = { pool, path: "/up" };
        const { moved } = await mirrored(local, remote);
        assertEquals(moved, BIG.length);
        await pool.run(async (client) => {
          assertEquals(await client.downloadBytes("/up/big"), BIG);
        });
      },
    )
  ));

Deno.test("mirror() leaves no half of a small upload that was cancelled", () =>
  withFolder((local) =>
    withOurs(memoryFileSystem({ "/up": null }), async (pool) => {
      await Deno.writeFile(`${local}/small`, BIG.subarray(0, 7_000_000));
      const enough = new AbortController();
      await assertRejects(
        () =>
          mirror(local, { pool, path: "/up" }, {
            signal: enough.signal,
            onProgress: () => enough.abort(new Error("enough")),
          }),
        Error,
        "enough",
      );
      await pool.run(async (client) => {
        assertEquals(await client.stat("/up/small"), null);
      });
    })
  ));

Deno.test("mirror() fetches large files in segments", () =>
  withFolder((local) =>
    withOurs(memoryFileSystem({ "/s/big": BIG, "/s/a": "a" }), async (pool) => {
      await mirrored({ pool, path: "/s" }, local, {
        segments: 3,
        segmentFrom: 1_000_000,
      });
      assertEquals(await Deno.readFile(`${local}/big`), BIG);
      assertEquals(await changes({ pool, path: "/s" }, local), []);
    })
  ));

Deno.test("mirror() works with a server that takes one connection", () =>
  withFolder((from) =>
    withOurs(
      memoryFileSystem(),
      async (pool) => {
        await makeTree(from);
        const remote = { pool, path: "/x" };
        await mirrored(from, remote);
        assertEquals(await changes(from, remote, { delete: true }), []);
      },
      { connections: 4 },
      { admission: admission({ max: 1 }) },
    )
  ));
