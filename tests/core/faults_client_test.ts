import { assert, assertEquals } from "@std/assert";
import { FtpPool } from "../../client/ftp/pool.ts";
import { mirror } from "../../client/ftp/mirror/mod.ts";
import type { FileSystem } from "../../server/fs/file_system.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { LinkedDisk } from "./client_mirror_harness.ts";
import { faultyFiles, faultyNetwork, type Open } from "./faults_client.ts";
import { type Fault, Fuse, systemError } from "./faults_fuse.ts";
import { contentOf } from "./ftp_harness.ts";
import { HOST, MemoryServer } from "./shell_network.ts";

const OLD = "what was there before";
const REMOTE = "remote content ".repeat(6000);
const LOCAL = "local content! ".repeat(6000);
const HALF = REMOTE.length / 2;

/** What is done, and what it must lead to. */
interface Deed {
  readonly name: string;
  /** Local files before. */
  readonly local: Record<string, string>;
  /** Files on the server before. */
  readonly remote: Record<string, string>;
  /** Does it; `false` when it tells of a failure without throwing. */
  act(pool: FtpPool): Promise<boolean>;
  /** Local files afterwards; each has this content, or that of before. */
  readonly localAfter?: Record<string, string>;
  /** The same on the server. */
  readonly remoteAfter?: Record<string, string>;
  /** Whether a part stays that can be gone on with. */
  readonly keepsPart?: true;
  /** Whether what is on the server may be any beginning of the new content. */
  readonly inPlace?: true;
}

const DEEDS: readonly Deed[] = [
  {
    name: "a download",
    local: {},
    remote: { "/f": REMOTE },
    act: (pool) => done(pool.run((client) => client.download("/f", "/t/f"))),
    localAfter: { "/t/f": REMOTE },
  },
  {
    name: "a download over a file",
    local: { "/t/f": OLD },
    remote: { "/f": REMOTE },
    act: (pool) => done(pool.run((client) => client.download("/f", "/t/f"))),
    localAfter: { "/t/f": REMOTE },
  },
  {
    name: "a download that goes on",
    local: { "/t/f.part": REMOTE.slice(0, HALF), "/t/f": OLD },
    remote: { "/f": REMOTE },
    act: (pool) =>
      done(
        pool.run((client) => client.download("/f", "/t/f", { resume: true })),
      ),
    localAfter: { "/t/f": REMOTE },
    keepsPart: true,
  },
  {
    name: "an upload",
    local: { "/t/f": LOCAL },
    remote: {},
    act: (pool) => done(pool.run((client) => client.upload("/t/f", "/f"))),
    remoteAfter: { "/f": LOCAL },
  },
  {
    name: "an upload over a file",
    local: { "/t/f": LOCAL },
    remote: { "/f": OLD },
    act: (pool) => done(pool.run((client) => client.upload("/t/f", "/f"))),
    remoteAfter: { "/f": LOCAL },
  },
  {
    name: "an upload that goes on",
    local: { "/t/f": LOCAL },
    remote: { "/f": LOCAL.slice(0, HALF) },
    act: (pool) =>
      done(pool.run((client) => client.upload("/t/f", "/f", { resume: true }))),
    remoteAfter: { "/f": LOCAL },
    inPlace: true,
  },
  {
    name: "a mirror from the server",
    local: { "/t/a": OLD },
    remote: { "/s/a": REMOTE, "/s/d/b": "b", "/s/d/e/c": "" },
    act: async (pool) => {
      const options = { names: "posix", delete: true } as const;
      const { failed } = await mirror({ pool, path: "/s" }, "/t", options);
      return failed.length === 0;
    },
    localAfter: { "/t/a": REMOTE, "/t/d/b": "b", "/t/d/e/c": "" },
    keepsPart: true,
  },
  {
    name: "a mirror to the server",
    local: { "/t/a": LOCAL, "/t/b": "b" },
    remote: { "/s/a": OLD },
    act: async (pool) => {
      const options = { names: "posix" } as const;
      const { failed } = await mirror("/t", { pool, path: "/s" }, options);
      return failed.length === 0;
    },
    remoteAfter: { "/s/a": LOCAL, "/s/b": "b" },
  },
];

async function done(work: Promise<unknown>): Promise<boolean> {
  await work;
  return true;
}

type Faulty = "files" | "network";

/** A machine and a server. */
interface Stage {
  readonly disk: LinkedDisk;
  readonly fs: FileSystem;
}

function stageOf({ local, remote }: Deed): Stage {
  const disk = new LinkedDisk();
  for (const [path, text] of Object.entries(local)) disk.files.set(path, text);
  return { disk, fs: memoryFileSystem(remote) };
}

/** How it is done. */
interface DoOptions {
  /** What passes the fuse. */
  readonly faulty: Faulty;
  /** Milliseconds that a server may say nothing. @default the usual ones */
  readonly timeout?: number;
  /** Bytes that a connection moves at a time. @default all */
  readonly most?: number;
}

