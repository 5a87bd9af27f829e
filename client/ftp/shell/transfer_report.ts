/**
 * What is told of files that are moved: bars while they are, records for
 * programs, and a line at the end.
 *
 * @module
 */

import {
  createProgressBoard,
  formatBytes,
  formatDuration,
  formatRate,
  type ProgressBar,
  type ProgressBoard,
} from "../../../lib/terminal/mod.ts";
import { visible } from "../../../lib/visible.ts";
import type { Progress } from "../download.ts";
import {
  type DownloadJob,
  jobName,
  type Manner,
  type UploadJob,
} from "./file_jobs.ts";
import { failureOf } from "./failure.ts";
import type { Moved } from "./move_file.ts";
import { recordFailure } from "./on_server.ts";
import type { Shell } from "./shell.ts";

/** Options for {@linkcode createReport}. */
export interface ReportOptions {
  /** How files are moved. */
  readonly manner: Manner;
  /** How many there are; `null` when that is not known. */
  readonly files: number | null;
  /** Bytes of all of them; `null` when that is not known. */
  readonly bytes: number | null;
  /** Whether the standard output is where a file goes. */
  readonly toOutput: boolean;
}

/** What is told of many files. */
export interface Report {
  /** A file that has got a connection. */
  start(job: DownloadJob | UploadJob): FileReport;
  /** Something that is left out. */
  skipped(path: string, reason: string): void;
  /** Something that failed. */
  failed(path: string, error: unknown): void;
  /** Something that is no single file's. */
  problem(text: string): void;
  /** All is over. */
  end(): void;
}

/** What is told of one file. */
export interface FileReport {
  /** It is so far. */
  progress(progress: Progress): void;
  /** It is complete. */
  moved(moved: Moved): void;
  /** It is no longer under way. */
  gone(): void;
}

/** Begins to report. */
export function createReport(shell: Shell, options: ReportOptions): Report {
  const { output, screen, clock } = shell;
  const { files, bytes, manner } = options;
  const board = boardFor(shell, options);
  const isLive = board !== null && screen.display === "screen";
  const began = clock.now();
  const sum = { files: 0, bytes: 0, skipped: 0, failed: 0 };
  let warned = false;
  if (files !== null && files > 1) board?.total(files, bytes);

  /** What is written past the bars would be written over. */
  function say(text: string, level: "note" | "warn" | "error"): void {
    if (!isLive) output[level](text);
    else board.note(level === "note" ? text : `ftp: ${text}`);
  }

  function moved(job: DownloadJob | UploadJob, moved: Moved, ms: number): void {
    sum.files++;
    sum.bytes += moved.bytes;
    output.record(recordOf(job, moved, ms));
    if (manner.verify !== "hash" || moved.verified === "hash" || warned) return;
    warned = true;
    say(
      `no hash to compare ${visible(jobName(job))} by: only sizes were`,
      "warn",
    );
  }

  function start(job: DownloadJob | UploadJob): FileReport {
    const began = clock.now();
    const bar = board?.start({ name: jobName(job), size: job.size });
    return {
      progress: follow(bar, manner.resume),
      moved: (result) => {
        bar?.done(isLive && files !== 1 ? "" : undefined);
        moved(job, result, clock.now() - began);
      },
      gone: () => bar?.failed(""),
    };
  }

  return {
    start,
    skipped(path, reason) {
      sum.skipped++;
      output.record({ action: "skip", path, reason });
      say(`${visible(path)} ${reason}; skipped`, "note");
    },
    failed(path, error) {
      sum.failed++;
      recordFailure(shell, path, error);
      say(failureOf(error).message, "error");
    },
    problem: (text) => say(text, "error"),
    end() {
      board?.close();
      const told = files === 1 && board !== null;
      if (told || sum.files === 0) return;
      output.note(summary(sum, clock.now() - began));
    },
  };
}

/** No board where it would be in the way. */
function boardFor(
  shell: Shell,
  { toOutput }: ReportOptions,
): ProgressBoard | null {
  const { screen, clock } = shell;
  const onScreen = toOutput && screen.display !== "none";
  return onScreen || !showsProgress(shell)
    ? null
    : createProgressBoard(screen, { clock });
}

/** Whether somebody wants to see how far things are: not of background jobs. */
export function showsProgress({ output, state, folder }: Shell): boolean {
  return !output.quiet && !output.json && folder === undefined &&
    state.settings.progress === "on";
}

/** Bytes of an earlier try were not moved now. */
function follow(
  bar: ProgressBar | undefined,
  resumes: boolean,
): (progress: Progress) => void {
  let last = resumes ? Infinity : 0;
  return ({ position, size }) => {
    if (position < last) bar?.resume(position);
    bar?.update(position, size);
    last = position;
  };
}

function recordOf(
  { direction, local, remote }: DownloadJob | UploadJob,
  { path, size, bytes, verified }: Moved,
  ms: number,
) {
  return {
    action: direction,
    path: direction === "download" ? remote : path,
    local: local ?? "-",
    size,
    bytes,
    seconds: Math.round(ms) / 1000,
    resumed: bytes < size,
    ...(verified === null ? {} : { verified }),
  };
}

function summary(
  { files, bytes, skipped, failed }: Record<string, number>,
  ms: number,
): string {
  const parts = [
    `${files === 1 ? "1 file" : `${files} files`}, ${formatBytes(bytes!)} ` +
    `in ${formatDuration(ms / 1000)}${rateText(bytes!, ms)}`,
  ];
  if (skipped! > 0) parts.push(`${skipped} skipped`);
  if (failed! > 0) parts.push(`${failed} failed`);
  return parts.join("; ");
}

function rateText(bytes: number, ms: number): string {
  return ms > 0 && bytes > 0 ? ` (${formatRate(bytes / ms * 1000)})` : "";
}
