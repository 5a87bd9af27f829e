/**
 * How large programs are on disk, with the packages that make them servers.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { firstLine } from "./programs.ts";
import type { Candidate } from "./servers.ts";

/** Bytes of a wrapper in the shell at most; programs are larger. */
const WRAPPER = 1000;

/**
 * Bytes of the program of `server`, without libraries of the system; of one in
 * Python or for Node those of the interpreter and of its own packages.
 */
export async function sizeOf(server: Candidate): Promise<number> {
  const packages = await packagesOf(server);
  const program = await bytesIn(await behindWrapper(server.program));
  return packages === undefined ? program : program + await bytesIn(packages);
}

async function packagesOf(
  { name, program }: Candidate,
): Promise<string | undefined> {
  if (name === "pyftpdlib") {
    const ask =
      "import os, pyftpdlib; print(os.path.dirname(pyftpdlib.__file__))";
    return await firstLine([program, "-c", ask]);
  }
  if (name !== "ftp-srv") return undefined;
  const folder = Deno.env.get("FTP_SRV");
  return folder === undefined ? undefined : dirname(folder);
}

/** What a short script runs in its place; `path` when it is no such script. */
async function behindWrapper(path: string): Promise<string> {
  const { size } = await Deno.stat(path);
  return size > WRAPPER
    ? path
    : programIn(await Deno.readTextFile(path)) ?? path;
}

/** The program that a wrapper such as those of `.ci/unpack_servers` becomes. */
export function programIn(script: string): string | undefined {
  return script.match(/\bexec (\S+)/)?.[1];
}

async function bytesIn(path: string): Promise<number> {
  const { isDirectory, size } = await Deno.stat(path);
  if (!isDirectory) return size;
  let sum = 0;
  for await (const { name, isSymlink } of Deno.readDir(path)) {
    if (!isSymlink) sum += await bytesIn(join(path, name));
  }
  return sum;
}
