/**
 * The lines of a progress board, as text.
 *
 * @module
 */

import { visible } from "../visible.ts";
import { formatBytes, formatDuration, formatRate } from "./format.ts";
import type { Style } from "./styles.ts";
import { displayWidth, padEnd, truncateMiddle } from "./width.ts";

/** How far something is. */
export interface ProgressFacts {
  /** What it is called; control characters are made visible. */
  readonly name: string;
  /** Bytes it has. */
  readonly position: number;
  /** Bytes it will have, where that is known. */
  readonly size: number | null;
  /** Bytes per second, where that is known. */
  readonly rate: number | undefined;
}

/** How something ended. */
export interface ProgressEnd {
  /** Bytes it has. */
  readonly position: number;
  /** Bytes of these that came, and were not there before. */
  readonly came: number;
  /** How long that took, in milliseconds. */
  readonly ms: number;
}

/** Columns of percent, bytes, rate and time left, with a space before each. */
const FIELDS: readonly number[] = [5, 9, 11, 9];
const LEAST_NAME = 12;
const LEAST_WITH_BAR = 30;
const WIDEST_BAR = 22;

/**
 * A line of at most `width` columns: name, percent, bar, bytes, rate, time
 * left. Where it is too narrow, the last ones are left out.
 */
export function progressLine(
  facts: ProgressFacts,
  width: number,
  styleBar: Style = (text) => text,
): string {
  const texts = fieldsOf(facts);
  let count = FIELDS.length;
  while (count > 0 && width - sum(FIELDS.slice(0, count)) < LEAST_NAME) count--;
  const left = width - sum(FIELDS.slice(0, count));
  const bar = left < LEAST_WITH_BAR || count < FIELDS.length
    ? 0
    : Math.min(WIDEST_BAR, Math.floor(left / 2));
  const name = truncateMiddle(visible(facts.name), left - bar);
  const cells = texts.slice(0, count)
    .map((text, at) => text.padStart(FIELDS[at]!));
  const [percent = "", ...others] = cells;
  const drawn = bar === 0 ? "" : styleBar(drawBar(facts, bar));
  return padEnd(name, left - bar) + percent + drawn + others.join("");
}

function fieldsOf(facts: ProgressFacts): string[] {
  const { position, rate } = facts;
  const done = partOf(facts);
  const left = secondsLeft(facts);
  return [
    done === undefined ? "" : `${Math.floor(done * 100)}%`,
    formatBytes(position),
    rate === undefined ? "" : formatRate(rate),
    left === undefined ? "" : formatDuration(left),
  ];
}

/** How much of it is there, 0 to 1. */
function partOf({ position, size }: ProgressFacts): number | undefined {
  if (size === null) return undefined;
  return size <= position ? 1 : Math.max(0, position / size);
}

/** Seconds until it is complete. */
function secondsLeft(
  { position, size, rate }: ProgressFacts,
): number | undefined {
  if (size === null || rate === undefined) return undefined;
  const bytes = Math.max(0, size - position);
  return bytes === 0 ? 0 : Math.ceil(bytes / rate);
}

function drawBar(facts: ProgressFacts, columns: number): string {
  const part = partOf(facts);
  if (part === undefined) return " ".repeat(columns);
  const inside = columns - 3;
  const filled = Math.floor(part * inside);
  return ` [${"#".repeat(filled)}${"-".repeat(inside - filled)}]`;
}

/** `45% of 12.0 MiB, 3.1 MiB/s, 0:12 left`, as far as that is known. */
export function progressText(facts: ProgressFacts): string {
  const [percent, bytes, rate, left] = fieldsOf(facts);
  const { size } = facts;
  return [
    size === null ? bytes : `${percent} of ${formatBytes(size)}`,
    rate,
    left && `${left} left`,
  ].filter(Boolean).join(", ");
}

/** `12.0 MiB in 0:04 (3.0 MiB/s)`; what was there before is not in the rate. */
export function endText({ position, came, ms }: ProgressEnd): string {
  const time = formatDuration(ms / 1000);
  const rate = ms >= 1 && came > 0 ? ` (${formatRate(came * 1000 / ms)})` : "";
  return `${formatBytes(position)} in ${time}${rate}`;
}

/** A line about something: `NAME: TEXT`, safe to show. */
export function namedLine(name: string, text: string): string {
  return `${visible(name)}: ${visible(text)}`;
}

/** How many rows of `columns` a line of `width` takes. */
export function rowsOf(line: string, columns: number): number {
  // deno-lint-ignore no-control-regex -- the styles that this folder adds
  const plain = line.replace(/\x1b\[\d+m/g, "");
  return Math.max(1, Math.ceil(displayWidth(plain) / columns));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
