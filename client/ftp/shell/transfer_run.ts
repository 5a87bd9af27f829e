/**
 * Moving many files: a few at a time, each failure told at once, and the rest
 * done nevertheless.
 *
 * @module
 */

import { NetworkError } from "../errors.ts";
import { workThrough } from "../bounded.ts";
import { type FailureKind, failureOf, ShellError } from "./failure.ts";
import {
  type DownloadJob,
  type FileJob,
  jobName,
  type Manner,
  type UploadJob,
} from "./file_jobs.ts";
import { moveFile } from "./move_file.ts";
import { type Shell, siteOf } from "./shell.ts";
import { explained, fatalReason } from "./transfer_failures.ts";
import {
  createReport,
  type FileReport,
  type Report,
} from "./transfer_report.ts";

/** Options for {@linkcode runTransfers}. */
export interface TransferRunOptions {
  /** How they are moved. */
  readonly manner: Manner;
  /** Cancels everything. */
  readonly signal: AbortSignal;
  /** One after the other, as for the standard output. @default {false} */
  readonly inOrder?: boolean;
}

/** What a run has come to. */
interface Run {
  readonly shell: Shell;
  readonly options: TransferRunOptions;
  readonly report: Report;
  /** How many failed. */
  failed: number;
  /** The first failure in the order of the jobs, not of time. */
  first: { readonly place: number; readonly kind: FailureKind } | null;
  /** Jobs that were begun. */
  begun: number;
  /** Connections that broke since one did not. */
  losses: number;
  /** Why no more is begun. */
  over: string | null;
}

/**
 * Moves files over the connections there are, so that each has its next file
 * at hand while the last reply about the one before is on its way. What cannot
 * work for any other file either ends it: a full disk, a server that is gone.
 *
 * @throws {ShellError} with the kind of the first failure, when all is told.
 * @throws The reason of the signal, when nothing runs any more.
 */
export async function runTransfers(
  shell: Shell,
  jobs: readonly FileJob[],
  options: TransferRunOptions,
): Promise<void> {
  const { signal, inOrder = false } = options;
  const { pool } = siteOf(shell);
  const run: Run = {
    shell,
    options,
    report: reportFor(shell, jobs, options),
    failed: 0,
    first: null,
    begun: 0,
    losses: 0,
    over: null,
  };
  try {
    const left = jobs.entries();
    const isOver = () => run.over !== null || signal.aborted;
    await workThrough(
      () => isOver() ? undefined : left.next().value,
      () => inOrder ? 1 : 2 * pool.limit + 2,
      ([place, job]) => doJob(run, place, job),
    );
    if (run.over !== null) tellEnd(run, jobs.length);
  } finally {
    run.report.end();
  }
  signal.throwIfAborted();
  if (run.first === null) return;
  const message = `${run.failed} of ${jobs.length} files failed`;
  throw new ShellError(run.first.kind, message, { told: true });
}

function reportFor(
  shell: Shell,
  jobs: readonly FileJob[],
  { manner }: TransferRunOptions,
): Report {
  const files = jobs.filter(isTransfer);
  return createReport(shell, {
    manner,
    files: files.length,
    bytes: bytesOf(files),
    toOutput: files.some(({ direction, local }) =>
      direction === "download" && local === null
    ),
  });
}

function isTransfer(job: FileJob): job is DownloadJob | UploadJob {
  return job.direction !== "none";
}

/** `null` unless all sizes are known. */
function bytesOf(jobs: readonly (DownloadJob | UploadJob)[]): number | null {
  let sum = 0;
  for (const { size } of jobs) {
    if (size === null || size === undefined) return null;
    sum += size;
  }
  return sum;
}

/** Never rejects. */
async function doJob(run: Run, place: number, job: FileJob): Promise<void> {
  if (run.over !== null || run.options.signal.aborted) return;
  run.begun++;
  if (isTransfer(job)) return await move(run, place, job);
  const { path, skipped, error } = job;
  if (skipped === null) noteFailure(run, place, path, error);
  else run.report.skipped(path, skipped);
}

function noteFailure(
  run: Run,
  place: number,
  path: string,
  error: unknown,
): void {
  run.failed++;
  if (run.first === null || place < run.first.place) {
    run.first = { place, kind: failureOf(error).kind };
  }
  run.report.failed(path, error);
}

async function move(
  run: Run,
  place: number,
  job: DownloadJob | UploadJob,
): Promise<void> {
  const { shell, report, options: { manner, signal } } = run;
  const files: FileReport[] = []; // One, once it has a connection.
  try {
    const outcome = await moveFile(shell, job, manner, {
      signal,
      began: () => void (files.length > 0 || files.push(report.start(job))),
      onProgress: (progress) => files[0]?.progress(progress),
    });
    run.losses = 0;
    if ("skipped" in outcome) {
      files[0]?.gone();
      report.skipped(jobName(job), outcome.skipped);
    } else files[0]!.moved(outcome);
  } catch (error) {
    files[0]?.gone();
    if (signal.aborted) return;
    const began = files.length > 0;
    run.over ??= fatalReason(error, began) ?? lossReason(run, error);
    const told = began ? await explained(shell, job, error, signal) : error;
    if (!signal.aborted) noteFailure(run, place, jobName(job), told);
  }
}

/** More losses in a row than files can be lost at once are enough. */
function lossReason(run: Run, error: unknown): string | null {
  if (!(error instanceof NetworkError)) return null;
  const { pool } = siteOf(run.shell);
  return ++run.losses > 2 * pool.limit + 2
    ? "the connection breaks again and again"
    : null;
}

function tellEnd({ report, over, begun }: Run, all: number): void {
  const left = all - begun;
  if (left === 0) return;
  const files = left === 1 ? "1 file was" : `${left} files were`;
  report.problem(`${over}: ${files} not tried`);
}
