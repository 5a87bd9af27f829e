/**
 * Changing a small file of secrets in its place, whole or not at all.
 *
 * @module
 */

import { ToolError } from "../../lib/cli.ts";
import {
  lookAtFile,
  readSmallFile,
  realPathOf,
  trouble,
} from "./private_files.ts";

/** For its owner, and for nobody else: a file that is new. */
const PRIVATE_FILE = 0o600;
/** What the file's owner and group may do, of a file that was there. */
const NOT_OTHERS = 0o770;

/**
 * Replaces the text of a file of at most `limit` bytes by what `change` makes of it; a
 * file that is not there is empty, and is made for its owner only. One that is
 * there keeps its owner and group, and loses what others may do with it. A link
 * stays one: the file that it leads to changes.
 *
 * @throws {ToolError} when it can't be read or written, or somebody else has
 * changed it meanwhile; then it is as it was. Whatever `change` throws.
 *
 * @example
 * ```ts
 * import { updateFile } from "./update_file.ts";
 * const folder = await Deno.makeTempDir();
 * await updateFile(`${folder}/a`, 100, (text) => text + "one\n");
 * await updateFile(`${folder}/a`, 100, (text) => text + "two\n");
 * console.assert(await Deno.readTextFile(`${folder}/a`) === "one\ntwo\n");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function updateFile(
  path: string,
  limit: number,
  change: (text: string) => string,
): Promise<void> {
  const before = await lookAtFile(path);
  const real = before === null ? path : await realPathOf(path);
  const text = change(before === null ? "" : await readSmallFile(real, limit));
  const part = `${real}.${crypto.randomUUID()}.part`;
  try {
    await writePart(part, text, before === null ? null : real);
    const now = await lookAtFile(path);
    if (now?.state !== before?.state) {
      throw new ToolError(`${path} was changed by somebody else; try again`);
    }
    await Deno.rename(part, real);
  } catch (error) {
    await Deno.remove(part).catch(() => {});
    throw error instanceof ToolError ? error : trouble("write", path, error);
  }
}

/** Writes all of it to the disk, as the file that it will replace. */
async function writePart(
  part: string,
  text: string,
  like: string | null,
): Promise<void> {
  using file = await Deno.open(part, {
    write: true,
    createNew: true,
    mode: PRIVATE_FILE,
  });
  if (like !== null && Deno.build.os !== "windows") {
    await becomeLike(part, like);
  }
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) {
    at += await file.write(bytes.subarray(at));
  }
  await file.sync();
}

async function becomeLike(part: string, like: string): Promise<void> {
  const [{ uid, gid, mode }, mine] = await Promise.all([
    Deno.stat(like),
    Deno.stat(part),
  ]);
  if (uid !== mine.uid || gid !== mine.gid) await Deno.chown(part, uid, gid);
  if (mode !== null) await Deno.chmod(part, mode & NOT_OTHERS);
}
