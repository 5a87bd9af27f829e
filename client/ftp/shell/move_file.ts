/**
 * Moving one file, as a verb wants it.
 *
 * @module
 */

import type { FtpClient } from "../client.ts";
import type { Progress, TransferOptions, TransferResult } from "../download.ts";
import { compareByHash } from "../hash.ts";
import { downloadSegments } from "../segments.ts";
import { absolutePath } from "./absolute_path.ts";
import type { DownloadJob, FileJob, Manner, UploadJob } from "./file_jobs.ts";
import { ShellError } from "./failure.ts";
import {
  adoptPart,
  isNewerThere,
  isOnServer,
  type Known,
} from "./what_is_there.ts";
import { type Shell, siteOf } from "./shell.ts";

/** How one file went. */
export type Outcome = Moved | { readonly skipped: string };

/** A file that was moved. */
export interface Moved extends TransferResult {
  /** What was compared, besides the server's word. */
  readonly verified: "size" | "hash" | null;
}

/** What accompanies a file on its way. */
export interface Escort {
  /** Cancels it. */
  readonly signal: AbortSignal;
  /** Called when it has a connection. */
  readonly began: () => void;
  /** Called whenever bytes were moved. */
  readonly onProgress: (progress: Progress) => void;
}

/** A file on its way. */
interface Trip<J extends FileJob = FileJob> {
  readonly shell: Shell;
  readonly job: J;
  readonly manner: Manner;
  readonly escort: Escort;
}

/**
 * Moves a file. Over the slow part of it no more than one connection is taken,
 * but for segments.
 *
 * @throws What the client throws; {@linkcode ShellError} when it arrived
 * damaged.
 */
export async function moveFile(
  shell: Shell,
  job: DownloadJob | UploadJob,
  manner: Manner,
  escort: Escort,
): Promise<Outcome> {
  return job.direction === "download"
    ? await fetchFile({ shell, job, manner, escort })
    : await sendFile({ shell, job, manner, escort });
}

async function fetchFile(trip: Trip<DownloadJob>): Promise<Outcome> {
  const { shell, job: { local }, manner } = trip;
  if (local !== null && !manner.clobber && !manner.resume) {
    const there = await shell.files.stat(local);
    if (there !== null) return { skipped: "is there already" };
  }
  if (local !== null && manner.segments !== undefined) {
    return await fetchSegments(trip, local, manner.segments);
  }
  return await withClient(trip, async (client, signal) => {
    const known = await lookBefore(trip, client, signal);
    if ("skipped" in known) return known;
    const target = local ?? shell.output.bytes;
    const result = await client.download(trip.job.remote, target, {
      ...optionsOf(trip, signal),
      ...known,
      resume: manner.resume && local !== null,
      keepPart: true, // What has come is not lost: --continue goes on with it.
    });
    return await checked(trip, client, result, signal);
  });
}

async function fetchSegments(
  trip: Trip<DownloadJob>,
  local: string,
  segments: number,
): Promise<Outcome> {
  const { shell, job, manner, escort } = trip;
  const known = await withClient(
    trip,
    (client, signal) => lookBefore(trip, client, signal),
  );
  if ("skipped" in known) return known;
  const { type: _, ...options } = optionsOf(trip, escort.signal);
  const { pool } = siteOf(shell);
  const remote = await absolutePath(shell, job.remote, escort.signal);
  const result = await downloadSegments(pool, remote, local, {
    ...options,
    ...known,
    clock: shell.clock,
    resume: manner.resume,
    segments,
  });
  return await withClient(
    trip,
    (client, signal) => checked(trip, client, result, signal),
  );
}

/** What is known of a file before it is fetched, or why it is not. */
async function lookBefore(
  { shell, job, manner }: Trip<DownloadJob>,
  client: FtpClient,
  signal: AbortSignal,
): Promise<Known | { readonly skipped: string }> {
  const { size, modified, local, remote } = job;
  if (local === null) return { size, modified };
  const asked = { client, files: shell.files, remote, local, signal };
  if (manner.onlyNewer) {
    const newer = await isNewerThere({ ...asked, modified });
    if (!newer) return { skipped: "is not newer on the server" };
  }
  if (!manner.resume || manner.type === "ascii") return { size, modified };
  return await adoptPart({ ...asked, size, modified });
}

async function sendFile(trip: Trip<UploadJob>): Promise<Outcome> {
  const { shell, job, manner } = trip;
  const { local, remote } = job;
  const { append = false, unique = false, resume } = manner;
  const guarded = !manner.clobber && !resume && !append && !unique;
  return await withClient(trip, async (client, signal) => {
    if (guarded && await isOnServer(client, remote, signal)) {
      return { skipped: "is on the server already" };
    }
    const source = local ?? shell.machine.input();
    const result = await client.upload(source, remote, {
      ...optionsOf(trip, signal),
      resume: resume && !append && !unique,
      append,
      unique,
      verify: true,
    });
    return await checked(trip, client, result, signal);
  });
}

function optionsOf(
  { shell, manner, escort }: Trip,
  signal: AbortSignal,
): TransferOptions & { type: Manner["type"] } {
  const { rateLimit } = shell.state;
  return {
    type: manner.type,
    onProgress: escort.onProgress,
    signal,
    ...(rateLimit === null ? {} : { rateLimit }),
  };
}

async function withClient<T>(
  { shell, escort }: Trip,
  task: (client: FtpClient, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { folder } = shell;
  return await siteOf(shell).pool.run((client, signal) => {
    escort.began();
    return task(client, signal);
  }, {
    signal: escort.signal,
    overlap: true,
    ...(folder === undefined ? {} : { folder }),
  });
}

/**
 * Compares hashes when that is wanted and possible. A download that arrived
 * damaged is removed, so that nobody takes it for the file; a damaged upload
 * is left to its owner.
 *
 * @throws {ShellError} when they differ.
 */
async function checked(
  { shell, job, manner }: Trip<DownloadJob | UploadJob>,
  client: FtpClient,
  result: TransferResult,
  signal: AbortSignal,
): Promise<Moved> {
  const { local, direction } = job;
  const { path } = result;
  const isText = manner.type === "ascii";
  const sized = isSized(direction, manner, client) ? "size" : null;
  if (manner.verify === "size") return { ...result, verified: sized };
  const comparable = !isText && !manner.append && local !== null;
  const found = comparable && path !== null
    ? await compareByHash(client, path, shell.files, local, { signal })
    : "unknown";
  if (found === "same") return { ...result, verified: "hash" };
  if (found === "unknown") return { ...result, verified: sized };
  if (direction === "download") await shell.files.remove(local!);
  throw new ShellError("incomplete", damaged(direction, path!));
}

/** Whether the number of bytes was compared. */
function isSized(
  direction: "download" | "upload",
  { type, append = false, unique = false }: Manner,
  { features }: FtpClient,
): boolean {
  if (type === "ascii" || append || unique) return false;
  return direction === "download" || features.has("SIZE");
}

function damaged(direction: "download" | "upload", path: string): string {
  return direction === "download"
    ? `${path} arrived damaged: its hash is not the server's; removed it`
    : `${path} is damaged on the server: its hash is another; put it again`;
}
