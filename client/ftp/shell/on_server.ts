/**
 * Tasks for the server that somebody is logged in to, and what becomes of
 * their failures.
 *
 * @module
 */

import { visible } from "../../../lib/visible.ts";
import { withoutEnd } from "../../../lib/without_end.ts";
import { NetworkError } from "../errors.ts";
import { folderOf } from "../files.ts";
import type { ListEntry } from "../listing.ts";
import type { PoolTask } from "../pool_options.ts";
import {
  type CloserLook,
  failureOf,
  isTold,
  lookCloser,
  ShellError,
} from "./failure.ts";
import { type Shell, siteOf } from "./shell.ts";

/**
 * Does `task` on a connection, in the shell's folder.
 *
 * @throws {ShellError} when nobody is logged in; else what the task throws.
 */
export async function onServer<T>(
  shell: Shell,
  task: PoolTask<T>,
  signal: AbortSignal,
): Promise<T> {
  const { folder } = shell;
  const { pool } = siteOf(shell);
  const where = folder === undefined ? {} : { folder };
  return await pool.run(task, { signal, ...where });
}

/**
 * The same for a task about one path: when the server refuses it without
 * saying why, the path is looked at.
 *
 * @throws {ShellError} when the path is missing, or may not be used so.
 */
export async function onPath<T>(
  shell: Shell,
  path: string,
  task: PoolTask<T>,
  signal: AbortSignal,
): Promise<T> {
  try {
    return await onServer(shell, task, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw await clearer(shell, path, error, signal);
  }
}

/** The same failure, with the reason when a look at the path shows it. */
export async function clearer(
  shell: Shell,
  path: string,
  error: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  const look = await lookCloser(
    error,
    () => entryAt(shell, path, signal),
    () => entryAt(shell, folderAbove(path), signal),
  );
  return withReason(error, look);
}

/** A failure as a closer look shows it. */
export function withReason(
  error: unknown,
  { kind, reason }: CloserLook,
): unknown {
  if (reason === null) return error;
  const line = `${failureOf(error).message} (${reason})`;
  return new ShellError(kind, line, { cause: error });
}

/** What is at a path of the server; `""` is the current folder. */
export async function entryAt(
  shell: Shell,
  path: string,
  signal: AbortSignal,
): Promise<Pick<ListEntry, "type"> | null> {
  if (path === "") return { type: "directory" };
  return await onServer(
    shell,
    (client, signal) => client.stat(path, { signal }),
    signal,
  );
}

/** The folder that a path of the server is in; `""` is the current one. */
export function folderAbove(path: string): string {
  return folderOf(withoutEnd(path, "/") || path.slice(0, 1));
}

/** Collects the failures of work on many paths. */
export interface Tally {
  /** How many there are. */
  readonly failed: number;
  /** Tells a failure at once, unless the user has read it. */
  add(path: string, error: unknown): void;
  /**
   * Ends the work.
   *
   * @throws {ShellError} of the first failure's kind, when there is one.
   */
  end(summary: string): void;
}

/** Options for {@linkcode createTally}. */
export interface TallyOptions {
  /** Failures as records, too, when records are wanted. @default {true} */
  records?: boolean;
}

/** Nothing has failed yet. */
export function createTally(
  shell: Shell,
  { records = true }: TallyOptions = {},
): Tally {
  const { output } = shell;
  const failures: unknown[] = [];
  return {
    get failed() {
      return failures.length;
    },
    add(path, error) {
      failures.push(error);
      if (isTold(error)) return;
      if (records) recordFailure(shell, path, error);
      output.error(failureOf(error).message);
    },
    end(summary) {
      const [first] = failures;
      if (first === undefined) return;
      throw new ShellError(failureOf(first).kind, summary, { told: true });
    },
  };
}

/** Tells programs what failed, and why. */
export function recordFailure(
  { output }: Shell,
  path: string,
  error: unknown,
): void {
  const { kind, message } = failureOf(error);
  const { code } = failureOf(
    error instanceof ShellError ? error.cause ?? error : error,
  );
  output.record({ path, error: { kind, message, code } });
}

/**
 * Does `task` for each path. One that fails is told at once, and the others
 * are done nevertheless, unless the connection is lost.
 *
 * @throws {NetworkError} when the connection is lost.
 * @throws {ShellError} when some failed; for a single path what it threw,
 * unless that was told as a record.
 */
export async function onEach(
  shell: Shell,
  paths: readonly string[],
  signal: AbortSignal,
  task: (path: string) => Promise<void>,
  options: TallyOptions = {},
): Promise<void> {
  const tally = createTally(shell, options);
  const { records = true } = options;
  for (const path of paths) {
    try {
      await task(path);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof NetworkError) throw error;
      // As a record, also a single one has its path.
      const alone = paths.length === 1;
      if (alone && !(records && shell.output.json)) throw error;
      tally.add(path, error);
    }
  }
  tally.end(`${tally.failed} of ${paths.length} failed`);
}

/** A path as it is shown; the current folder has a name, too. */
export function shownPath(path: string): string {
  return path === "" ? "." : visible(path);
}
