/**
 * Sources as a compiler should see them: the same bytes give the same binary.
 *
 * `deno compile` writes each file's time into the binary, so it would be
 * another one for every clone. Here every file is as old as the others.
 *
 * @module
 */

import { cachedFolders, lockedPackages, readLock } from "./packages.ts";

/** What tools are made of; everything else may differ. */
const PARTS = ["deno.json", "deno.lock", "lib", "server", "client"] as const;
/** The time of every file: the first day that all archive formats know. */
const TIME = new Date("1980-01-01T00:00:00Z");

/**
 * Deno reads a file without extension as a program, and writes why it is none
 * into the binary, with the path that it had on this machine.
 */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ["LICENSE", "LICENSE.txt"],
]);

/** A copy of the sources. Disposing of it removes it. */
export interface Stage extends AsyncDisposable {
  /** Its folder. */
  readonly path: string;
  /** A cache for Deno, in which the packages are. */
  readonly cache: string;
}

/**
 * Copies the sources in the current folder, and the packages they use from
 * Deno's `cache`, all with one time.
 *
 * Throws what Deno's functions for files throw.
 *
 * @example
 * ```ts
 * import { stage } from "./stage.ts";
 * await using sources = await stage("/nowhere/cache");
 * const { mtime } = await Deno.stat(`${sources.path}/deno.json`);
 * console.assert(mtime?.getUTCFullYear() === 1980);
 * ```
 */
export async function stage(cache: string): Promise<Stage> {
  const home = await Deno.makeTempDir({ prefix: "wharf-stage-" });
  const stage = {
    ...{ path: `${home}/sources`, cache: `${home}/cache` },
    [Symbol.asyncDispose]: () => Deno.remove(home, { recursive: true }),
  };
  await using unfinished = new AsyncDisposableStack();
  unfinished.use(stage);
  await copySources(stage.path);
  await copyPackages(cache, stage.cache);
  unfinished.move();
  return stage;
}

async function copySources(to: string): Promise<void> {
  await Deno.mkdir(to);
  for (const part of PARTS) await copy(part, `${to}/${part}`);
}

async function copyPackages(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  // Base runtimes, which nobody wants to download twice.
  await Deno.symlink(`${from}/dl`, `${to}/dl`);
  for (const it of lockedPackages(await readLock())) {
    for (const folder of await cachedFolders(from, it)) {
      await copy(folder, to + folder.slice(from.length));
    }
  }
}

async function copy(from: string, to: string): Promise<void> {
  const { isDirectory } = await Deno.stat(from);
  if (!isDirectory) {
    await Deno.copyFile(from, to);
    return await Deno.utime(to, TIME, TIME);
  }
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) {
    await copy(`${from}/${name}`, `${to}/${RENAMED.get(name) ?? name}`);
  }
}
