import { assert, assertEquals } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { randomOf } from "../core/random.ts";
import { type Ftpd, soon, startFtpd, tempFolders } from "../ftp/helpers.ts";
import { runFtp, startFtp } from "../interop/ftp_tool.ts";
import { contentOf, equal } from "./contents.ts";

/** How often each client is killed; a tenth is enough for these. */
const KILLS = Math.ceil(Number(Deno.env.get("WHARF_KILLS") || 30) / 10);
/** The moments are others with another seed. */
const SEED = Number(Deno.env.get("WHARF_SEED") || 7);
/** Bytes that are moved before a kill; with less to come, all begins anew. */
const LITTLE = 800_000;
/** Slow enough to be killed in the middle. */
const SLOW = ["--limit-rate", "3M"];

const OLD = new TextEncoder().encode("what was there before");
const REPORT: Bytes = contentOf(3, 2_500_000);
const TREE: Readonly<Record<string, Bytes>> = {
  "a": contentOf(4, 1_200_000),
  "b": contentOf(5, 900_000),
  "sub/c": contentOf(6, 300_000),
  "sub/d": contentOf(7, 0),
};

/** Folders of a server and a client. */
interface Scene {
  readonly ftpd: Ftpd;
  /** What the server has. */
  readonly pub: string;
  /** Where the client works. */
  readonly local: string;
  readonly url: string;
}

async function withScene(act: (scene: Scene) => Promise<void>): Promise<void> {
  await using folders = await tempFolders();
  const { base, pub } = folders;
  const local = `${base}/local`;
  await Deno.mkdir(local);
  await using ftpd = await startFtpd([
    "--listen",
    "127.0.0.1:0",
    "--write",
    pub,
  ]);
  const url = `ftp://127.0.0.1:${ftpd.ports[0]}`;
  await act({ ftpd, pub, local, url });
}

Deno.test(`ftp get killed ${KILLS} times (seed ${SEED}) goes on with --continue to the right bytes`, () =>
  withScene(async ({ pub, local, url }) => {
    await Deno.writeFile(`${pub}/report`, REPORT);
    const args = ["get", "--continue", `${url}/report`];
    const random = randomOf(SEED);
    for (let kill = 0; kill < KILLS; kill++) {
      const there = await sizeAt(`${local}/report.part`);
      if (there === 0 || REPORT.length - there < LITTLE) {
        await beginAnew(local, "report");
      }
      const enough = await bytesBelow(local) + random.below(LITTLE);
      const wasKilled = await killWhen(
        [...SLOW, ...args],
        local,
        async () => await bytesBelow(local) > enough,
      );
      const report = await contentAt(`${local}/report`);
      assert(isOldOr(REPORT, report, wasKilled), "the file itself");
      assertIsBeginning(await contentAt(`${local}/report.part`), REPORT);
    }
    await runFtp(args, { cwd: local });
    assert(equal(await contentAt(`${local}/report`), REPORT));
    assertEquals(namesIn(local), ["report"]);
  }));

Deno.test(`ftp mirror killed ${KILLS} times (seed ${SEED}) goes on to the right tree`, () =>
  withScene(async ({ pub, local, url }) => {
    await Deno.mkdir(`${pub}/tree/sub`, { recursive: true });
    for (const [path, content] of Object.entries(TREE)) {
      await Deno.writeFile(`${pub}/tree/${path}`, content);
    }
    const whole = await bytesBelow(`${pub}/tree`);
    const args = ["mirror", `${url}/tree`, "tree"];
    const random = randomOf(SEED);
    for (let kill = 0; kill < KILLS; kill++) {
      const there = await bytesBelow(local);
      if (there === 0 || whole - there < LITTLE) {
        await beginAnew(local, "tree", "a");
      }
      const enough = await bytesBelow(local) + random.below(LITTLE);
      const wasKilled = await killWhen(
        [...SLOW, ...args],
        local,
        async () => await bytesBelow(local) > enough,
      );
      for (const [path, content] of Object.entries(TREE)) {
        const there = await contentAt(`${local}/tree/${path}`);
        const isOld = path === "a" ? equal(there, OLD) : there.length === 0;
        const isRight = equal(there, content) || isOld && wasKilled;
        assert(isRight, `${path}: ${there.length} bytes`);
        const part = await contentAt(`${local}/tree/${path}.part`);
        assertIsBeginning(part, content);
      }
    }
    await runFtp(args, { cwd: local });
    for (const [path, content] of Object.entries(TREE)) {
      assert(equal(await contentAt(`${local}/tree/${path}`), content), path);
    }
    assertEquals(namesIn(`${local}/tree`), ["a", "b", "sub"]);
    assertEquals(namesIn(`${local}/tree/sub`), ["c", "d"]);
  }));

