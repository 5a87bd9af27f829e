/**
 * Paths on the server that mean the same whatever folder is current.
 *
 * @module
 */

import { pathIn } from "../listing.ts";
import { onServer } from "./on_server.ts";
import type { Shell } from "./shell.ts";

/**
 * A path that a background job can use where only the shell's current folder
 * is known: begun in the folder that the job keeps. Elsewhere it is as it was.
 */
export async function absolutePath(
  shell: Shell,
  path: string,
  signal: AbortSignal,
): Promise<string> {
  if (shell.folder === undefined || path.startsWith("/")) return path;
  const folder = shell.folder ?? await onServer(
    shell,
    (client, signal) => client.workingDirectory({ signal }),
    signal,
  );
  return pathIn(folder, path);
}
