/**
 * A plan while it is being made.
 *
 * @module
 */

import { NetworkError } from "../errors.ts";
import type { CompareFiles } from "./compare.ts";
import type { MirrorJob } from "./job.ts";
import type {
  MirrorAction,
  MirrorEntry,
  MirrorFailure,
  MirrorStep,
} from "./step.ts";
import { EndlessTreeError } from "./tree.ts";

/** A folder of the source, and whether the target has it, too. */
export interface Pair {
  /** Below both sides. */
  readonly path: string;
  /** Folders above it. */
  readonly depth: number;
  /** Links that were followed to get here. */
  readonly links: number;
  /** Whether the target has it. */
  readonly inTarget: boolean;
}

/** What is known so far. */
export interface Planning {
  /** The mirror. */
  readonly job: MirrorJob;
  /** How files are compared. */
  readonly compare: CompareFiles;
  /** Steps, in no order. */
  steps: MirrorStep[];
  /** Folders that could not be read. */
  readonly failed: MirrorFailure[];
  /** Deletions without which there is no room for something else. */
  readonly room: Set<MirrorStep>;
  /** Files to be moved of which the target has an unfinished one. */
  readonly parts: Set<string>;
  /** What the target has of files to be updated. */
  readonly old: Map<string, MirrorEntry>;
  /** Folders that were not looked into yet. */
  readonly folders: Pair[];
}

/** Adds a step. */
export function addStep(
  { steps }: Pick<Planning, "steps">,
  action: MirrorAction,
  path: string,
  entry: MirrorEntry,
  reason: string,
): void {
  steps.push(stepOf(action, path, entry, reason));
}

/** Makes a step of an entry. */
export function stepOf(
  action: MirrorAction,
  path: string,
  { type, size, modified }: MirrorEntry,
  reason: string,
): MirrorStep {
  return { action, path, type, size, modified, reason };
}

/**
 * What could not be read is left alone.
 *
 * @throws `error` itself when there is no sense in going on.
 */
export function fail(
  { job, failed }: Pick<Planning, "job" | "failed">,
  path: string,
  error: unknown,
): void {
  const isEnd = error instanceof EndlessTreeError ||
    error instanceof NetworkError;
  if (isEnd || job.signal.aborted) throw error;
  const failure = { path, error };
  failed.push(failure);
  job.options.onFailure?.(failure);
}
