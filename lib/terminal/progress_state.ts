/**
 * What a progress board knows, and the lines that show it.
 *
 * @module
 */

import {
  type ProgressFacts,
  progressLine,
  progressText,
} from "./progress_line.ts";
import { createRateMeter, type RateMeter } from "./rate.ts";
import type { Styles } from "./styles.ts";
import type { TerminalSize } from "./terminal.ts";
import { truncateEnd } from "./width.ts";

/** A transfer that is under way. */
export interface Active {
  /** What it is called. */
  readonly name: string;
  /** Bytes that came, without those that were there before. */
  readonly meter: RateMeter;
  /** When it started, in milliseconds. */
  readonly started: number;
  /** Bytes that are there. */
  position: number;
  /** Bytes that will be there. */
  size: number | null;
  /** When it was spoken of last, in milliseconds. */
  reported: number;
}

/** Everything a board knows. */
export interface BoardState {
  /** The transfers under way, oldest first. */
  readonly active: Set<Active>;
  /** Bytes of all transfers that came. */
  readonly meter: RateMeter;
  /** Transfers that were started. */
  started: number;
  /** Transfers that are complete, and their bytes. */
  complete: number;
  /** Bytes of the complete ones. */
  bytes: number;
  /** Files that were announced. */
  files: number;
  /** Bytes that were announced. */
  planned: number | null;
}

/** A board without transfers. */
export function emptyBoard(now: number): BoardState {
  return {
    active: new Set(),
    meter: createRateMeter(now),
    started: 0,
    complete: 0,
    bytes: 0,
    files: 0,
    planned: null,
  };
}

/** Adds a transfer to `board`. */
export function addActive(
  board: BoardState,
  start: Pick<Active, "name" | "position" | "size">,
  now: number,
): Active {
  const meter = createRateMeter(now);
  const active = { ...start, meter, started: now, reported: now };
  board.active.add(active);
  board.started++;
  return active;
}

/** `position` bytes of `active` are there; what is more than before came now. */
export function advance(
  board: BoardState,
  active: Active,
  position: number,
  now: number,
): void {
  const came = Math.max(0, position - active.position);
  active.meter.add(came, now);
  board.meter.add(came, now);
  active.position = position;
}

/** `active` is over; its bytes count on if it is `complete`. */
export function remove(
  board: BoardState,
  active: Active,
  complete: boolean,
): void {
  board.active.delete(active);
  if (!complete) return;
  board.complete++;
  board.bytes += active.position;
}

/** How far `active` is, in words. */
export function activeText(active: Active, now: number): string {
  return progressText(factsOf(active, now));
}

/** The lines of a board on a screen of this size: at least one row is free. */
export function boardLines(
  board: BoardState,
  { columns, rows }: TerminalSize,
  style: Styles,
  now: number,
): string[] {
  const width = Math.max(1, columns - 1);
  const active = [...board.active];
  const room = Math.max(1, rows - 2);
  const shown = active.length <= room ? room : Math.max(1, room - 1);
  const lines = active.slice(0, shown)
    .map((each) => progressLine(factsOf(each, now), width, style.green));
  const hidden = active.length - shown;
  const more = hidden > 0
    ? [style.dim(truncateEnd(`… and ${hidden} more`, width))]
    : [];
  return [...lines, ...more, ...totalLines(board, width, style, now)];
}

/** The line for all, where there is more than one. */
function totalLines(
  board: BoardState,
  width: number,
  style: Styles,
  now: number,
): string[] {
  const files = Math.max(board.files, board.started);
  if (files < 2) return [];
  const position = [...board.active]
    .reduce((sum, each) => sum + each.position, board.bytes);
  const facts = {
    name: `Total: ${board.complete} of ${files} files`,
    position,
    size: board.planned,
    rate: board.meter.at(now),
  };
  return [style.bold(progressLine(facts, width))];
}

function factsOf(active: Active, now: number): ProgressFacts {
  const { name, position, size, meter } = active;
  return { name, position, size, rate: meter.at(now) };
}
