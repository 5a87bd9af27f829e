/**
 * What only the target has: removed when that is wanted and the source surely
 * lacks it.
 *
 * @module
 */

import { addStep, type Pair, type Planning } from "./planning.ts";
import { planRemoval } from "./removal.ts";
import { below, type MirrorEntry } from "./step.ts";
import type { Listing, RefusedEntry } from "./tree.ts";

/** What a folder of the target has besides. */
export interface Extras {
  /** What can be used. */
  readonly entries: readonly MirrorEntry[];
  /** What cannot. */
  readonly refused: readonly RefusedEntry[];
  /** Whether a name is that of an unfinished file that is to be moved. */
  readonly isUnfinished: (name: string) => boolean;
}

/** Plans what becomes of what only the target has. */
export async function planExtras(
  planning: Planning,
  pair: Pair,
  source: Listing,
  { entries, refused, isUnfinished }: Extras,
): Promise<void> {
  for (const { entry, reason } of refused) {
    addStep(planning, "skip", below(pair.path, entry.name), entry, reason);
  }
  if (entries.length === 0) return;
  const kept = await whyKept(planning, pair, source);
  for (const entry of entries) {
    const path = below(pair.path, entry.name);
    const left = planning.job.filter(path, entry.type === "directory");
    const unfinished = isUnfinished(entry.name) ? "unfinished" : null;
    const reason = left ?? unfinished ?? kept;
    if (reason !== null) {
      addStep(planning, "skip", path, entry, reason);
      continue;
    }
    const { steps } = planning;
    const why = "not in the source";
    await planRemoval(planning, path, entry, pair.depth, steps, why);
  }
}

/** Why nothing may be removed from a folder; `null` when it may. */
async function whyKept(
  { job }: Planning,
  { path }: Pair,
  source: Listing,
): Promise<string | null> {
  if (!job.options.delete) return "only in the target";
  if (!source.complete) return "kept: the source's listing is not complete";
  if (source.entries.length > 0 || await job.source.isEmpty(path)) return null;
  return "kept: the source's folder may not be readable";
}
