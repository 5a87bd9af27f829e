/**
 * Removing what a mirror's source lacks.
 *
 * @module
 */

import { FtpError } from "../errors.ts";
import { attempt } from "../targets.ts";
import { forEach } from "../bounded.ts";
import type { Guard } from "./guard.ts";
import { doStep, type Run } from "./run.ts";
import { above, type MirrorStep } from "./step.ts";

/** Removes files and then folders, those in others first. */
export async function removeAll(
  run: Run,
  guard: Guard,
  steps: readonly MirrorStep[],
): Promise<void> {
  const width = () => run.job.pool.limit;
  const folders = byDepth(steps.filter(isFolder));
  const gone = new Set<string>();
  if (run.job.isUpload) {
    for (const level of folders) {
      await forEach(level, width, async ({ path }) => {
        if (gone.has(above(path)) || await unlink(run, path)) gone.add(path);
      });
    }
  }
  const rest = (step: MirrorStep) => !gone.has(above(step.path));
  await forEach(
    steps.filter((step) => !isFolder(step)),
    width,
    async (step) => {
      await doStep(run, step, async () => {
        if (rest(step)) await removeFile(run, guard, step);
      });
    },
  );
  for (const level of folders.reverse()) {
    await forEach(level, width, async (step) => {
      await doStep(run, step, async () => {
        if (!gone.has(step.path)) await removeFolder(run, guard, step);
      });
    });
  }
}

function isFolder({ type }: MirrorStep): boolean {
  return type === "directory";
}

function byDepth(steps: readonly MirrorStep[]): MirrorStep[][] {
  const levels: MirrorStep[][] = [];
  for (const step of steps) {
    (levels[step.path.split("/").length] ??= []).push(step);
  }
  return levels.filter(Boolean);
}

/**
 * Many servers list a link to a folder as a folder. What DELE removes is none:
 * it goes, and what it leads to stays.
 */
async function unlink(run: Run, path: string): Promise<boolean> {
  const { job: { pool, remote }, signal } = run;
  try {
    await pool.run(
      (client, signal) => client.remove(remote.at(path), { signal }),
      { signal },
    );
    return true;
  } catch (error) {
    // In doubt nothing more is removed: it might be on the other end of a link.
    if (error instanceof FtpError) return false;
    throw error;
  }
}

async function removeFile(
  run: Run,
  guard: Guard,
  { path }: MirrorStep,
): Promise<void> {
  const { job: { isUpload, pool, remote, local, files }, signal } = run;
  if (isUpload) {
    return await pool.run(
      (client, signal) => client.remove(remote.at(path), { signal }),
      { signal },
    );
  }
  await guard(above(path));
  const place = local.at(path);
  await attempt("remove", place, files.remove(place));
}

async function removeFolder(
  run: Run,
  guard: Guard,
  { path }: MirrorStep,
): Promise<void> {
  const { job: { isUpload, pool, remote, local, files }, signal } = run;
  if (isUpload) {
    return await pool.run(
      (client, signal) => client.removeDirectory(remote.at(path), { signal }),
      { signal },
    );
  }
  await guard(path);
  const place = local.at(path);
  await attempt("remove", place, files.removeDirectory(place));
}
