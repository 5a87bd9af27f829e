/**
 * What is told of a mirror: its plan, its progress, and its end.
 *
 * @module
 */

import {
  createProgressBoard,
  formatBytes,
  formatDuration,
  formatRate,
  type ProgressBar,
} from "../../../lib/terminal/mod.ts";
import { visible } from "../../../lib/visible.ts";
import type { Progress } from "../download.ts";
import type {
  MirrorFailure,
  MirrorResult,
  MirrorStep,
  MirrorStepState,
} from "../mirror/mod.ts";
import { plainType } from "./entry_record.ts";
import { failureOf, ShellError } from "./failure.ts";
import { recordFailure } from "./on_server.ts";
import type { Shell } from "./shell.ts";
import { asIncomplete } from "./transfer_failures.ts";
import { showsProgress } from "./transfer_report.ts";

/** What is told of a mirror. */
export interface MirrorReport {
  /** A step was planned, or carried out. */
  step(step: MirrorStep, state: MirrorStepState): void;
  /** Something failed; the rest goes on. */
  failure(failure: MirrorFailure): void;
  /** How far the file of a step is. */
  progress(path: string, progress: Progress): void;
  /**
   * It has ended by itself.
   *
   * @throws {ShellError} of the first failure's kind, when there is one.
   */
  end(result: MirrorResult): void;
  /** It has ended in whatever way. */
  close(): void;
}

/** Nobody is surprised that these are skipped. */
const EXPECTED_REGEXP =
  /^(same\b|excluded$|not included$|hidden$|only in the target$)/;

/** Begins to report. */
export function createMirrorReport(
  shell: Shell,
  { dryRun }: { dryRun: boolean },
): MirrorReport {
  const { output, screen, clock } = shell;
  const board = dryRun || !showsProgress(shell)
    ? null
    : createProgressBoard(screen, { clock });
  const isLive = board !== null && screen.display === "screen";
  const began = clock.now();
  const bars = new Map<string, ProgressBar>();
  const planned = { files: 0, bytes: 0 };
  let isPlanning = true;

  function say(text: string, level: "note" | "warn" | "error"): void {
    if (!isLive) output[level](text);
    else board.note(level === "error" ? `ftp: ${text}` : text);
  }

  function record(step: MirrorStep): void {
    if (output.json) output.record(stepRecord(step));
  }

  function plan(step: MirrorStep): void {
    const { action, size, reason } = step;
    if (movesFile(step)) {
      planned.files++;
      planned.bytes += size ?? 0;
    }
    if (dryRun || action === "skip") record(step);
    if (action === "skip" && EXPECTED_REGEXP.test(reason)) return;
    if (dryRun) output.line(stepLine(step));
    else if (action === "skip") say(stepLine(step), "warn");
  }

  function carriedOut(): void {
    if (isPlanning) board?.total(planned.files, planned.bytes);
    isPlanning = false;
  }

  return {
    step(step, state) {
      if (state === "planned") return plan(step);
      carriedOut();
      const bar = bars.get(step.path);
      bars.delete(step.path);
      if (state === "failed") return bar?.failed("");
      record(step);
      // Where there is a screen the bar was to be seen.
      bar?.done(isLive ? "" : undefined);
      if (bar === undefined && !isLive) say(stepLine(step), "note");
      else if (!movesFile(step)) say(stepLine(step), "note");
    },
    failure({ path, error }) {
      recordFailure(shell, path, asIncomplete(error, path));
      say(failureLine(path, error), "error");
    },
    progress(path, { position, size }) {
      carriedOut();
      const known = bars.get(path);
      const bar = known ?? board?.start({ name: path, size });
      if (bar === undefined) return;
      bars.set(path, bar);
      if (known === undefined) bar.resume(position);
      bar.update(position, size);
    },
    end(result) {
      board?.close();
      const seconds = (clock.now() - began) / 1000;
      output.record({ summary: summaryRecord(result, seconds, dryRun) });
      if (dryRun) output.line(planText(result));
      else output.note(resultText(result, seconds));
      throwFailure(result.failed);
    },
    close: () => board?.close(),
  };
}

function movesFile({ action }: MirrorStep): boolean {
  return action === "add" || action === "update";
}

const LABEL_WIDTH = 6;
const SIZE_WIDTH = 9;

/** One line: what, where, how large, and why when that is not obvious. */
function stepLine({ action, path, type, size, reason }: MirrorStep): string {
  const isFolder = type === "directory";
  const bytes = isFolder || size === null ? "" : formatBytes(size);
  const name = `${visible(path) || "."}${isFolder ? "/" : ""}`;
  const start = `${action.padEnd(LABEL_WIDTH)} ${bytes.padStart(SIZE_WIDTH)}`;
  const why = action === "add" || action === "folder" ? "" : `  (${reason})`;
  return `${start}  ${name}${visible(why)}`;
}

function stepRecord({ modified, type, ...step }: MirrorStep) {
  return {
    ...step,
    type: plainType({ type }),
    modified: modified?.toISOString() ?? null,
  };
}

function failureLine(path: string, error: unknown): string {
  const { message } = failureOf(asIncomplete(error, path));
  const name = visible(path);
  return message.includes(name) ? message : `${name}: ${message}`;
}

/** Files and deletions; after a dry run those that would be. */
function countsOf({ steps, done }: MirrorResult, dryRun: boolean) {
  if (!dryRun) return done;
  const counts = { add: 0, update: 0, delete: 0, skip: 0, folder: 0 };
  for (const { action } of steps) counts[action]++;
  return counts;
}

function summaryRecord(result: MirrorResult, seconds: number, dryRun: boolean) {
  const counts = countsOf(result, dryRun);
  return {
    added: counts.add,
    updated: counts.update,
    deleted: counts.delete,
    skipped: counts.skip,
    folders: counts.folder,
    failed: result.failed.length,
    bytes: dryRun ? result.bytes : result.moved,
    seconds: Math.round(seconds * 1000) / 1000,
    ...(dryRun ? { dryRun } : {}),
  };
}

function planText(result: MirrorResult): string {
  const counts = countsOf(result, true);
  return `Dry run, nothing was done: ${counts.add} to add, ` +
    `${counts.update} to update, ${counts.delete} to delete, ` +
    `${counts.skip} to skip; ${formatBytes(result.bytes)} to move`;
}

function resultText(result: MirrorResult, seconds: number): string {
  const { done, moved, failed } = result;
  const rate = seconds > 0 && moved > 0
    ? ` (${formatRate(moved / seconds)})`
    : "";
  const failures = failed.length > 0 ? `, ${failed.length} failed` : "";
  return `${done.add} added, ${done.update} updated, ${done.delete} deleted, ` +
    `${done.skip} skipped${failures}; ` +
    `${formatBytes(moved)} in ${formatDuration(seconds)}${rate}`;
}

function throwFailure(failed: readonly MirrorFailure[]): void {
  const [first] = failed;
  if (first === undefined) return;
  const { kind } = failureOf(asIncomplete(first.error, first.path));
  const count = failed.length === 1 ? "1 failure" : `${failed.length} failures`;
  throw new ShellError(kind, `the mirror is incomplete: ${count}`, {
    told: true,
  });
}
