/**
 * `ftp` is stopped in the middle of a download and goes on later, and goes on
 * behind 4 GiB, with every server.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { soon } from "../ftp/helpers.ts";
import { assertSameFile, makeSparse } from "./files.ts";
import { serversTest, type ToolScene } from "./ftp_servers.ts";
import { assertShowsNoPassword, recordsOf, startFtp } from "./ftp_tool.ts";

/** More than fits between a server and a client that hardly reads. */
const SIZE = 40_000_000;

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  serversTest(`${signal} in a download`, async (scene) => {
    const { ftp, url, served, local } = scene;
    await makeSparse(join(served, "file"), SIZE, "the end");
    const { code, stderr } = await stopped(scene, signal);
    assertEquals(code, 130, stderr);
    assertStringIncludes(stderr, "cancelled");
    assertShowsNoPassword(stderr);
    const names = await Array.fromAsync(Deno.readDir(local));
    assertEquals(names.map(({ name }) => name), ["file.part"]);
    const { size } = await Deno.stat(join(local, "file.part"));
    assert(0 < size && size < SIZE, `${size} bytes`);
    const [got] = recordsOf(await ftp(["get", "-C", "--json", `${url}/file`]));
    assertEquals([got.resumed, got.bytes], [true, SIZE - size]);
    await assertSameFile(join(local, "file"), join(served, "file"));
  });
}

/** Starts a slow download and stops it when some of it is there. */
async function stopped(
  { url, local, home }: ToolScene,
  signal: Deno.Signal,
): Promise<{ code: number; stderr: string }> {
  using watcher = Deno.watchFs(local);
  const args = ["get", "-C", "--limit-rate", "100k", `${url}/file`];
  const child = startFtp(args, { cwd: local, home });
  await child.stdin.close();
  const output = child.output();
  try {
    const began = Promise.race([output, hasGrown(watcher)]);
    await soon(began, "the first bytes of the download");
    child.kill(signal);
  } catch (error) {
    child.kill("SIGKILL");
    await output;
    throw error;
  }
  const { code, stderr } = await output;
  return { code, stderr: new TextDecoder().decode(stderr) };
}

async function hasGrown(watcher: Deno.FsWatcher): Promise<void> {
  for await (const { paths: [path = ""] } of watcher) {
    const found = await Deno.stat(path).catch(() => null);
    if (path.endsWith(".part") && (found?.size ?? 0) > 0) return;
  }
}

const HUGE = 4 * 2 ** 30 + 12_345;
const END = "the very end";

/** Why a huge file cannot be made here, if it cannot. */
async function sparseRefusal(): Promise<string | undefined> {
  const folder = await Deno.makeTempDir({ prefix: "wharf-tool-" });
  try {
    await makeSparse(join(folder, "huge"), HUGE, END);
    const { blocks } = await Deno.stat(join(folder, "huge"));
    return (blocks ?? 0) < 1000 ? undefined : "files are never sparse here";
  } catch (error) {
    return `no room for 4 GiB: ${(error as Error).message}`;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function endOf(path: string): Promise<string> {
  using file = await Deno.open(path);
  await file.seek(-END.length - 1, Deno.SeekMode.End);
  const bytes = new Uint8Array(END.length + 1);
  await file.read(bytes);
  return new TextDecoder().decode(bytes);
}

serversTest("goes on behind 4 GiB", async ({ ftp, url, served, local }) => {
  const [there, here] = [join(served, "down"), join(local, "up")];
  const [part, sent] = [join(local, "down.part"), join(served, "up")];
  for (const path of [there, here]) await makeSparse(path, HUGE, END);
  // What is there ends in a byte that the whole file does not have there.
  const begun = HUGE - END.length;
  for (const path of [part, sent]) await makeSparse(path, begun, "x");
  await Deno.chmod(sent, 0o666);
  const [entry] = recordsOf(await ftp(["ls", "--json", `${url}/down`]));
  assertEquals([entry.name, entry.size], ["down", HUGE]);
  const [got] = recordsOf(await ftp(["get", "-C", "--json", `${url}/down`]));
  const [put] = recordsOf(await ftp(["put", "-C", "--json", "up", `${url}/`]));
  for (const { size, bytes } of [got, put]) {
    assertEquals([size, bytes], [HUGE, END.length]);
  }
  for (const path of [join(local, "down"), sent]) {
    assertEquals((await Deno.stat(path)).size, HUGE);
    assertEquals(await endOf(path), `x${END}`);
  }
}, { missing: await sparseRefusal() });
