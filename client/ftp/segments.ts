/**
 * One file over several connections: each fetches a segment of it, and one
 * that is done early takes half of what the slowest still has to do.
 *
 * @module
 */

import type { FtpClient } from "./client.ts";
import type { TransferResult } from "./download.ts";
import type { FtpPool } from "./pool.ts";
import { nullIfNotTold } from "./refused.ts";
import {
  cannotRestart,
  type Known,
  SegmentedDownload,
  type SegmentOptions,
} from "./segmented_download.ts";
import { LEAST_SEGMENT } from "./segments_plan.ts";

export type { SegmentOptions };

/**
 * Downloads a file over several connections. Like any download it is called
 * `NAME.part` until it is complete; `NAME.part.map` notes which bytes are there,
 * so that `resume` goes on when size and time on the server are still the same.
 * Where the server does not tell the size, the file is short, or a transfer
 * cannot begin in the middle, it is a plain download.
 *
 * Must not be called by a task of the same pool.
 *
 * @throws What {@linkcode FtpClient.download} throws.
 *
 * @example
 * ```ts
 * import { downloadSegments, FtpPool, listedAccounts, memoryFileSystem, serveFtp } from "@wharf/wharf";
 * const fs = memoryFileSystem({ "/big": new Uint8Array(5_000_000) });
 * const hostname = "127.0.0.1";
 * await using server = await serveFtp({
 *   listen: [{ transport: "tcp", hostname, port: 0 }],
 *   authenticate: listedAccounts([
 *     { name: "anonymous", password: null, write: false, fs },
 *   ]),
 * });
 * const { port } = server.addresses[0] as Deno.NetAddr;
 * const folder = await Deno.makeTempDir();
 *
 * await using pool = await FtpPool.connect({ hostname, port });
 * await downloadSegments(pool, "/big", `${folder}/big`);
 * console.assert((await Deno.stat(`${folder}/big`)).size === 5_000_000);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function downloadSegments(
  pool: FtpPool,
  path: string,
  localPath: string,
  options: SegmentOptions = {},
): Promise<TransferResult> {
  const { folder } = pool;
  const known = await learn(pool, path, options);
  const { size } = known;
  const { segments = pool.limit } = options;
  const most = Math.min(segments, Math.floor((size ?? 0) / LEAST_SEGMENT));
  const plain = async () =>
    await pool.run(
      (client, signal) =>
        client.download(path, localPath, { ...options, ...known, signal }),
      { signal: options.signal, folder },
    );
  if (size === null || most < 2) return await plain();
  const file = { path, localPath, folder, ...known, size };
  try {
    return await new SegmentedDownload(pool, file, options).run(most);
  } catch (error) {
    if (!cannotRestart(error)) throw error;
    return await plain();
  }
}

async function learn(
  pool: FtpPool,
  path: string,
  options: SegmentOptions,
): Promise<Known> {
  const { size, modified, signal } = options;
  if (size !== undefined && modified !== undefined) return { size, modified };
  return await pool.run(
    (client, signal) => ask(client, path, options, signal),
    { signal },
  );
}

async function ask(
  client: FtpClient,
  path: string,
  { size, modified }: SegmentOptions,
  signal: AbortSignal,
): Promise<Known> {
  const orNull = nullIfNotTold(client);
  if (size === undefined) {
    size = await client.size(path, { signal }).catch(orNull);
  }
  if (modified === undefined) {
    modified = await client.modified(path, { signal }).catch(orNull);
  }
  return { size, modified };
}
