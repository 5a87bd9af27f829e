/**
 * The plan of a mirror: both sides are walked together, folder by folder, a
 * few at a time. Nothing is changed yet.
 *
 * @module
 */

import { FtpError, LocalError, ProtocolError } from "../errors.ts";
import { workThrough } from "../bounded.ts";
import { fileComparer } from "./compare.ts";
import type { MirrorJob } from "./job.ts";
import { planPair } from "./pair.ts";
import { addStep, fail, type Pair, type Planning } from "./planning.ts";
import { above, type MirrorStep } from "./step.ts";
import type { Listing } from "./tree.ts";

/**
 * Makes the plan of a mirror.
 *
 * @throws When the source is not there, when a side has no end, and when the
 * connection is lost.
 */
export async function makePlan(job: MirrorJob): Promise<Planning> {
  const planning: Planning = {
    job,
    compare: fileComparer(job),
    steps: [],
    failed: [],
    room: new Set(),
    parts: new Set(),
    old: new Map(),
    folders: [],
  };
  await walk(planning);
  planning.steps = tidied(planning);
  for (const step of planning.steps) job.options.onStep?.(step, "planned");
  return planning;
}

async function walk(planning: Planning): Promise<void> {
  const { job, folders } = planning;
  await job.source.check();
  const source = await job.source.list("");
  const target = await targetTop(job);
  if (target === null) addStep(planning, "folder", "", TOP, "not there");
  const top = { path: "", depth: 0, links: 0, inTarget: target !== null };
  await planPair(planning, top, source, target);
  await workThrough(
    () => folders.pop(),
    () => job.pool.limit + 1, // One may be busy with local files.
    (pair) => planFolder(planning, pair),
  );
}

const TOP = {
  name: "",
  type: "directory",
  size: null,
  modified: null,
} as const;

/** What is in the target; `null` when it is not there. */
async function targetTop({ target }: MirrorJob): Promise<Listing | null> {
  try {
    const listing = await target.list("");
    if (listing.entries.length + listing.refused.length > 0) return listing;
    return await target.exists() ? listing : null;
  } catch (error) {
    if (error instanceof FtpError && error.code === 550) return null;
    const isMissing = error instanceof LocalError && !await target.exists();
    if (isMissing) return null;
    throw error;
  }
}

async function planFolder(planning: Planning, pair: Pair): Promise<void> {
  const { source, target, options: { maxDepth = 100 } } = planning.job;
  const { path, depth, inTarget } = pair;
  try {
    if (depth > maxDepth) throw tooDeep(maxDepth);
    const [from, to] = await Promise.all([
      source.list(path),
      inTarget ? target.list(path) : null,
    ]);
    await planPair(planning, pair, from, to);
  } catch (error) {
    fail(planning, path, error);
  }
}

/** A server can list a folder within itself for ever. */
function tooDeep(maxDepth: number): ProtocolError {
  return new ProtocolError(
    `The folders in folders are more than ${maxDepth} deep; stopped there`,
  );
}

/** Ordered by path, without folders in which nothing is wanted. */
function tidied({ steps, job }: Planning): MirrorStep[] {
  steps.sort((a, b) => a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
  if (!job.options.include?.length) return steps;
  const needed = new Set<string>();
  for (const { action, path } of steps) {
    if (action !== "add") continue;
    let folder = above(path);
    while (!needed.has(folder)) {
      needed.add(folder);
      folder = above(folder);
    }
  }
  return steps.filter(({ action, path }) =>
    action !== "folder" || needed.has(path)
  );
}
