/**
 * Asking before files are moved.
 *
 * @module
 */

import { askYesNo } from "../../../lib/terminal/mod.ts";
import { visible } from "../../../lib/visible.ts";
import { type FileJob, jobName } from "./file_jobs.ts";
import type { Shell } from "./shell.ts";

/**
 * Those of the files that somebody wants; all of them unless the setting
 * `prompt` is on and there is somebody. All questions are asked first, so that
 * nobody has to stay for the transfers.
 */
export async function askEach(
  { state, terminal }: Shell,
  verb: string,
  jobs: readonly FileJob[],
  signal: AbortSignal,
): Promise<readonly FileJob[]> {
  if (state.settings.prompt === "off" || terminal === null) return jobs;
  const wanted: FileJob[] = [];
  for (const job of jobs) {
    const isAsked = job.direction !== "none";
    const question = isAsked ? `${verb} ${visible(jobName(job))}?` : "";
    const yes = !isAsked ||
      await askYesNo(terminal, question, { default: true, signal });
    if (yes) wanted.push(job);
  }
  return wanted;
}
