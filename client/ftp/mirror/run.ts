/**
 * A mirror while it is carried out: what was done, what failed, and what ends
 * it all.
 *
 * @module
 */

import { LocalError, NetworkError } from "../errors.ts";
import { isFullDisk } from "../full_disk.ts";
import type { MirrorJob } from "./job.ts";
import type { Planning } from "./planning.ts";
import {
  above,
  type MirrorAction,
  type MirrorEntry,
  type MirrorFailure,
  type MirrorStep,
} from "./step.ts";

/** Network failures in a row that are enough. */
const MOST_LOSSES = 10;

/** A plan that is being carried out. */
export interface Run {
  /** The mirror. */
  readonly job: MirrorJob;
  /** Files of which the target has an unfinished one. */
  readonly parts: Set<string>;
  /** What the target has of files to be updated. */
  readonly old: ReadonlyMap<string, MirrorEntry>;
  /** What failed. */
  readonly failed: MirrorFailure[];
  /** How many steps were done. */
  readonly done: Record<MirrorAction, number>;
  /** Folders that could not be made. */
  readonly lost: Set<string>;
  /** Ends everything that runs. */
  readonly stop: AbortController;
  /** Aborted by the user, or by `stop`. */
  readonly signal: AbortSignal;
  /** Bytes that were moved. */
  moved: number;
  /** Network failures since something worked. */
  losses: number;
  /** Whether the server lets files be renamed, as far as is known. */
  mayRename: boolean;
}

/** Begins to carry out a plan. */
export function startRun({ job, parts, old, failed }: Planning): Run {
  const stop = new AbortController();
  return {
    job,
    parts,
    old,
    failed: [...failed],
    done: { add: 0, update: 0, delete: 0, skip: 0, folder: 0 },
    lost: new Set(),
    stop,
    signal: AbortSignal.any([stop.signal, job.signal]),
    moved: 0,
    losses: 0,
    mayRename: true,
  };
}

/**
 * Does a step and notes how that went.
 *
 * @throws Only what ends the mirror: its signal's reason, a full disk, a lost
 * connection.
 */
export async function doStep(
  run: Run,
  step: MirrorStep,
  action: () => Promise<void>,
): Promise<boolean> {
  const { job, signal, failed, done } = run;
  signal.throwIfAborted();
  try {
    if (isLost(run, step.path)) {
      throw new LocalError("The folder of it could not be made");
    }
    await perform(run, action);
  } catch (error) {
    signal.throwIfAborted();
    await endIfFatal(run, error);
    const failure = { path: step.path, error };
    failed.push(failure);
    job.options.onStep?.(step, "failed");
    job.options.onFailure?.(failure);
    return false;
  }
  run.losses = 0;
  done[step.action]++;
  job.options.onStep?.(step, "done");
  return true;
}

/** Whoever shares a connection that another file broke gets another one. */
async function perform(run: Run, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    const isBroken = error instanceof NetworkError && error.kind === "closed";
    if (run.signal.aborted || !isBroken) throw error;
    await endIfFatal(run, error);
    await action();
  }
}

function isLost({ lost }: Run, path: string): boolean {
  return lost.size > 0 && path !== "" && lost.has(above(path));
}

/** What would fail for every other step, too, ends the mirror. */
async function endIfFatal(run: Run, error: unknown): Promise<void> {
  if (isFullDisk(error) || await isLostConnection(run, error)) {
    run.stop.abort(error);
    throw error;
  }
}

/** One file may break a connection; a server that is gone has no other. */
async function isLostConnection(run: Run, error: unknown): Promise<boolean> {
  if (!(error instanceof NetworkError)) return false;
  if (++run.losses >= MOST_LOSSES) return true;
  const { job: { pool }, signal } = run;
  const greeted = pool.run(
    (client, signal) => client.quote("NOOP", { signal }),
    { signal },
  );
  try {
    await greeted;
    return false;
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof NetworkError;
  }
}
