/**
 * Downloading one file of a mirror.
 *
 * @module
 */

import { hasMachineListings } from "../../../lib/ftp/replies.ts";
import type { FtpClient } from "../client.ts";
import type { DownloadOptions } from "../download.ts";
import { DamagedError, IncompleteError } from "../errors.ts";
import { nullIfNotTold } from "../refused.ts";
import { downloadSegments } from "../segments.ts";
import { attempt } from "../targets.ts";
import type { Guard } from "./guard.ts";
import { partPath } from "../part_name.ts";
import { isBeginning, mapOf } from "./parts.ts";
import type { Run } from "./run.ts";
import { above, type MirrorStep } from "./step.ts";
import { hasSameHash } from "./verify.ts";

/** Bytes from which it is worth to know the time before, for resuming. */
const WORTH_RESUMING = 1 << 20;

/**
 * Downloads the file of a step, verified as wanted. A file that is no longer
 * as it was listed is fetched anew.
 */
export async function fetchFile(
  run: Run,
  guard: Guard,
  step: MirrorStep,
): Promise<void> {
  await guard(above(step.path));
  const isOurs = await ownPart(run, step);
  if (!isOurs) await dropPart(run, step);
  try {
    await fetch(run, step, step.size);
  } catch (error) {
    if (!(error instanceof IncompleteError)) throw error;
    await dropPart(run, step);
    await fetch(run, step, null);
  }
  if (await hasSameHash(run, step)) return;
  await fetch(run, step, null);
  if (await hasSameHash(run, step)) return;
  const { files, local } = run.job;
  await attempt(
    "remove",
    local.at(step.path),
    files.remove(local.at(step.path)),
  );
  throw new DamagedError(
    `${step.path} arrived damaged twice: its hash is not the server's; removed it`,
  );
}

/** Downloads what is missing; what has come is kept for another time. */
async function fetch(
  run: Run,
  step: MirrorStep,
  size: number | null,
): Promise<void> {
  const { job: { pool, remote, local, options }, signal } = run;
  const from = remote.at(step.path);
  const to = local.at(step.path);
  const { resume = true } = options;
  const how: DownloadOptions = {
    size: size ?? undefined,
    // The folder was listed: where there is no part, none is looked for.
    resume: resume && run.parts.has(step.path),
    keepPart: resume,
    preserveTime: options.preserveTime ?? true,
    rateLimit: options.rateLimit,
    onProgress: (progress) => options.onProgress?.(step.path, progress),
  };
  if (isSegmented(run, step)) {
    const { segments } = options;
    const modified = listedTime(run, step);
    const { clock } = run.job;
    const more = { ...how, resume, modified, segments, signal, clock };
    run.moved += (await downloadSegments(pool, from, to, more)).bytes;
    return;
  }
  const { bytes } = await pool.run(async (client, signal) => {
    const modified = await timeOf(run, step, client, signal);
    try {
      return await client.download(from, to, { ...how, modified, signal });
    } catch (error) {
      await stamp(run, step, modified);
      run.parts.add(step.path);
      throw error;
    }
  }, { overlap: true, signal });
  run.moved += bytes;
}

function isSegmented({ job: { options } }: Run, { size }: MirrorStep): boolean {
  const { segments = 1, segmentFrom = 64 << 20 } = options;
  return segments > 1 && size !== null && size >= segmentFrom;
}

/** The time that the listing told, if it is exact or nothing else tells it. */
function listedTime(
  { job: { pool } }: Run,
  { modified }: MirrorStep,
): Date | undefined {
  const { features } = pool;
  const isAll = hasMachineListings(features) ||
    features.size > 0 && !features.has("MDTM");
  return isAll && modified !== null ? modified : undefined;
}

async function timeOf(
  run: Run,
  step: MirrorStep,
  client: FtpClient,
  signal: AbortSignal,
): Promise<Date | undefined> {
  const listed = listedTime(run, step);
  if (listed !== undefined || (step.size ?? 0) < WORTH_RESUMING) return listed;
  const asked = client.modified(run.job.remote.at(step.path), { signal });
  return await asked.catch(nullIfNotTold(client)) ?? undefined;
}

/** Leaves the file's time on its part: so it is known again. */
async function stamp(
  { job: { files, local } }: Run,
  { path }: MirrorStep,
  modified: Date | undefined,
): Promise<void> {
  if (modified === undefined) return;
  try {
    await files.setModified(partPath(local.at(path)), modified);
  } catch { /* There is no part, or it will be fetched anew. */ }
}

/** Whether the part that is there is surely one of this file. */
async function ownPart(run: Run, step: MirrorStep): Promise<boolean> {
  const { job: { files, local, pool, options }, signal } = run;
  if (!run.parts.has(step.path)) return true;
  if (!(options.resume ?? true)) return false;
  const place = local.at(step.path);
  const part = await attempt("read", place, files.stat(partPath(place)));
  const map = await attempt("read", place, files.stat(mapOf(place)));
  if (map !== null) return isSegmented(run, step); // They know by themselves.
  if (part?.type !== "file") return false;
  const modified = await pool.run(
    (client, signal) => timeOf(run, step, client, signal),
    { signal },
  );
  const fits = step.size === null || part.size <= step.size;
  return fits && isBeginning(part.modified, modified ?? null);
}

async function dropPart({ job }: Run, { path }: MirrorStep): Promise<void> {
  const place = job.local.at(path);
  for (const name of [partPath(place), mapOf(place)]) {
    const found = await attempt("read", name, job.files.stat(name));
    const isOurs = found?.type === "file" || found?.type === "link";
    if (isOurs) await attempt("remove", name, job.files.remove(name));
  }
}
