/**
 * The folder that all servers serve.
 *
 * It lies on a file system in memory of its own where that can be mounted:
 * `/dev/shm` will not do, because Deno refuses to open anything below `/dev`
 * for a program that does not have every permission.
 *
 * @module
 */

import { join } from "node:path";

/** A folder to be served. */
export interface Folder {
  /** Where it is. */
  path: string;
  /** The type of its file system, such as `tmpfs`. */
  fileSystem: string;
  /** Removes it with everything in it. */
  remove(): Promise<void>;
}

/** Bytes for 300 files of 10 MB or three of 1 GiB, with some to spare. */
const NEEDED = 3.5 * 2 ** 30;

/**
 * Makes a folder to be served, below `wanted` or in memory or else in the
 * system's temporary folder. As servers that change their root want it,
 * anonymous users may write below `incoming/` only.
 *
 * @throws {Error} If there is no room for the files.
 */
export async function makeFolder(wanted?: string): Promise<Folder> {
  const dir = wanted === undefined ? {} : { dir: wanted };
  const path = await Deno.makeTempDir({ ...dir, prefix: "ftp-bench-" });
  const mounted = wanted === undefined && await mountMemory(path);
  const remove = async () => {
    if (mounted) await output("umount", path);
    await Deno.remove(path, { recursive: true });
  };
  if (Number(await output("df", "--output=avail", "-B1", path)) < NEEDED) {
    await remove();
    throw new Error(`no room for 3.5 GiB in ${path}: name a place with --dir`);
  }
  await Deno.chmod(path, 0o755);
  await Deno.mkdir(join(path, "incoming"));
  await Deno.chmod(join(path, "incoming"), 0o777);
  const fileSystem = await output("df", "--output=fstype", path);
  return { path, fileSystem, remove };
}

async function mountMemory(path: string): Promise<boolean> {
  if (Deno.uid() !== 0 || Deno.systemMemoryInfo().available < 1.5 * NEEDED) {
    return false;
  }
  const options = `size=${NEEDED},mode=0755`;
  try {
    await output("mount", "-t", "tmpfs", "-o", options, "tmpfs", path);
    return true;
  } catch {
    return false; // Such as in a container that may not mount.
  }
}

/** The last line that `program` prints. */
async function output(program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args })
    .output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
  return new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? "";
}
