/**
 * Transfers that go on where they stopped, and mirrors, with every server.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { join } from "node:path";
import {
  assertSameFile,
  assertSameTree,
  makeFile,
  makeTree,
  namesBut,
} from "./files.ts";
import { serversTest, type ToolScene } from "./ftp_servers.ts";
import { recordsOf, type Told } from "./ftp_tool.ts";

const SIZE = 300_000;
const THERE = 123_456;

for (const flags of [[], ["--active"]]) {
  const mode = flags[0] === undefined ? "passive" : "active";
  serversTest(`downloads and uploads go on, ${mode}`, async (scene) => {
    const { ftp, url, served, local } = scene;
    const [whole, target] = [join(local, "whole"), join(served, "target")];
    await makeFile(whole, SIZE);
    const [sent] = recordsOf(
      await ftp(["put", "--json", ...flags, "whole", `${url}/target`]),
    );
    assertEquals([sent.bytes, sent.resumed], [SIZE, false]);
    await Deno.truncate(target, THERE);
    const [resent] = recordsOf(
      await ftp(["put", "--json", "-C", ...flags, "whole", `${url}/target`]),
    );
    assertEquals([resent.bytes, resent.resumed], [SIZE - THERE, true]);
    await assertSameFile(target, whole);

    await Deno.copyFile(whole, join(local, "target.part"));
    await Deno.truncate(join(local, "target.part"), THERE);
    const [got] = recordsOf(
      await ftp(["get", "--json", "-C", ...flags, `${url}/target`]),
    );
    assertEquals([got.bytes, got.resumed], [SIZE - THERE, true]);
    await assertSameFile(join(local, "target"), whole);
  });
}

serversTest("what arrived is compared by its hash", async (scene) => {
  const { server, ftp, url, served, local } = scene;
  // It has the module mod_digest; of the others only ours knows hashes.
  const hasHashes = ["ProFTPD", "Wharf ftpd"].includes(server);
  await makeFile(join(local, "sent"), SIZE);
  const put = ["put", "sent", `${url}/there`];
  const get = ["get", `${url}/there`];
  for (const args of [put, get]) {
    const ended = await ftp([...args, "--json", "--verify", "hash"]);
    const [{ verified }] = recordsOf(ended);
    assertEquals(verified === "hash", hasHashes, ended.report);
    const isWarned = /warning: no hash to compare/.test(ended.stderr);
    assertEquals(isWarned, !hasHashes, ended.report);
  }
  await assertSameFile(join(served, "there"), join(local, "sent"));
  await assertSameFile(join(local, "there"), join(local, "sent"));
});

/** Names that every server stores and that are allowed in a folder here. */
const NAMES = namesBut(/\\| $|.{128}/);

/** Mirrors, and returns the sums that it told. */
async function mirror({ ftp }: ToolScene, ...args: string[]): Promise<Told> {
  return recordsOf(await ftp(["mirror", "--json", ...args])).at(-1).summary;
}

serversTest(
  "mirrors both ways; the second time nothing is done",
  async (scene) => {
    const { url, served, local } = scene;
    const [tree, there, back] = [
      join(local, "tree"),
      join(served, "there"),
      join(local, "back"),
    ] as const;
    await Deno.mkdir(tree);
    await makeTree(tree, NAMES);
    const files = 2 * (NAMES.length + 1);
    const up = ["--parallel", "2", "tree", `${url}/there`];
    const first = await mirror(scene, ...up);
    assertEquals([first.added, first.failed], [files, 0]);
    await assertSameTree(there, tree, { times: true });
    const second = await mirror(scene, ...up);
    assertEquals([second.added, second.updated, second.bytes], [0, 0, 0]);
    assertEquals([second.skipped, second.failed], [files, 0]);

    const down = [`${url}/there`, "back"];
    assertEquals((await mirror(scene, ...down)).added, files);
    await assertSameTree(back, tree, { times: true });
    const again = await mirror(scene, ...down);
    assertEquals([again.added, again.updated, again.skipped], [0, 0, files]);

    await makeFile(join(tree, "plain.bin"), 77);
    await Deno.remove(join(tree, "-dash"));
    const changed = await mirror(scene, "--delete", ...up);
    assertEquals([changed.updated, changed.deleted], [1, 1]);
    await assertSameTree(there, tree);
  },
);
