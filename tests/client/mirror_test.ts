/**
 * Mirrors in both directions, with our own server and with foreign ones.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  mirror,
  type MirrorOptions,
  type MirrorSide,
  planMirror,
} from "../../client/ftp/mirror/mod.ts";
import { FtpPool } from "../../client/ftp/pool.ts";
import type { PoolOptions } from "../../client/ftp/pool_options.ts";
import { admission } from "../../lib/net/admission.ts";
import { listedAccounts } from "../../server/ftp/accounts.ts";
import { serveFtp, type ServeFtpOptions } from "../../server/ftp/serve.ts";
import type { FileSystem } from "../../server/fs/file_system.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { type Candidate, findServers, isFound } from "../bench/servers.ts";
import { withServer } from "./foreign_server.ts";
import { withFolder } from "./helpers.ts";

const HOUR = 3_600_000;
const LONG_AGO = new Date("2020-02-03T04:05:06Z");
const NAMES = ["-rf", "|touch y", "$(x)", "a  b", "ä", "[1]", ".hidden", "~"];
const BIG = new Uint8Array(9_000_000).map((_, at) => at * 7 % 251);

async function withPool(
  port: number,
  action: (pool: FtpPool) => Promise<void>,
  options: Partial<PoolOptions> = {},
): Promise<void> {
  const hostname = "127.0.0.1";
  await using pool = await FtpPool.connect({ hostname, port, ...options });
  await action(pool);
}

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

/** Steps that do something, by what they do. */
async function changes(
  source: MirrorSide,
  target: MirrorSide,
  options: MirrorOptions = {},
): Promise<string[]> {
  const { steps, failed } = await planMirror(source, target, options);
  assertEquals(failed, []);
  return steps.filter(({ action }) => action !== "skip")
    .map(({ action, path }) => `${action} ${path}`);
}

/** Mirrors without a failure. */
async function mirrored(
  source: MirrorSide,
  target: MirrorSide,
  options: MirrorOptions = {},
) {
  const result = await mirror(source, target, options);
  assertEquals(result.failed, []);
  return result;
}

