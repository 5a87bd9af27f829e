/**
 * Whether a file of the target has to be replaced.
 *
 * @module
 */

import { hasMachineListings } from "../../../lib/ftp/replies.ts";
import { compareByHash } from "../hash.ts";
import { nullIfNotTold } from "../refused.ts";
import type { MirrorJob } from "./job.ts";
import {
  compareExactTimes,
  compareListedTimes,
  type CompareTimes,
} from "./list_times.ts";
import type { MirrorEntry } from "./step.ts";

/** Whether to replace a file, and why or why not. */
export interface Verdict {
  /** Whether the target's file has to be replaced. */
  readonly replace: boolean;
  /** Why, in a few words. */
  readonly reason: string;
}

/** Compares the source's file of a path with the target's. */
export type CompareFiles = (
  path: string,
  source: MirrorEntry,
  target: MirrorEntry,
) => Promise<Verdict>;

/** Compares files as the job's options say. */
export function fileComparer(job: MirrorJob): CompareFiles {
  const { compare = "newer" } = job.options;
  const times = timeComparer(job);
  return async (path, source, target) => {
    if (source.size !== null && target.size !== null) {
      if (source.size !== target.size) return otherSize(source, target);
      if (compare === "size") return same("same size");
    }
    if (compare !== "hash") return await times(path, source, target);
    const found = await hashes(job, path);
    if (found === "same") return same("same hash");
    if (found === "different") return replace("hash differs");
    const { reason, ...verdict } = await times(path, source, target);
    return { ...verdict, reason: `${reason}; the server tells no hash` };
  };
}

function same(reason: string): Verdict {
  return { replace: false, reason };
}

function replace(reason: string): Verdict {
  return { replace: true, reason };
}

function otherSize(source: MirrorEntry, target: MirrorEntry): Verdict {
  return replace(`size differs: ${target.size} -> ${source.size}`);
}

async function hashes(
  { pool, files, local, remote, signal }: MirrorJob,
  path: string,
): Promise<"same" | "different" | "unknown"> {
  return await pool.run(
    (client, signal) =>
      compareByHash(client, remote.at(path), files, local.at(path), { signal }),
    {
      signal,
    },
  );
}

function timeComparer(job: MirrorJob): CompareFiles {
  const { isUpload, options } = job;
  const both = options.compare === "time";
  const order = timesOf(job);
  const where = isUpload ? "here" : "on the server";
  return async (path, source, target) => {
    const listed = isUpload ? target.modified : source.modified;
    const exact = isUpload ? source.modified : target.modified;
    if (listed === null || exact === null) return withoutTime(source, target);
    const remoteFirst = await order(path, listed, exact);
    const newer = isUpload ? -remoteFirst : remoteFirst;
    if (newer > 0) return replace(`newer ${where}`);
    if (newer === 0) return same("same size and time");
    return both ? replace(`older ${where}`) : same(`not newer ${where}`);
  };
}

/** Without size and time nothing speaks for being the same. */
function withoutTime(source: MirrorEntry, target: MirrorEntry): Verdict {
  return source.size === null || target.size === null
    ? replace("neither size nor time is known")
    : same("same size; the time is not known");
}

function timesOf({ pool, remote, signal }: MirrorJob): CompareTimes {
  if (hasMachineListings(pool.features)) return compareExactTimes;
  return compareListedTimes(async (path) => {
    return await pool.run(
      (client, signal) =>
        client.modified(remote.at(path), { signal })
          .catch(nullIfNotTold(client)),
      { signal },
    );
  });
}
