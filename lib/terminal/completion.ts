/**
 * What the Tab key does.
 *
 * @module
 */

import { columns } from "./columns.ts";
import { insert, type Line, lineOf } from "./line.ts";
import { graphemes } from "./width.ts";

/** A word that may stand in a line. */
export interface Candidate {
  /** The word as it stands in the line, quoted if need be. */
  readonly value: string;
  /** The word in a list. @default value */
  readonly label?: string;
  /**
   * What follows the word when it is the only one. A folder takes none, since
   * its path may go on.
   *
   * @default " "
   */
  readonly suffix?: string;
}

/** What can stand in a line where the cursor is. */
export interface Completion {
  /** Where in the line the word begins that ends at the cursor. */
  readonly from: number;
  /** The words that may stand there instead. */
  readonly candidates: readonly Candidate[];
}

/**
 * Finds what can stand in `line` where `cursor` is, a position in UTF-16 code
 * units. `signal` aborts when the user will not wait; the result is then not
 * looked at. An error is a completion without candidates.
 */
export type Completer = (
  line: string,
  cursor: number,
  signal: AbortSignal,
) => Promise<Completion | null> | Completion | null;

/** `line` with as much of a word added as is certain. */
export function complete(line: Line, completion: Completion): Line {
  const { from, candidates } = completion;
  const [only] = candidates;
  if (only === undefined) return line;
  const word = candidates.length === 1
    ? only.value + (only.suffix ?? " ")
    : commonPrefix(candidates.map((candidate) => candidate.value));
  const typed = line.text.slice(from, line.cursor);
  if (candidates.length > 1 && word.length < typed.length) return line;
  const begun = lineOf(line.text.slice(0, from));
  const { text, cursor } = insert(begun, word);
  return { text: text + line.text.slice(line.cursor), cursor };
}

/** What all of `words` begin with, in whole characters. */
export function commonPrefix(words: readonly string[]): string {
  const [first = "", ...others] = words;
  const rest = others.map(graphemes);
  const chars = graphemes(first);
  const end = chars.findIndex((char, at) =>
    rest.some((word) => word[at] !== char)
  );
  return end < 0 ? first : chars.slice(0, end).join("");
}

/** The candidates as lines of at most `width` columns. */
export function listCandidates(
  candidates: readonly Candidate[],
  width: number,
): string[] {
  return columns(candidates.map(({ label, value }) => label ?? value), width);
}
