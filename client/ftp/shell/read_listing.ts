/**
 * Listings of what a person names: a folder, or a file, which servers answer
 * in ways of their own.
 *
 * @module
 */

import { hasMachineListings } from "../../../lib/ftp/replies.ts";
import { visible } from "../../../lib/visible.ts";
import { withoutEnd } from "../../../lib/without_end.ts";
import type { FtpClient } from "../client.ts";
import { FtpError } from "../errors.ts";
import { folderOf } from "../files.ts";
import type { ListEntry } from "../listing.ts";
import { ShellError } from "./failure.ts";
import { lastName } from "./local_names.ts";

/** Options for {@linkcode readListing}. */
export interface ReadListingOptions {
  /** Names with a leading dot, too. @default {false} */
  hidden?: boolean;
  /** Cancels it. */
  signal: AbortSignal;
}

/**
 * What is in the folder `path`; for a file, the file itself, whose `path` is
 * then the path that was asked for.
 *
 * @throws {ShellError} when there is nothing of that name.
 * @throws {FtpError} when the server refuses.
 */
export async function* readListing(
  client: FtpClient,
  path: string,
  options: ReadListingOptions,
): AsyncGenerator<ListEntry> {
  const { hidden = false, signal } = options;
  let count = 0;
  let held: ListEntry | null = null;
  try {
    for await (const entry of client.list(path, { hidden, signal })) {
      if (++count === 1 && mayBeItself(path, entry)) held = entry;
      else {
        if (held !== null) yield held;
        held = null;
        yield entry;
      }
    }
  } catch (error) {
    if (count > 0 || !(error instanceof FtpError)) throw error;
    // `-a` may be taken for a name.
    const isDoubtful = error.command.startsWith("LIST -a");
    if (isDoubtful) yield* readListing(client, path, { signal });
    else yield* refused(client, path, error, signal);
    return;
  }
  if (held !== null) yield await itself(client, path, held, signal);
  if (count > 0) return;
  if (hasMachineListings(client.features)) return;
  if (hidden) yield* readListing(client, path, { signal });
  else await check(client, path, signal);
}

/** Asked to list a file, LIST lists the file: by its path or by its name. */
function mayBeItself(path: string, { name, type }: ListEntry): boolean {
  if (path === "" || type === "directory" || name === "") return false;
  return name === path || name === lastName(path);
}

/** A folder may hold one file that is called like the folder. */
async function itself(
  client: FtpClient,
  path: string,
  entry: ListEntry,
  signal: AbortSignal,
): Promise<ListEntry> {
  const sure = entry.name === path && path.includes("/");
  const stat = sure ? null : await client.stat(path, { signal });
  if (stat?.type === "directory") return entry;
  return { ...entry, name: lastName(path), path };
}

/** MLSD is for folders only. */
async function* refused(
  client: FtpClient,
  path: string,
  error: FtpError,
  signal: AbortSignal,
): AsyncGenerator<ListEntry> {
  if (path === "") throw error;
  const entry = await client.stat(path, { signal });
  if (entry === null || entry.type === "directory") throw error;
  yield entry;
}

/**
 * Some servers answer an empty list for what does not exist.
 *
 * @throws {ShellError} when the folder above has entries, but not this one, or
 * does not exist either.
 */
async function check(
  client: FtpClient,
  path: string,
  signal: AbortSignal,
  asked = path,
): Promise<void> {
  const name = lastName(path);
  if (["", ".", ".."].includes(name)) return;
  const above = folderOf(withoutEnd(path, "/"));
  const others = await othersThan(client, above, name, signal);
  if (others === null) return;
  if (others === 0) return await check(client, above, signal, asked);
  throw new ShellError(
    "missing",
    `${visible(asked)}: there is no such file or folder on the server`,
  );
}

/** How many other names a folder has; `null` when the name may be there. */
async function othersThan(
  client: FtpClient,
  path: string,
  wanted: string,
  signal: AbortSignal,
): Promise<number | null> {
  const hidden = wanted.startsWith(".");
  let others = 0;
  try {
    for await (const { name } of client.list(path, { hidden, signal })) {
      // Some servers do not care for the case.
      if (name.toLowerCase() === wanted.toLowerCase()) return null;
      others++;
    }
  } catch (error) {
    if (error instanceof FtpError) return null;
    throw error;
  }
  return others;
}
