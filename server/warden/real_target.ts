/**
 * Where a file is that may not be there yet, and that may be a link.
 *
 * @module
 */

import { ToolError } from "../../lib/cli.ts";
import { realFile } from "./ground.ts";
import { realPathOf } from "./private_files.ts";

/**
 * The real path of a file: of what a link leads to, or of where it will be.
 *
 * @throws {ToolError} when its folder is not there, or a link leads nowhere:
 * whoever writes through that makes a file nobody knows where.
 */
export async function realTarget(path: string): Promise<string> {
  const file = await realFile(path);
  if (!await isLink(file)) return file;
  try {
    return await realPathOf(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ToolError(`cannot use ${path}, a link: ${reason}`);
  }
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await Deno.lstat(path)).isSymlink;
  } catch {
    // It is not there, or nobody lets us look: opening it says why.
    return false;
  }
}
