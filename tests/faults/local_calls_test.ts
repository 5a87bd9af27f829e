import { assertEquals } from "@std/assert";
import type { FileSystem } from "../../server/fs/file_system.ts";
import { localFileSystem } from "../../server/fs/local.ts";
import { bytesOf } from "../core/byte_cases.ts";
import { Fuse, systemError } from "../core/faults_fuse.ts";
import { tempFolders } from "../ftp/helpers.ts";

const OLD = "what was there before";
const NEW = "what came instead of it";

/** What is done to a folder that has a file `old` and a folder `sub`. */
interface Deed {
  readonly name: string;
  act(fs: FileSystem): Promise<unknown>;
  /** Files afterwards, besides those that stay as they were. */
  readonly after: Readonly<Record<string, string | null>>;
  /** What may be of them when it failed. */
  readonly partly?: RegExp;
}

const DEEDS: readonly Deed[] = [
  {
    name: "replacing a file",
    act: (fs) => write(fs, "/old", { mode: "replace" }),
    after: { old: NEW },
  },
  {
    name: "writing a file",
    act: (fs) => write(fs, "/file", { mode: "replace" }),
    after: { file: NEW },
  },
  {
    name: "writing a new file",
    act: (fs) => write(fs, "/file", { mode: "new" }),
    after: { file: NEW },
  },
  {
    name: "appending",
    act: (fs) => write(fs, "/old", { mode: "append" }),
    after: { old: OLD + NEW },
  },
  {
    name: "appending to a new file",
    act: (fs) => write(fs, "/file", { mode: "append" }),
    after: { file: NEW },
    partly: /^$/,
  },
  {
    name: "going on",
    act: (fs) => write(fs, "/old", { mode: "at", offset: 4 }),
    after: { old: OLD.slice(0, 4) + NEW },
    partly: /^what$/,
  },
  {
    name: "renaming",
    act: (fs) => fs.rename("/old", "/file"),
    after: { old: null, file: OLD },
  },
  {
    name: "renaming to a free name",
    act: (fs) => fs.rename("/old", "/file", { replace: false }),
    after: { old: null, file: OLD },
    // For a moment it has both names.
    partly: new RegExp(`^${OLD}$`),
  },
  {
    name: "removing",
    act: (fs) => fs.remove("/old"),
    after: { old: null },
  },
  { name: "reading", act: (fs) => read(fs, "/old"), after: {} },
  { name: "listing", act: (fs) => list(fs, "/"), after: {} },
  { name: "stat", act: (fs) => fs.stat("/old"), after: {} },
  {
    name: "making a folder",
    act: (fs) => fs.makeDirectory("/folder"),
    after: {},
  },
  {
    name: "removing a folder",
    act: (fs) => fs.removeDirectory("/sub"),
    after: {},
  },
];

async function write(
  fs: FileSystem,
  path: string,
  how: Parameters<FileSystem["write"]>[1],
): Promise<void> {
  const sink = await fs.write(path, how);
  try {
    await sink.write(bytesOf(NEW));
    await sink.close();
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

async function read(fs: FileSystem, path: string): Promise<void> {
  const source = await fs.read(path, 0);
  try {
    while (await source.read(new Uint8Array(10)) !== null);
  } finally {
    await source.close();
  }
}

async function list(fs: FileSystem, path: string): Promise<void> {
  await Array.fromAsync(await fs.list(path, { sorted: true }));
}

/** Calls of the runtime that a local file system makes. */
const CALLS = [
  ...["openSync", "lstatSync", "statSync", "realPathSync", "readDirSync"],
  ...["renameSync", "linkSync", "removeSync", "chmodSync", "mkdirSync"],
] as const;
/** Those of an open file. */
const FILE_CALLS = [
  ...["readSync", "writeSync", "statSync", "seekSync", "truncateSync"],
];

type Function = (...all: unknown[]) => unknown;

/** Lets the runtime's calls pass a fuse until it is disposed of. */
function faultyRuntime(trip: (name: string) => void): Disposable {
  const runtime = Deno as unknown as Record<string, Function>;
  const real = new Map(CALLS.map((name) => [name, runtime[name]!]));
  for (const [name, call] of real) {
    runtime[name] = (...all) => {
      trip(name);
      const result = call(...all);
      return name === "openSync" ? faultyFile(result as Deno.FsFile) : result;
    };
  }
  function faultyFile(file: Deno.FsFile): Deno.FsFile {
    const own = file as unknown as Record<string, Function>;
    for (const name of FILE_CALLS) {
      const call = own[name]!.bind(file);
      own[name] = (...all) => {
        trip(`${name} of a file`);
        return call(...all);
      };
    }
    return file;
  }
  return {
    [Symbol.dispose]() {
      for (const [name, call] of real) runtime[name] = call;
    },
  };
}

/** Does it once in a folder of its own; what is wrong afterwards. */
async function doOnce(deed: Deed, fuse: Fuse, code: string): Promise<string[]> {
  await using folders = await tempFolders({ old: OLD });
  const { pub } = folders;
  await Deno.mkdir(`${pub}/sub`);
  const fs = localFileSystem(pub);
  let worked = true;
  {
    using _runtime = faultyRuntime((name) => {
      const isHit = fuse.count(name);
      if (isHit) throw systemError(code);
    });
    await deed.act(fs).catch(() => worked = false);
  }
  const there = new Map<string, string>();
  for (const { name, isFile } of Deno.readDirSync(pub)) {
    if (isFile) there.set(name, Deno.readTextFileSync(`${pub}/${name}`));
  }
  const wrong: string[] = [];
  for (const [name, content] of there) {
    const isPart = name.startsWith(".wharf-");
    if (isPart && fuse.victim === "removeSync") continue;
    const after = deed.after[name];
    const isNew = after === undefined ? content === OLD : content === after;
    const isOld = name === "old" && content === OLD;
    if (isNew || !worked && (isOld || deed.partly?.test(content))) continue;
    wrong.push(`${name}: "${content}"`);
  }
  for (const [name, content] of Object.entries({ old: OLD, ...deed.after })) {
    const isGone = content !== null && !there.has(name);
    if (isGone && (worked || name === "old")) wrong.push(`no ${name}`);
  }
  if (worked && fuse.victim === undefined) return wrong;
  return wrong.map((what) => `${deed.name}, ${fuse.victim}: ${what}`);
}

for (const code of ["EIO", "ENOENT"]) {
  Deno.test(`whatever call of the runtime fails with ${code}, a local file is the old or the new one`, async () => {
    const wrong: string[] = [];
    for (const deed of DEEDS) {
      const counting = new Fuse();
      assertEquals(await doOnce(deed, counting, code), [], deed.name);
      for (const at of counting.calls.keys()) {
        wrong.push(...await doOnce(deed, new Fuse(at), code));
      }
    }
    assertEquals(wrong, []);
  });
}
