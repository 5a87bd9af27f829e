/**
 * Mirrors in both directions, with foreign servers, where installed.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { mirror } from "../../client/ftp/mirror/mod.ts";
import type { FtpPool } from "../../client/ftp/pool.ts";
import type { PoolOptions } from "../../client/ftp/pool_options.ts";
import { type Candidate, findServers, isFound } from "../bench/servers.ts";
import { withServer } from "./foreign_server.ts";
import { withFolder } from "./helpers.ts";
import {
  BIG,
  changes,
  HOUR,
  LONG_AGO,
  makeTree,
  mirrored,
  treeOf,
  withPool,
} from "./mirror_helpers.ts";

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

function hasBytes(path: string): boolean {
  try {
    return Deno.statSync(path).size > 0;
  } catch {
    return false; // Not yet.
  }
}

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
  // What was sent may be lost on its way: the server must have got some.
  const onProgress = () => {
    if (hasBytes(`${served}/big.part`)) enough.abort(new Error("enough"));
  };
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
