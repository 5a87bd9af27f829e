/**
 * What a mirror means to do, and what became of it.
 *
 * @module
 */

import type { ListEntry } from "../listing.ts";

/** What is done with one name; `folder` makes one. */
export type MirrorAction = "add" | "update" | "delete" | "skip" | "folder";

/** What is known of one name of a folder. Small: there may be a million. */
export type MirrorEntry = Pick<
  ListEntry,
  "name" | "type" | "size" | "modified"
>;

/** One entry of a plan. */
export interface MirrorStep {
  /** What is done. */
  readonly action: MirrorAction;
  /**
   * Where, below both sides, with `/` between names; "" is the side itself. A
   * step that is skipped may have a hostile name: show it with care, and never
   * open it.
   */
  readonly path: string;
  /** What it is. */
  readonly type: MirrorEntry["type"];
  /** Bytes; `null` when that is not known. */
  readonly size: number | null;
  /** Last modification, as its listing tells it; `null` when it does not. */
  readonly modified: Date | null;
  /** Why, in a few words. */
  readonly reason: string;
}

/** How far a step is. */
export type MirrorStepState = "planned" | "done" | "failed";

/** A file that could not be moved, or a folder that could not be read. */
export interface MirrorFailure {
  /** Where, as in {@linkcode MirrorStep}. */
  readonly path: string;
  /** Why. */
  readonly error: unknown;
}

/** What a mirror would do. */
export interface MirrorPlan {
  /** All steps, ordered by path. */
  readonly steps: readonly MirrorStep[];
  /** Folders that could not be read; nothing is done in them. */
  readonly failed: readonly MirrorFailure[];
  /** Bytes of the files to be moved, as far as their sizes are known. */
  readonly bytes: number;
}

/** What a mirror did. */
export interface MirrorResult extends MirrorPlan {
  /** Steps that were done, or skipped, by action; all 0 after a dry run. */
  readonly done: Readonly<Record<MirrorAction, number>>;
  /** Bytes that were moved. */
  readonly moved: number;
}

/**
 * A path below another; "" is the top.
 *
 * @example
 * ```ts
 * import { below } from "./step.ts";
 * console.assert(below("", "a") === "a" && below("a", "b") === "a/b");
 * ```
 */
export function below(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/**
 * The folder that a path of a step is in; "" is the top.
 *
 * @example
 * ```ts
 * import { above } from "./step.ts";
 * console.assert(above("a/b/c") === "a/b" && above("a") === "");
 * ```
 */
export function above(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
