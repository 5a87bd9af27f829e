/**
 * Failures of transfers: what they are called, and which of them end all.
 *
 * @module
 */

import { visible } from "../../../lib/visible.ts";
import { FtpError, NetworkError } from "../errors.ts";
import { isFullDisk } from "../full_disk.ts";
import type { ListEntry } from "../listing.ts";
import { type DownloadJob, jobName, type UploadJob } from "./file_jobs.ts";
import { failureOf, lookCloser, ShellError } from "./failure.ts";
import { onServer } from "./on_server.ts";
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
  let entry: ListEntry | null = null;
  const kind = await lookCloser(error, async () => {
    entry = await onServer(
      shell,
      (client, signal) => client.stat(remote, { signal }),
      signal,
    );
    return entry;
  });
  if (isFolder(entry)) {
    const how = direction === "download"
      ? "mirror fetches folders"
      : "put FILE FOLDER/ puts into it";
    const line = `${remote} is a folder on the server; ${how}`;
    return new ShellError("failed", line, { cause: error });
  }
  const { kind: known, message } = failureOf(error);
  if (kind === known) return error;
  const reason = entry === null
    ? "there is nothing of this name"
    : "it is there, but this is not allowed";
  const line = `${message} (${reason})`;
  return new ShellError(kind, line, { cause: error });
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

function isFolder(entry: ListEntry | null): boolean {
  return entry?.type === "directory";
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
