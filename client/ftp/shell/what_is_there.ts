/**
 * What is there before a file is moved: on the server, and here.
 *
 * @module
 */

import { hasMachineListings } from "../../../lib/ftp/replies.ts";
import type { FtpClient } from "../client.ts";
import { FtpError } from "../errors.ts";
import type { LocalFiles } from "../local_files.ts";
import { nullIfNotTold } from "../refused.ts";
import { isUnknownCommand } from "../session.ts";
import { partPath } from "../part_name.ts";
import { attempt } from "../targets.ts";
import { ShellError } from "./failure.ts";

/** What is known of a file on the server; what is missing was not asked. */
export interface Known {
  /** Bytes; `null` when the server does not tell. */
  readonly size?: number | null | undefined;
  /** Last modification; `null` when the server does not tell. */
  readonly modified?: Date | null | undefined;
}

/** A file on the server, and where it goes. */
export interface Asked extends Known {
  /** The connection. */
  readonly client: FtpClient;
  /** The local files. */
  readonly files: LocalFiles;
  /** Its path on the server. */
  readonly remote: string;
  /** The local path. */
  readonly local: string;
  /** Cancels the asking. */
  readonly signal: AbortSignal;
}

/** Times of servers and of some file systems are that coarse. */
const SLACK_MS = 2000;

/**
 * Whether a path is taken on the server. Asked by MLST or SIZE, because a
 * listing of the folder for each of its files would take for ever.
 */
export async function isOnServer(
  client: FtpClient,
  path: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (!hasMachineListings(client.features)) {
    try {
      await client.size(path, { signal });
      return true;
    } catch (error) {
      if (!(error instanceof FtpError) || error.transient) throw error;
      // A folder, or nothing; or a server that does not know SIZE.
      if (!isUnknownCommand(error) && client.features.has("SIZE")) return false;
    }
  }
  return await client.stat(path, { signal }) !== null;
}

/**
 * Whether a file is newer on the server than here, or not here at all.
 *
 * @throws {ShellError} when the server does not tell how old it is.
 */
export async function isNewerThere(asked: Asked): Promise<boolean> {
  const { files, local, remote } = asked;
  const here = await attempt("read", local, files.stat(local));
  if (here === null || here.modified === null) return true;
  const there = asked.modified ?? await timeOf(asked);
  if (there !== null) {
    return there.getTime() > here.modified.getTime() + SLACK_MS;
  }
  throw new ShellError(
    "failed",
    `the server does not tell how old ${remote} is; get fetches it anyway`,
  );
}

/**
 * Finds out what an earlier try left, before a download goes on. Besides our
 * own `.part` this can be a file that another program began under the final
 * name: it becomes the part, if it is shorter than the file on the server and
 * not older, because an old version that was complete is older.
 */
export async function adoptPart(
  asked: Asked,
): Promise<Known | { readonly skipped: string }> {
  const { files, local } = asked;
  const here = await attempt("read", local, files.stat(local));
  const { size, modified } = asked;
  if (here?.type !== "file") return { size, modified };
  const known = {
    size: size ?? await sizeOf(asked),
    modified: modified ?? await timeOf(asked),
  };
  if (known.size === null || isOlder(here.modified, known.modified)) {
    return known;
  }
  if (here.size === known.size) return { skipped: "is complete already" };
  const part = partPath(local);
  const isPart = here.size < known.size &&
    await attempt("read", part, files.stat(part)) === null;
  if (isPart) await attempt("rename", local, files.rename(local, part));
  return known;
}

function isOlder(here: Date | null, there: Date | null): boolean {
  if (here === null || there === null) return false;
  return here.getTime() + SLACK_MS < there.getTime();
}

async function sizeOf({ client, remote, signal }: Asked) {
  return await client.size(remote, { signal }).catch(nullIfNotTold(client));
}

async function timeOf({ client, remote, signal }: Asked) {
  const told = await client.modified(remote, { signal })
    .catch(nullIfNotTold(client));
  return told ??
    (await client.stat(remote, { signal }))?.modified ?? null;
}
