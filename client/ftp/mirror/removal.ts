/**
 * What is to be removed from the target, in full before anything is.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { fail, type Planning, stepOf } from "./planning.ts";
import { below, type MirrorEntry, type MirrorStep } from "./step.ts";
import type { Listing } from "./tree.ts";

/**
 * Plans to make room where something else has the name.
 *
 * @returns Why there will be none; `null` when there will.
 */
export async function planRoom(
  planning: Planning,
  path: string,
  other: MirrorEntry,
  depth: number,
): Promise<string | null> {
  const isFolder = other.type === "directory";
  const what = isFolder ? "folder" : other.type === "link" ? "link" : "file";
  const reason = `a ${what} is in the way`;
  // A link may be there so that something else is not replaced.
  const mayDelete = planning.job.options.delete && other.type !== "link";
  if (!mayDelete) return reason;
  const steps: MirrorStep[] = [];
  const goes = await planRemoval(planning, path, other, depth, steps, reason);
  if (!goes) return `${reason}, with something in it that stays`;
  for (const step of steps) {
    planning.steps.push(step);
    planning.room.add(step);
  }
  return null;
}

/**
 * Plans to remove an entry with all that is in it, into `steps`. Links are
 * removed, never looked through.
 *
 * @returns Whether all of it will go: what is left out of the mirror stays.
 */
export async function planRemoval(
  planning: Planning,
  path: string,
  entry: MirrorEntry,
  depth: number,
  steps: MirrorStep[],
  reason: string,
): Promise<boolean> {
  if (entry.type !== "directory") {
    steps.push(stepOf("delete", path, entry, reason));
    return true;
  }
  const listing = await childrenOf(planning, path, depth);
  if (listing === null) return false;
  for (const { entry, reason } of listing.refused) {
    steps.push(stepOf("skip", below(path, entry.name), entry, reason));
  }
  let goes = listing.refused.length === 0;
  for (const child of listing.entries) {
    const inner = below(path, child.name);
    const left = planning.job.filter(inner, child.type === "directory");
    if (left !== null) steps.push(stepOf("skip", inner, child, left));
    goes = left === null &&
      await planRemoval(planning, inner, child, depth + 1, steps, reason) &&
      goes;
  }
  const step = goes
    ? stepOf("delete", path, entry, reason)
    : stepOf("skip", path, entry, "something in it stays");
  steps.push(step);
  return goes;
}

async function childrenOf(
  planning: Planning,
  path: string,
  depth: number,
): Promise<Listing | null> {
  const { target, options: { maxDepth = 100 } } = planning.job;
  try {
    if (depth < maxDepth) return await target.list(path);
    throw new ProtocolError(
      `The folders in folders are more than ${maxDepth} deep; they stay`,
    );
  } catch (error) {
    fail(planning, path, error);
    return null;
  }
}
