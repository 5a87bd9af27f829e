/**
 * Inputs made of other inputs by a few small changes.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import type { Random } from "../core/random.ts";
import { bytesOf } from "./target.ts";

/** What changes are made with. */
export interface Material {
  /** Other inputs. */
  readonly others: readonly Bytes[];
  /** What has a meaning. */
  readonly tokens: readonly Bytes[];
  /** Whether whole lines are changed, too. */
  readonly isScript: boolean;
  /** Most bytes of the result. */
  readonly longest: number;
}

/** Bytes at which readers change their minds. */
const EDGES: readonly number[] = [
  ...[0, 1, 9, 10, 13, 27, 32, 34, 37, 39, 40, 42, 44, 45, 46, 47, 48, 57],
  ...[58, 59, 61, 64, 91, 92, 93, 127, 128, 191, 192, 194, 237, 240, 254, 255],
];

/** Numbers at which they overflow, and what they may take for one. */
const NUMBERS: readonly string[] = [
  ...["0", "-1", "1", "00", "127", "128", "255", "256", "65535", "65536"],
  ...["2147483647", "2147483648", "4294967295", "4294967296", "1e9", "0x10"],
  ...["9007199254740991", "9007199254740992", "18446744073709551616", "NaN"],
  ...["0.5", "-0", "+1", "1_0", "９", "99999999999999999999999999", "1e400"],
];

type Change = (input: Bytes, random: Random, material: Material) => Bytes;

const CHANGES: readonly Change[] = [
  function flipBit(input, random) {
    const changed = input.slice();
    const at = random.below(input.length || 1);
    if (at < changed.length) changed[at]! ^= 1 << random.below(8);
    return changed;
  },
  function setByte(input, random) {
    const changed = input.slice();
    const at = random.below(input.length || 1);
    if (at < changed.length) changed[at] = random.pick(EDGES);
    return changed;
  },
  (input, random) => put(input, random, Uint8Array.of(random.pick(EDGES))),
  (input, random, { tokens }) =>
    tokens.length === 0 ? input : put(input, random, random.pick(tokens)),
  function removePart(input, random) {
    const [start, end] = part(input, random, 8);
    return spliced(input, start, end, new Uint8Array(0));
  },
  function cutOff(input, random) {
    return input.slice(0, random.below(input.length + 1));
  },
  function doublePart(input, random) {
    const [start, end] = part(input, random, 40);
    return spliced(input, end, end, input.slice(start, end));
  },
  function repeatPart(input, random, { longest }) {
    if (random.below(4) > 0) return input;
    const [start, end] = part(input, random, 8);
    const piece = input.subarray(start, end);
    const times = 2 + random.below(random.pick([4, 40, 4000]));
    const most = Math.ceil(longest / Math.max(1, piece.length));
    return spliced(input, end, end, repeated(piece, Math.min(times, most)));
  },
  function crossOver(input, random, { others }) {
    const other = random.pick(others);
    const at = random.below(other.length + 1);
    return spliced(
      input,
      random.below(input.length + 1),
      input.length,
      other.slice(at),
    );
  },
  function putOther(input, random, { others }) {
    const other = random.pick(others);
    const [start, end] = part(other, random, 40);
    return put(input, random, other.slice(start, end));
  },
  function otherNumber(input, random) {
    const starts = digitsIn(input);
    if (starts.length === 0) return input;
    const start = random.pick(starts);
    let end = start;
    while (isDigit(input[end])) end++;
    return spliced(input, start, end, bytesOf(random.pick(NUMBERS)));
  },
];

const LF = 10;

const LINE_CHANGES: readonly Change[] = [
  (input, random) => onLines(input, (lines) => drop(lines, random)),
  (input, random) =>
    onLines(input, (lines) => {
      lines.splice(at(lines, random), 0, random.pick(lines));
    }),
  (input, random, { others }) =>
    onLines(input, (lines) => {
      const other = linesOf(random.pick(others));
      const start = random.below(other.length);
      const some = other.slice(start, start + 1 + random.below(4));
      lines.splice(at(lines, random), 0, ...some);
    }),
  (input, random) =>
    onLines(input, (lines) => {
      const line = lines.splice(random.below(lines.length), 1);
      lines.splice(at(lines, random), 0, ...line);
    }),
];

/** `input` with one to six changes, and never longer than it may be. */
export function mutate(
  input: Bytes,
  random: Random,
  material: Material,
): Bytes {
  let changed = input;
  for (let left = random.pick([1, 1, 2, 3, 6]); left > 0; left--) {
    const isLine = material.isScript && random.below(3) > 0;
    const change = random.pick(isLine ? LINE_CHANGES : CHANGES);
    changed = change(changed, random, material).slice(0, material.longest);
  }
  return changed;
}

/** The lines of a script. */
export function linesOf(input: Bytes): Bytes[] {
  const lines: Bytes[] = [];
  for (let start = 0; start < input.length;) {
    const found = input.indexOf(LF, start);
    const end = found < 0 ? input.length : found + 1;
    lines.push(input.slice(start, start = end));
  }
  return lines;
}

/** Pieces in a row. */
export function joined(parts: readonly Bytes[]): Bytes {
  const whole = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let end = 0;
  for (const piece of parts) {
    whole.set(piece, end);
    end += piece.length;
  }
  return whole;
}

function onLines(input: Bytes, change: (lines: Bytes[]) => void): Bytes {
  const lines = linesOf(input);
  if (lines.length === 0) return input;
  change(lines);
  return joined(lines);
}

function drop(lines: Bytes[], random: Random): void {
  lines.splice(random.below(lines.length), 1 + random.below(3));
}

function at(lines: Bytes[], random: Random): number {
  return random.below(lines.length + 1);
}

/** Where a part of at most `most` bytes begins and ends. */
function part(input: Bytes, random: Random, most: number): [number, number] {
  const start = random.below(input.length + 1);
  return [start, Math.min(input.length, start + 1 + random.below(most))];
}

/** Puts `piece` somewhere, in front of what is there or over it. */
function put(input: Bytes, random: Random, piece: Bytes): Bytes {
  const start = random.below(input.length + 1);
  const over = random.below(3) === 0 ? piece.length : 0;
  return spliced(input, start, start + over, piece);
}

function spliced(
  input: Bytes,
  start: number,
  end: number,
  piece: Bytes,
): Bytes {
  return joined([input.subarray(0, start), piece, input.subarray(end)]);
}

function repeated(piece: Bytes, times: number): Bytes {
  const whole = new Uint8Array(piece.length * times);
  for (let count = 0; count < times; count++) {
    whole.set(piece, count * piece.length);
  }
  return whole;
}

/** Offsets of the first digits of numbers. */
function digitsIn(input: Bytes): number[] {
  const found: number[] = [];
  for (let index = 0; index < input.length; index++) {
    if (isDigit(input[index]) && !isDigit(input[index - 1])) found.push(index);
  }
  return found;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}