/** A tree with odd names, an empty file and an empty folder. */
async function makeTree(folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/sub/deep`, { recursive: true });
  await Deno.mkdir(`${folder}/empty`);
  for (const [n, name] of NAMES.entries()) {
    for (const path of [`${folder}/${name}`, `${folder}/sub/${name}`]) {
      await Deno.writeTextFile(path, `${name} ${"x".repeat(n * 1000)}`);
      const time = n % 2 === 0 ? LONG_AGO : new Date(Date.now() - n * HOUR);
      await Deno.utime(path, time, time);
    }
  }
  await Deno.writeTextFile(`${folder}/sub/deep/nothing`, "");
  await Deno.mkdir(`${folder}/[e]mpty`);
  await Deno.writeTextFile(`${folder}/[e]mpty/not`, "not empty");
}

/** Paths with contents, and times to the second. */
async function treeOf(folder: string): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) {
      tree[`${name}/`] = "";
      const inner = Object.entries(await treeOf(path));
      for (const [below, what] of inner) tree[`${name}/${below}`] = what;
      continue;
    }
    const { mtime } = await Deno.stat(path);
    const seconds = Math.floor(mtime!.getTime() / 1000);
    tree[name] = `${seconds} ${await Deno.readTextFile(path)}`;
  }
  return Object.fromEntries(Object.entries(tree).toSorted());
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

const SERVERS = (await findServers()).filter(({ name }) =>
  ["vsftpd", "pyftpdlib", "ProFTPD", "Pure-FTPd"].includes(name)
);
/** Pure-FTPd lets anonymous users neither delete nor name files with a dot. */
const WRITABLE = SERVERS.filter(({ name }) => name !== "Pure-FTPd");

/** Runs `action` with a pool, where it may write, and what lies there. */
function serverTest(
  name: string,
  action: (scene: {
    pool: FtpPool;
    served: string;
    local: string;
    commands: string[];
  }) => Promise<void>,
  among = WRITABLE,
): void {
  for (const server of among) {
    const missing = isFound(server) ? "" : ` (skipped: ${server.reason})`;
    Deno.test({
      name: `mirror() and ${server.name}: ${name}${missing}`,
      ignore: missing !== "",
      fn: () =>
        withFolder(async (root) => {
          await Deno.chmod(root, 0o755);
          const served = `${root}/home`;
          await Deno.mkdir(served);
          await Deno.chmod(served, 0o777);
          const commands: string[] = [];
          const trace: PoolOptions["trace"] = (event) => {
            if ("sent" in event) commands.push(event.sent);
          };
          await withServer(server as Candidate, root, (port) =>
            withFolder((local) =>
              withPool(
                port,
                (pool) =>
                  action({ pool, served, local, commands }),
                { trace },
              )
            ));
        }),
    });
  }
}

serverTest("there and back", async (scene) => {
  const { pool, served, local, commands } = scene;
  await withFolder(async (to) => {
    await makeTree(local);
    const remote = { pool, path: "/home" };
    await mirrored(local, remote);
    assertEquals(
      Object.keys(await treeOf(served)).sort(),
      Object.keys(await treeOf(local)).sort(),
    );
    await mirrored(remote, to);
    assertEquals(
      Object.keys(await treeOf(to)),
      Object.keys(await treeOf(local)),
    );
    // A tree that did not change costs a listing for each folder.
    const before = commands.length;
    assertEquals(await changes(remote, to, { delete: true }), []);
    assertEquals(await changes(local, remote, { delete: true }), []);
    const asked = commands.slice(before).filter((command) =>
      /^(SIZE|MDTM|MLST|RETR|STOR) /.test(command)
    );
    assertEquals(asked, []);
  });
});

serverTest("a large upload that was cancelled goes on", async (scene) => {
  const { pool, served, local, commands } = scene;
  await Deno.writeFile(`${local}/big`, BIG);
  await Deno.utime(`${local}/big`, LONG_AGO, LONG_AGO);
  const remote = { pool, path: "/home" };
  await mirrored(local, remote);
  const time = new Date(LONG_AGO.getTime() + 96 * HOUR);
  await Deno.utime(`${local}/big`, time, time);
  const enough = new AbortController();
  const { signal } = enough;
  const onProgress = () => enough.abort(new Error("enough"));
  const cancelled = mirror(local, remote, { signal, onProgress });
  await assertRejects(() => cancelled, Error, "enough");
  // Nothing half has the final name.
  assertEquals(await Deno.readFile(`${served}/big`), BIG);
  const part = await Deno.stat(`${served}/big.part`);
  assert(part.size > 0 && part.size < BIG.length, `${part.size}`);
  assertEquals(part.mtime, time);
  const all = { delete: true };
  assertEquals(await changes(local, remote, all), ["update big"]);
  const { moved } = await mirrored(local, remote, all);
  assertEquals(moved, BIG.length - part.size);
  const resumed = commands.filter((command) => /^(REST|APPE)/.test(command));
  assertEquals(resumed.length, 1);
  assertEquals(await changes(local, remote, all), []);
  assertEquals(await Deno.readFile(`${served}/big`), BIG);
  assertEquals(Object.keys(await treeOf(served)), ["big"]);
});

serverTest("what goes is removed, and nothing else", async (scene) => {
  const { pool, served, local } = scene;
  const remote = { pool, path: "/home" };
  await makeTree(local);
  await mirrored(local, remote);
  await Deno.remove(`${local}/sub`, { recursive: true });
  await Deno.remove(`${local}/-rf`);
  await Deno.writeTextFile(`${local}/a  b`, "other");
  await mirrored(local, remote, { delete: true });
  assertEquals(
    Object.keys(await treeOf(served)),
    Object.keys(await treeOf(local)),
  );
  assertEquals(await Deno.readTextFile(`${served}/a  b`), "other");
  assertEquals(await changes(remote, local, { delete: true }), []);
});

serverTest("what a link leads to is not removed", async (scene) => {
  const { pool, served, local } = scene;
  await Deno.mkdir(`${served}/precious`);
  await Deno.chmod(`${served}/precious`, 0o777);
  await Deno.writeTextFile(`${served}/precious/file`, "precious");
  await Deno.mkdir(`${served}/up/d`, { recursive: true });
  await Deno.chmod(`${served}/up`, 0o777);
  await Deno.chmod(`${served}/up/d`, 0o777);
  await Deno.symlink("../precious", `${served}/up/link`);
  await Deno.symlink("../../precious", `${served}/up/d/link`);
  await mirrored(local, { pool, path: "/home/up" }, { delete: true });
  assertEquals(Object.keys(await treeOf(`${served}/up`)), []);
  const left = await Deno.readTextFile(`${served}/precious/file`);
  assertEquals(left, "precious");
});

serverTest("a folder that must not be read is not an empty one", async (of) => {
  const { pool, served, local } = of;
  await Deno.mkdir(`${served}/closed`);
  await Deno.writeTextFile(`${served}/closed/precious`, "precious");
  await mirrored({ pool, path: "/home" }, local);
  await Deno.chmod(`${served}/closed`, 0o711);
  await mirror({ pool, path: "/home" }, local, { delete: true });
  const left = await Deno.readTextFile(`${local}/closed/precious`);
  assertEquals(left, "precious");
}, SERVERS.filter(({ name }) => name !== "pyftpdlib")); // It runs as root.