Deno.test(`ftp put killed ${KILLS} times (seed ${SEED}) leaves the old file until it is through`, () =>
  withScene(async ({ ftpd, pub, local, url }) => {
    await Deno.writeFile(`${pub}/report`, OLD);
    await Deno.writeFile(`${local}/report`, REPORT);
    const args = ["put", "report", `${url}/report`];
    const random = randomOf(SEED);
    for (let kill = 0; kill < KILLS; kill++) {
      const enough = random.below(REPORT.length / 2);
      const wasKilled = await killWhen(
        [...SLOW, ...args],
        local,
        async () => await bytesBelow(pub) > OLD.length + enough,
      );
      await soon(ended(ftpd, kill + 1), "the end of the session");
      assertEquals(namesIn(pub), ["report"]);
      const report = await contentAt(`${pub}/report`);
      assert(isOldOr(REPORT, report, wasKilled), "the file itself");
      await Deno.writeFile(`${pub}/report`, OLD);
    }
    await runFtp(args, { cwd: local });
    assert(equal(await contentAt(`${pub}/report`), REPORT));
    assertEquals(namesIn(pub), ["report"]);
  }));

/** Removes all, and puts an old file where the client will have a new one. */
async function beginAnew(local: string, ...names: string[]): Promise<void> {
  await Deno.remove(local, { recursive: true });
  const path = [local, ...names].join("/");
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeFile(path, OLD);
  // A shorter one that is as new would be taken for the beginning.
  await Deno.utime(path, 1e9, 1e9);
}

/** Starts `ftp`, and kills it as soon as it is so far, unless it is through. */
async function killWhen(
  args: readonly string[],
  cwd: string,
  isSoFar: () => Promise<boolean>,
): Promise<boolean> {
  const child = startFtp(args, { cwd });
  await child.stdin.close();
  const output = child.output();
  let isOver = false;
  output.then(() => isOver = true);
  const far = async () => {
    while (!isOver && !await isSoFar()) await pause();
  };
  try {
    await soon(far(), "so much of the transfer");
  } finally {
    if (!isOver) child.kill("SIGKILL");
  }
  const { code, signal, stderr } = await output;
  const said = new TextDecoder().decode(stderr);
  assert(signal === "SIGKILL" || code === 0, said);
  return signal === "SIGKILL";
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 3));
}

/** Waits until so many sessions have ended. */
async function ended(ftpd: Ftpd, count: number): Promise<void> {
  while ((ftpd.log.match(/ disconnected /g)?.length ?? 0) < count) {
    await pause();
  }
}

/** A file's content; nothing where there is none. */
async function contentAt(path: string): Promise<Bytes> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Uint8Array();
    throw error;
  }
}

async function sizeAt(path: string): Promise<number> {
  const info = await Deno.stat(path).catch(() => null);
  return info?.isFile ? info.size : 0;
}

async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    bytes += isDirectory ? await bytesBelow(path) : await sizeAt(path);
  }
  return bytes;
}

function namesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
}

/** A client that is killed may have been through, but for its own end. */
function isOldOr(whole: Bytes, there: Bytes, wasKilled: boolean): boolean {
  return equal(there, whole) || wasKilled && equal(there, OLD);
}

function assertIsBeginning(part: Bytes, whole: Bytes): void {
  assert(equal(part, whole.subarray(0, part.length)), `${part.length} bytes`);
}
