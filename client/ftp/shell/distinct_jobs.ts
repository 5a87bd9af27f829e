/**
 * Files of one command that would get the same name.
 *
 * @module
 */

import { visible } from "../../../lib/visible.ts";
import { nameKey, type NameRules } from "../mirror/local_name.ts";
import { partPath } from "../part_name.ts";
import { ShellError } from "./failure.ts";
import {
  type DownloadJob,
  type FileJob,
  jobName,
  type UploadJob,
} from "./file_jobs.ts";

/** Who has which place: names of files by where they go. */
export type TakenPlaces = Map<string, string>;

/**
 * The same jobs, but for files that were named twice, and with a failure in
 * the place of what would replace an earlier file of the same command.
 *
 * @param rules Whose rules tell local names apart.
 * @param taken What earlier jobs have; more is noted in it.
 *
 * @example
 * ```ts
 * import { distinctJobs } from "./distinct_jobs.ts";
 * const job = { direction: "download", local: "x" } as const;
 * const jobs = distinctJobs([
 *   { ...job, remote: "a/x" },
 *   { ...job, remote: "a/x" },
 *   { ...job, remote: "b/x" },
 * ], "posix");
 * console.assert(jobs.length === 2 && jobs[1]?.direction === "none");
 * ```
 */
export function distinctJobs(
  jobs: readonly FileJob[],
  rules: NameRules,
  taken: TakenPlaces = new Map(),
): FileJob[] {
  const sources = new Map<string, string>();
  return jobs.flatMap((job): FileJob[] => {
    if (job.direction === "none") return [job];
    const [place, ...others] = placesOf(job, rules);
    const source = job.direction === "download" ? job.remote : job.local;
    if (place === undefined || source === null) return [job];
    if (sources.get(place) === source) return [];
    const places = [place, ...others];
    const first = places.find((name) => taken.has(name));
    if (first !== undefined) return [refused(job, taken.get(first)!)];
    sources.set(place, source);
    for (const name of places) taken.set(name, jobName(job));
    return [job];
  });
}

/** What a file is called, and until it is complete; none for the output. */
function placesOf(
  { direction, local, remote }: DownloadJob | UploadJob,
  rules: NameRules,
): string[] {
  if (direction === "upload") return [remote];
  if (local === null) return [];
  return [local, partPath(local)].map((path) => nameKey(path, rules));
}

function refused(job: DownloadJob | UploadJob, other: string): FileJob {
  const path = jobName(job);
  const where = job.direction === "download" ? "here" : "on the server";
  const line = `${visible(path)}: ${visible(other)} needs the same name ` +
    `${where}; this one takes a command of its own`;
  const error = new ShellError("local", line);
  return { direction: "none", path, skipped: null, error };
}
