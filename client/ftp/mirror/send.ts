/**
 * Uploading one file of a mirror.
 *
 * @module
 */

import { within } from "../../../lib/net/wait.ts";
import type { FtpClient } from "../client.ts";
import { DamagedError } from "../errors.ts";
import type { PoolTask } from "../pool_options.ts";
import { nullIfNotTold, nullIfRefused } from "../refused.ts";
import type { UploadOptions } from "../upload.ts";
import { partPath } from "../part_name.ts";
import { isBeginning } from "./parts.ts";
import type { Run } from "./run.ts";
import type { MirrorStep } from "./step.ts";
import { hasSameHash } from "./verify.ts";

/** Bytes from which a file has a name of its own until it is complete. */
const LARGE = 8 << 20;
/** Tidying up must not keep anybody from leaving. */
const TIDY_MS = 5000;

/** Uploads the file of a step, verified as wanted. */
export async function sendFile(run: Run, step: MirrorStep): Promise<void> {
  await send(run, step);
  if (await hasSameHash(run, step)) return;
  await send(run, step);
  if (await hasSameHash(run, step)) return;
  const place = run.job.remote.at(step.path);
  await run.job.pool.run((client, signal) => client.remove(place, { signal }), {
    signal: run.signal,
  });
  throw new DamagedError(
    `${step.path} was damaged on the server twice: its hash is another; removed it`,
  );
}

async function send(run: Run, step: MirrorStep): Promise<void> {
  const { resume = true } = run.job.options;
  const isLarge = (step.size ?? 0) >= LARGE;
  if (!resume || !isLarge || !run.mayRename) return await sendWhole(run, step);
  await sendPart(run, step);
  if (await renamePart(run, step)) return;
  run.mayRename = false;
  await sendWhole(run, step);
  await tidy(
    run,
    (client, signal) => client.remove(partAt(run, step), { signal }),
  );
}

function partAt({ job }: Run, { path }: MirrorStep): string {
  return partPath(job.remote.at(path));
}

/** Uploads to a path, and tells how much of it has been sent. */
async function upload(
  run: Run,
  step: MirrorStep,
  place: string,
  how: UploadOptions & { sent: (position: number) => void },
): Promise<void> {
  const { job: { pool, local, options }, signal } = run;
  const { preserveTime = true, rateLimit } = options;
  const onProgress: UploadOptions["onProgress"] = (progress) => {
    how.sent(progress.position);
    options.onProgress?.(step.path, progress);
  };
  const there = step.action === "add" ? null : undefined;
  const all = { preserveTime, onProgress, rateLimit, there, ...how };
  const { bytes } = await pool.run(
    (client, signal) =>
      client.upload(local.at(step.path), place, { ...all, signal }),
    { overlap: true, signal },
  );
  run.moved += bytes;
}

/** A small file is sent anew another time: half of it does not stay. */
async function sendWhole(run: Run, step: MirrorStep): Promise<void> {
  const place = run.job.remote.at(step.path);
  let position = 0;
  try {
    await upload(run, step, place, { sent: (count) => position = count });
  } catch (error) {
    const isHalf = position > 0 && position < (step.size ?? Infinity);
    if (isHalf) {
      await tidy(run, async (client, signal) => {
        if (await isStillOld(run, step, client, signal)) return;
        await client.remove(place, { signal });
      });
    }
    throw error;
  }
}

/**
 * Whether what is there is the file of before: good servers replace it only
 * when all of the new one has come, and it must not go, too. Half of the new
 * one that is exactly as long is found by its length at the next mirror.
 */
async function isStillOld(
  { old, job }: Run,
  { path }: MirrorStep,
  client: FtpClient,
  signal: AbortSignal,
): Promise<boolean> {
  const before = old.get(path);
  if (before === undefined) return false;
  const size = await client.size(job.remote.at(path), { signal })
    .catch(nullIfNotTold(client));
  return size === null || size === before.size;
}

/** What was sent of a large file stays, with the time of the file. */
async function sendPart(run: Run, step: MirrorStep): Promise<void> {
  const place = partAt(run, step);
  const resume = await isOurs(run, step);
  const { modified } = step;
  let begun = resume;
  try {
    const sent = () => void (begun = true);
    await upload(run, step, place, { resume, verify: true, sent });
  } catch (error) {
    if (begun && modified !== null) {
      await tidy(
        run,
        (client, signal) => client.setModified(place, modified, { signal }),
      );
    }
    throw error;
  }
}

/** Whether the part that is there is surely one of this file. */
async function isOurs(run: Run, step: MirrorStep): Promise<boolean> {
  if (!run.parts.has(step.path)) return false;
  const modified = await run.job.pool.run(
    (client, signal) =>
      client.modified(partAt(run, step), { signal })
        .catch(nullIfNotTold(client)),
    { signal: run.signal },
  );
  return isBeginning(modified, step.modified);
}

/** Some servers rename nothing over what is there, others nothing at all. */
async function renamePart(run: Run, step: MirrorStep): Promise<boolean> {
  const { job: { pool, remote }, signal } = run;
  const place = remote.at(step.path);
  const part = partAt(run, step);
  return await pool.run(async (client, signal) => {
    const options = { signal };
    const rename = () =>
      client.rename(part, place, options).then(() => true, nullIfRefused);
    if (await rename()) return true;
    if (step.action !== "update") return false;
    await client.remove(place, options).catch(nullIfRefused);
    return await rename() ?? false;
  }, { signal });
}

/** Does what can be done before leaving, for a few seconds at most. */
async function tidy(run: Run, task: PoolTask<void>): Promise<void> {
  const { pool, clock } = run.job;
  const enough = new AbortController();
  const done = pool.run(task, { signal: enough.signal }).catch(() => {});
  await within(done, TIDY_MS, undefined, { clock });
  enough.abort();
  await done;
}
