/**
 * A wrong answer, and where it goes wrong.
 *
 * @module
 */

import { ToolError } from "../../lib/cli.ts";

/** The first byte that is wrong. */
export interface WrongByte {
  /** Its place in the answer, from 0. */
  readonly offset: number;
  /** What belongs there; `null` for nothing: the answer is too long. */
  readonly expected: number | null;
  /** What is there; `null` for nothing: the answer is too short. */
  readonly got: number | null;
  /** The line, from 1, where each has an answer of its own. */
  readonly line?: number;
}

/** An answer is not what was sent in upper case: exit code 1. */
export class WrongAnswer extends ToolError {
  /** Where it goes wrong. */
  readonly wrong: WrongByte;
  /** What may help. */
  readonly hint: string;

  /** The message is the line that a person sees. */
  constructor(wrong: WrongByte, hint = "") {
    super(describe(wrong) + hint);
    this.name = "WrongAnswer";
    this.wrong = wrong;
    this.hint = hint;
  }
}

function describe({ offset, expected, got, line }: WrongByte): string {
  const of = line === undefined ? "" : ` of line ${line}`;
  if (got === null) {
    return `the answer ends at byte ${offset}${of}: ` +
      `expected ${byteText(expected)}`;
  }
  return `wrong answer at byte ${offset}${of}: ` +
    `expected ${byteText(expected)}, got ${byteText(got)}`;
}

function byteText(byte: number | null): string {
  if (byte === null) return "its end";
  const hex = `0x${byte.toString(16).padStart(2, "0")}`;
  const isPrintable = byte > 0x20 && byte < 0x7f;
  return isPrintable ? `${hex} "${String.fromCharCode(byte)}"` : hex;
}
