/**
 * Carrying out a plan: room is made, then folders, then files are moved, and
 * what the source lacks goes last.
 *
 * @module
 */

import { forEach } from "../bounded.ts";
import { makeFolder } from "./make_folder.ts";
import type { Planning } from "./planning.ts";
import { removeAll } from "./remove.ts";
import { doStep, type Run, startRun } from "./run.ts";
import { createGuard, type Guard } from "./guard.ts";
import { fetchFile } from "./fetch.ts";
import { sendFile } from "./send.ts";
import type { MirrorStep } from "./step.ts";

/**
 * Does everything that is planned.
 *
 * @throws Only what ends the mirror; nothing runs any more then.
 */
export async function carryOut(planning: Planning): Promise<Run> {
  const { steps, room, job } = planning;
  const run = startRun(planning);
  const guard = createGuard(job);
  const removals = steps.filter(({ action }) => action === "delete");
  await removeAll(run, guard, removals.filter((step) => room.has(step)));
  await makeFolders(run, guard, steps);
  await moveFiles(run, guard, steps);
  await removeAll(run, guard, removals.filter((step) => !room.has(step)));
  run.done.skip = steps.filter(({ action }) => action === "skip").length;
  return run;
}

/** Those above before those in them. */
async function makeFolders(
  run: Run,
  guard: Guard,
  steps: readonly MirrorStep[],
): Promise<void> {
  const byDepth: MirrorStep[][] = [];
  for (const step of steps) {
    if (step.action !== "folder") continue;
    const depth = step.path === "" ? 0 : step.path.split("/").length;
    (byDepth[depth] ??= []).push(step);
  }
  for (const folders of byDepth) {
    await forEach(folders ?? [], () => run.job.pool.limit, async (step) => {
      const made = await doStep(run, step, () => makeFolder(run, guard, step));
      if (!made) run.lost.add(step.path);
    });
  }
}

async function moveFiles(
  run: Run,
  guard: Guard,
  steps: readonly MirrorStep[],
): Promise<void> {
  const { pool, isUpload } = run.job;
  const files = steps.filter(({ action }) =>
    action === "add" || action === "update"
  );
  // Twice as many as connections, so that each has its next file at hand.
  await forEach(files, () => 2 * pool.limit, async (step) => {
    await doStep(
      run,
      step,
      () => isUpload ? sendFile(run, step) : fetchFile(run, guard, step),
    );
  });
}