/** Does it once; whether the client says that it worked, and what is open. */
async function doOnce(
  deed: Deed,
  { disk, fs }: Stage,
  fuse: Fuse,
  { faulty, timeout, most }: DoOptions,
): Promise<{ worked: boolean; open: string[] }> {
  const server = new MemoryServer(fs);
  const open: Open = new Set();
  const { network } = server;
  try {
    await using pool = await FtpPool.connect({
      ...HOST,
      connections: 1,
      ...timeout !== undefined && { timeout, connectTimeout: timeout },
      files: faulty === "files" ? faultyFiles(disk, fuse, open) : disk,
      network: faulty === "network"
        ? faultyNetwork(network, fuse, open, most)
        : network,
    });
    return { worked: await deed.act(pool), open: [...open] };
  } catch {
    return { worked: false, open: [] };
  } finally {
    await server.ended();
  }
}

/** What is wrong after something went wrong. */
async function wrongWith(deed: Deed, stage: Stage, worked: boolean) {
  const wrong: string[] = [];
  for (const [path, content] of Object.entries(deed.localAfter ?? {})) {
    const is = stage.disk.files.get(path);
    if (is === content || !worked && is === deed.local[path]) continue;
    wrong.push(`local ${path} has ${is?.length} bytes`);
  }
  for (const [path, content] of Object.entries(deed.remoteAfter ?? {})) {
    const is = await contentOf(stage.fs, path).catch(() => undefined);
    if (is === content || !worked && is === deed.remote[path]) continue;
    if (deed.inPlace && content.startsWith(is ?? "")) continue;
    wrong.push(`remote ${path} has ${is?.length} bytes`);
  }
  for (const [path, text] of stage.disk.files) {
    if (!path.endsWith(".part")) continue;
    const whole = deed.localAfter?.[path.slice(0, -".part".length)];
    if (worked) wrong.push(`${path} is still there`);
    else if (!whole?.startsWith(text)) wrong.push(`${path} is no beginning`);
    else if (!deed.keepsPart) wrong.push(`${path} was not to be kept`);
  }
  return wrong;
}

/** Every call in turn; the same once more without a fault mends all. */
async function everyCall(
  fault: Fault,
  options: DoOptions,
): Promise<string[]> {
  const { faulty } = options;
  const wrong = await Promise.all(DEEDS.map(async (deed) => {
    const counting = new Fuse();
    const usual = await doOnce(deed, stageOf(deed), counting, { faulty });
    assert(usual.worked, `${deed.name} does not work`);
    const calls = [...counting.calls.keys()];
    return await Promise.all(
      calls.map((at) => oneCall(deed, new Fuse(at, fault), options)),
    );
  }));
  return wrong.flat(2);
}

async function oneCall(
  deed: Deed,
  fuse: Fuse,
  options: DoOptions,
): Promise<string[]> {
  const stage = stageOf(deed);
  const { worked, open } = await doOnce(deed, stage, fuse, options);
  // What cannot be removed or closed cannot be tidied up, either.
  const isUntidy = /^(remove|abort|close) /.test(fuse.victim ?? "");
  const wrong = open.filter((what) => !what.endsWith(" to 21"));
  if (!isUntidy) wrong.push(...await wrongWith(deed, stage, worked));
  const { faulty } = options;
  const again = await doOnce(deed, stage, new Fuse(), { faulty });
  if (!again.worked) wrong.push("it does not work afterwards");
  wrong.push(...await wrongWith(deed, stage, true));
  return wrong.map((what) => `${deed.name}, "${fuse.victim}": ${what}`);
}

function failing(code: string): Fault {
  return { how: "fail", error: () => systemError(code) };
}

for (const code of ["EIO", "ENOSPC", "EMFILE"]) {
  Deno.test(`whatever call of local files fails with ${code}, the client says so, and the next try is right`, async () => {
    const options = { faulty: "files" } as const;
    assertEquals(await everyCall(failing(code), options), []);
  });
}

Deno.test("whatever call of a connection fails, the client says so, and the next try is right", async () => {
  const options = { faulty: "network" } as const;
  assertEquals(await everyCall(failing("ECONNRESET"), options), []);
});

Deno.test("whatever call of a connection never ends, the client says so in time, and the next try is right", async () => {
  const options = { faulty: "network", timeout: 500 } as const;
  assertEquals(await everyCall({ how: "hang" }, options), []);
});

Deno.test("a client on connections that move 700 bytes at a time does everything", async () => {
  for (const deed of DEEDS) {
    const stage = stageOf(deed);
    const options = { faulty: "network", most: 700 } as const;
    const { worked } = await doOnce(deed, stage, new Fuse(), options);
    assert(worked, deed.name);
    assertEquals(await wrongWith(deed, stage, true), [], deed.name);
  }
});
