/**
 * Reading the files that settings come from: the edge of the configuration.
 *
 * @module
 */

import { lookAtFile, readSmallFile } from "../../warden/private_files.ts";
import type { SourceText } from "./sources.ts";

/** Permission bits of those who are neither the owner nor in its group. */
const OTHERS_READ = 0o004;

/**
 * The text of a file of at most `limit` bytes, and who may read it.
 *
 * @throws {ToolError} when it can't be read: one line that names it.
 */
export async function readText(
  path: string,
  limit: number,
): Promise<SourceText> {
  const text = await readSmallFile(path, limit);
  const mode = (await lookAtFile(path))?.mode ?? 0;
  return { text, isShared: (mode & OTHERS_READ) !== 0 };
}
