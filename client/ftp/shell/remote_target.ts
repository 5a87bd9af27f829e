/**
 * Where uploads go on the server.
 *
 * @module
 */

import { UsageError } from "../../../lib/cli.ts";
import { visible } from "../../../lib/visible.ts";
import type { FtpClient } from "../client.ts";
import { pathIn } from "../listing.ts";
import { sendingProblem } from "../mirror/local_name.ts";
import { nullIfRefused } from "../refused.ts";
import { ShellError } from "./failure.ts";
import { onServer } from "./on_server.ts";
import type { Shell } from "./shell.ts";

/** Gives the path on the server for a file of that name. */
export type PathFor = (name: string) => string;

/**
 * What was typed as the place of uploads: nothing and a path with a slash at
 * its end are a folder, and so is a path where one is; anything else is a
 * file's name.
 *
 * @throws {UsageError} when several files are to get one name.
 */
export async function remoteTarget(
  shell: Shell,
  typed: string | undefined,
  several: boolean,
  signal: AbortSignal,
): Promise<PathFor> {
  const path = typed ?? "";
  const isFolder = path === "" || path.endsWith("/") ||
    await onServer(
      shell,
      (client, signal) => isRemoteFolder(client, path, signal),
      signal,
    );
  if (isFolder) return (name) => pathIn(path, sendable(name));
  if (!several) return () => path;
  throw new UsageError(
    `several files need a folder, and ${visible(path)} is none on the server`,
  );
}

function sendable(name: string): string {
  const problem = name === "" ? "no name" : sendingProblem(name);
  if (problem === null) return name;
  throw new ShellError(
    "local",
    `cannot send "${visible(name)}" under its own name: ${problem}`,
  );
}

/** Whether a path on the server is a folder, or a link to one. */
export async function isRemoteFolder(
  client: FtpClient,
  path: string,
  signal: AbortSignal,
): Promise<boolean> {
  // What is refused here, the transfer will tell better.
  const entry = await client.stat(path, { signal }).catch(nullIfRefused);
  if (entry?.type !== "link") return entry?.type === "directory";
  // A listing of a link is that of what it leads to, or of the link itself.
  const listing = client.list(`${path}/`, { signal });
  try {
    for await (const _ of listing) return true;
    return true;
  } catch (error) {
    return nullIfRefused(error) !== null;
  }
}
