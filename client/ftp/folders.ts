/**
 * Making and removing folders on the server.
 *
 * @module
 */

import { visible } from "../../lib/visible.ts";
import { withoutEnd } from "../../lib/without_end.ts";
import { pathArgument } from "./command_text.ts";
import { accepted } from "./control.ts";
import { FtpError, ProtocolError } from "./errors.ts";
import { folderOf, statOf } from "./files.ts";
import { isPlainName, listEntries, type ListEntry } from "./listing.ts";
import type { FtpSession } from "./session.ts";

/**
 * Makes a folder with MKD.
 *
 * @param parents Also make the folders above, and be content when it exists.
 * @throws {FtpError} when the server refuses.
 */
export async function makeDirectory(
  session: FtpSession,
  path: string,
  parents: boolean,
  signal: AbortSignal,
): Promise<void> {
  const refused = await tried(session, "MKD", path, signal);
  if (refused === null) return;
  if (!parents || refused.transient) throw refused;
  if (await isFolder(session, path, signal)) return;
  const above = folderOf(withoutEnd(path, "/"));
  if (above === "" || above === "/" || above === path) throw refused;
  await makeDirectory(session, above, true, signal);
  const still = await tried(session, "MKD", path, signal);
  if (still !== null) throw still;
}

async function isFolder(
  session: FtpSession,
  path: string,
  signal: AbortSignal,
): Promise<boolean> {
  const type = (await statOf(session, path, signal))?.type;
  return type === "directory" || type === "link";
}

/** What the server says against it; `null` when it did it. */
async function tried(
  session: FtpSession,
  verb: "MKD" | "RMD" | "DELE",
  path: string,
  signal: AbortSignal,
): Promise<FtpError | null> {
  const command = { verb, argument: pathArgument(path) };
  const reply = await session.control.ask(command, signal);
  if (reply.code >= 500) return new FtpError(`${verb} ${path}`, reply);
  accepted(command, reply);
  return null;
}

/** What {@linkcode removeTree} may do; it counts down. */
export interface TreeLimits {
  /** Folders in folders. */
  readonly maxDepth: number;
  /** Entries that may still be listed. */
  entriesLeft: number;
}

/**
 * Removes a folder with all that is in it. A link is removed, never followed:
 * whatever calls itself a folder is first removed as if it was none.
 *
 * @throws {FtpError} when something cannot be removed.
 * @throws {ProtocolError} when the server lists what cannot be a name, or
 * folders without end.
 */
export async function removeTree(
  session: FtpSession,
  path: string,
  limits: TreeLimits,
  signal: AbortSignal,
  depth = 0,
): Promise<void> {
  if (await tried(session, "RMD", path, signal) === null) return;
  if (await tried(session, "DELE", path, signal) === null) return;
  if (depth >= limits.maxDepth) {
    const message = `${path} has folders in folders, ${depth} deep; stopped`;
    throw new ProtocolError(visible(message));
  }
  for (const entry of await children(session, path, limits, signal)) {
    await removeEntry(session, entry, limits, signal, depth + 1);
  }
  const refused = await tried(session, "RMD", path, signal);
  if (refused !== null) throw refused;
}

async function removeEntry(
  session: FtpSession,
  { path, type }: ListEntry,
  limits: TreeLimits,
  signal: AbortSignal,
  depth: number,
): Promise<void> {
  if (type === "directory") {
    return await removeTree(session, path, limits, signal, depth);
  }
  const refused = await tried(session, "DELE", path, signal);
  if (refused !== null) throw refused;
}

async function children(
  session: FtpSession,
  path: string,
  limits: TreeLimits,
  signal: AbortSignal,
): Promise<ListEntry[]> {
  const found: ListEntry[] = [];
  const options = { hidden: true, maxEntries: limits.entriesLeft, signal };
  for await (const entry of listEntries(session, path, options)) {
    if (isPlainName(entry.name)) found.push(entry);
    else throw impossible(path, entry);
  }
  limits.entriesLeft -= found.length;
  return found;
}

function impossible(path: string, entry: ListEntry): ProtocolError {
  const shown = visible(entry.unparsed ?? entry.name);
  return new ProtocolError(
    `Cannot remove what is in ${visible(path)}: the server lists "${shown}", ` +
      `which is no name; nothing of that folder was removed`,
  );
}
