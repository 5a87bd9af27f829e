/**
 * Failures of transfers: what they are called, and which of them end all.
 *
 * @module
 */

import { visible } from "../../../lib/visible.ts";
import { FtpError, NetworkError } from "../errors.ts";
import { isFullDisk } from "../full_disk.ts";
import { type DownloadJob, jobName, type UploadJob } from "./file_jobs.ts";
import { lookCloser, ShellError } from "./failure.ts";
import { entryAt, folderAbove, withReason } from "./on_server.ts";
import type { Shell } from "./shell.ts";

/**
 * The same failure with a kind and a line of its own, where there is more to
 * say: a connection that broke left the file incomplete, and a refusal without
 * a reason is looked into. Never rejects.
 */
export async function explained(
  shell: Shell,
  job: DownloadJob | UploadJob,
  error: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  const { direction, remote } = job;
  const incomplete = asIncomplete(error, jobName(job));
  if (incomplete !== error) return incomplete;
  let isFolder = false;
  const look = await lookCloser(error, async () => {
    const entry = await entryAt(shell, remote, signal);
    isFolder = entry?.type === "directory";
    return entry;
  }, () => entryAt(shell, folderAbove(remote), signal));
  if (!isFolder) return withReason(error, look);
  const how = direction === "download"
    ? "mirror fetches folders"
    : "put FILE FOLDER/ puts into it";
  const line = `${remote} is a folder on the server; ${how}`;
  return new ShellError("failed", line, { cause: error });
}

/** A connection that broke, or stood still, left something incomplete. */
export function asIncomplete(error: unknown, path: string): unknown {
  const isLoss = error instanceof NetworkError &&
    (error.kind === "closed" || error.kind === "timeout");
  const lost = isLoss || error instanceof FtpError && error.code === 421;
  if (!lost) return error;
  const line = visible(`${path || "."} is incomplete: `) + error.message;
  return new ShellError("incomplete", line, { cause: error });
}

/**
 * Why every other file would fail, too; `null` when they may not.
 *
 * @param began Whether there was a connection for the file at all.
 */
export function fatalReason(error: unknown, began: boolean): string | null {
  if (isFullDisk(error)) return "the local disk is full";
  const fromServer = error instanceof NetworkError || error instanceof FtpError;
  if (fromServer && !began) return "there is no connection any more";
  return null;
}
