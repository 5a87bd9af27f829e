/**
 * The label in front of a debug message: who speaks, how serious it is, and
 * which of many it is.
 *
 * It is text in brackets, such as `[pump warn #17 2/3] `, so that a receiver
 * which knows nothing of it shows something that people can read. Every word is
 * optional, their order is fixed, and a message without any has no label.
 *
 * @module
 */

import type { Bytes } from "../bytes.ts";

/** The port of the first such sink, "Mr. Creosote", and of ours. */
export const SINK_PORT = 7739;

/** How serious a message is, the least first. */
export type Level = "debug" | "info" | "warn" | "error";

/** The levels, the least serious first. */
export const LEVELS: readonly Level[] = ["debug", "info", "warn", "error"];

/** What a label says. */
export interface Label {
  /** Who speaks: a letter, then letters, digits, `_`, `.`, `-`; at most 32. */
  readonly tag?: string;
  /** How serious it is. */
  readonly level?: Level;
  /** The number of this datagram among those of its sender, from 1. */
  readonly seq?: number;
  /** Which part of a longer message this is, from 1; only with `parts`. */
  readonly part?: number;
  /** How many parts the message has; only with `part`. */
  readonly parts?: number;
}

/** A label that was read, and how many bytes of the datagram it takes. */
export interface ReadLabel {
  /** What it says. */
  readonly label: Label;
  /** Its length in bytes, with the space behind it. */
  readonly length: number;
}

/** What is looked at: tag, level, number and part at their longest. */
const LONGEST = 96;
const [SPACE, OPEN, CLOSE] = [0x20, 0x5b, 0x5d];

const TAG = /^[A-Za-z][A-Za-z0-9_.-]{0,31}$/;
const SEQ = /^#\d{1,15}$/;
const PART = /^\d{1,6}\/\d{1,6}$/;

/** What a tag is, for messages. */
export const TAG_RULE: string =
  "a letter, then letters, digits, _ . - (at most 32), and no word for a level";

/** Words for a level, in lower case, as programs write them. */
const LEVEL_WORDS: Readonly<Record<string, Level>> = {
  debug: "debug",
  info: "info",
  warn: "warn",
  warning: "warn",
  error: "error",
};

/**
 * Whether `text` can be a tag: a letter, then letters, digits, `_`, `.` or
 * `-`, at most 32 in all, and no word for a level.
 *
 * @example
 * ```ts
 * import { isTag } from "./label.ts";
 * console.assert(isTag("pump-2") && !isTag("2") && !isTag("warn"));
 * ```
 */
export function isTag(text: string): boolean {
  return TAG.test(text) && levelOf(text) === undefined;
}

/**
 * Writes a label with the space that follows it; nothing when it says nothing.
 *
 * @example
 * ```ts
 * import { formatLabel } from "./label.ts";
 * const label = { tag: "pump", level: "warn", seq: 17, part: 2, parts: 3 } as const;
 * console.assert(formatLabel(label) === "[pump warn #17 2/3] ");
 * console.assert(formatLabel({}) === "");
 * ```
 */
export function formatLabel({ tag, level, seq, part, parts }: Label): string {
  const words = [
    tag,
    level,
    seq === undefined ? undefined : `#${seq}`,
    part === undefined ? undefined : `${part}/${parts}`,
  ].filter((word) => word !== undefined);
  return words.length === 0 ? "" : `[${words.join(" ")}] `;
}

/**
 * Reads the label in front of a datagram, or returns `null`. Upper case is as
 * good for a level, and so is `WARNING`: many programs begin their lines with
 * `[INFO]` or `[main]`.
 *
 * @example
 * ```ts
 * import { readLabel } from "./label.ts";
 * const data = new TextEncoder().encode("[pump warn #17] pressure is low");
 * const { label, length } = readLabel(data)!;
 * console.assert(label.level === "warn" && label.seq === 17 && length === 16);
 * ```
 */
export function readLabel(data: Bytes): ReadLabel | null {
  if (data[0] !== OPEN) return null;
  const end = data.subarray(0, LONGEST).indexOf(CLOSE);
  const behind = data[end + 1];
  if (end < 0 || (behind !== SPACE && behind !== undefined)) return null;
  const words = String.fromCharCode(...data.subarray(1, end)).split(" ");
  const label = labelOf(words);
  const length = behind === undefined ? end + 1 : end + 2;
  return label ? { label, length } : null;
}

/** What the words say; `null` when one of them is out of place. */
function labelOf(words: string[]): Label | null {
  const take = (fits: (word: string) => boolean) =>
    words[0] !== undefined && fits(words[0]) ? words.shift() : undefined;
  const tag = take(isTag);
  const level = take((word) => levelOf(word) !== undefined);
  const seq = take((word) => SEQ.test(word));
  const part = take(isPart);
  if (words.length > 0) return null;
  return {
    ...tag === undefined ? {} : { tag },
    ...level === undefined ? {} : { level: levelOf(level)! },
    ...seq === undefined ? {} : { seq: Number(seq.slice(1)) },
    ...part === undefined ? {} : partOf(part),
  };
}

function isPart(word: string): boolean {
  if (!PART.test(word)) return false;
  const { part, parts } = partOf(word);
  return part >= 1 && part <= parts;
}

function partOf(word: string): { part: number; parts: number } {
  const [part, parts] = word.split("/").map(Number);
  return { part: part!, parts: parts! };
}

function levelOf(word: string): Level | undefined {
  const lower = word.toLowerCase();
  return Object.hasOwn(LEVEL_WORDS, lower) ? LEVEL_WORDS[lower] : undefined;
}
