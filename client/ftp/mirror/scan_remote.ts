/**
 * The remote side of a mirror.
 *
 * @module
 */

import { baseName } from "../../../lib/ftp/path.ts";
import { hasMachineListings } from "../../../lib/ftp/replies.ts";
import { isGlob } from "../../../lib/glob.ts";
import { visible } from "../../../lib/visible.ts";
import { pathArgument } from "../command_text.ts";
import { isTransient, ProtocolError } from "../errors.ts";
import { pathIn } from "../listing.ts";
import type { FtpPool } from "../pool.ts";
import type { PoolTask } from "../pool_options.ts";
import { nullIfNotTold, nullIfRefused } from "../refused.ts";
import type { MirrorEntry } from "./step.ts";
import {
  EntryCount,
  type Listing,
  ListingBuilder,
  type ListingRules,
  type Tree,
} from "./tree.ts";

/** Options for {@linkcode remoteTree}. */
export interface RemoteTreeOptions {
  /** Rules for names. */
  readonly rules: ListingRules;
  /** Also names with a leading dot. */
  readonly hidden: boolean;
  /** Entries that are too many. */
  readonly maxEntries: number;
  /** Cancels it. */
  readonly signal: AbortSignal;
}

/**
 * A folder on a server.
 *
 * @param root An absolute path, where the server has such.
 */
export function remoteTree(
  pool: FtpPool,
  root: string,
  options: RemoteTreeOptions,
): Tree {
  const { rules, maxEntries, signal } = options;
  const count = new EntryCount(root, maxEntries);
  const exact = hasMachineListings(pool.features);
  const at = (path: string) => path === "" ? root : pathIn(root, path);
  let { hidden } = options;

  async function read(path: string): Promise<Listing> {
    // To many servers the argument of LIST is a pattern.
    const isPattern = !exact && isGlob(path) && path.startsWith("/");
    const [folder, listed] = isPattern ? [path, ""] : [pool.folder, path];
    for (let retry = 0;; retry++) {
      try {
        return await pool.run(collect(listed), { signal, folder });
      } catch (error) {
        if (retry > 0 || signal.aborted || !isTransient(error)) throw error;
      }
    }
  }

  function collect(path: string): PoolTask<Listing> {
    return async (client, signal) => {
      const builder = new ListingBuilder(rules);
      for await (const entry of client.list(path, { hidden, signal })) {
        count.take();
        const { name, type, size, modified, unparsed } = entry;
        if (unparsed === undefined) {
          builder.add({ name, type, size, modified });
          continue;
        }
        const line = { name: unparsed, type, size, modified };
        builder.refuse(line, "unreadable listing line");
      }
      return builder.finish();
    };
  }

  /** Some servers take `-a` for the name of a file. */
  async function readTop(): Promise<Listing> {
    const all = await read(root).catch(nullIfRefused);
    if (all !== null && !isEmpty(all)) return all;
    hidden = false;
    const some = await read(root);
    hidden = isEmpty(some);
    return some;
  }

  return {
    at,
    async list(path) {
      if (exact) return await read(at(path));
      const listing =
        await (path === "" && hidden ? readTop() : read(at(path)));
      await refuseItself(pool, at(path), listing, signal);
      return listing;
    },
    check: async () => {
      // With LIST, what is not there is empty, and a file is a folder of one.
      if (!exact) await enter(pool, root, signal);
    },
    exists: () => exists(pool, root, signal),
    isEmpty: async (path) => exact || await isReadable(pool, at(path), signal),
    follow: (entry, path) => follow(pool, entry, at(path), signal),
  };
}

async function exists(
  pool: FtpPool,
  path: string,
  signal: AbortSignal,
): Promise<boolean> {
  const entry = await pool.run(
    (client, signal) => client.stat(path, { signal }),
    { signal },
  );
  return entry !== null;
}

/** Enters a folder and does nothing there: what is no folder refuses. */
async function enter(
  pool: FtpPool,
  path: string,
  signal: AbortSignal,
): Promise<true> {
  const options = { folder: path, signal };
  return await pool.run(() => Promise.resolve(true as const), options);
}

/**
 * LIST shows a file, and to vsftpd a folder that it must not read is one, as
 * if it was in itself. Then it is not there.
 */
async function refuseItself(
  pool: FtpPool,
  path: string,
  { entries, refused }: Listing,
  signal: AbortSignal,
): Promise<void> {
  const [entry] = entries;
  const isAlone = entries.length === 1 && refused.length === 0;
  if (!isAlone || entry!.name !== baseName(path)) return;
  const inner = pathIn(path, entry!.name);
  if (await follow(pool, entry!, inner, signal) !== null) return;
  throw new ProtocolError(
    `The server lists ${visible(path)} in itself: it must not read it`,
  );
}

function isEmpty({ entries, refused }: Listing): boolean {
  return entries.length + refused.length === 0;
}

/**
 * Whether a folder without entries can be read at all: vsftpd and others list
 * nothing, and call that a success, where they must not look. A folder that
 * can be read has an entry for itself.
 */
async function isReadable(
  pool: FtpPool,
  path: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { code, lines } = await pool.run(
    (client, signal) =>
      client.quote(`STAT -a ${pathArgument(path)}`, { signal }),
    { signal },
  );
  return code < 300 && lines.some((line) => /^\s*d\S+\s.*\s\.$/.test(line));
}

async function follow(
  pool: FtpPool,
  entry: MirrorEntry,
  path: string,
  signal: AbortSignal,
): Promise<MirrorEntry | null> {
  const size = await pool.run(
    (client, signal) =>
      client.size(path, { signal }).catch(nullIfNotTold(client)),
    { signal },
  );
  if (size !== null) return { ...entry, type: "file", size, modified: null };
  const isFolder = await enter(pool, path, signal).catch(nullIfRefused);
  if (isFolder === null) return null;
  return { ...entry, type: "directory", size: null };
}
