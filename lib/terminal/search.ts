/**
 * Ctrl-R: looking for a line of the history while its text is typed.
 *
 * @module
 */

import type { Key } from "./key_names.ts";
import type { Line } from "./line.ts";
import type { Prompt } from "./prompt.ts";
import { graphemes } from "./width.ts";

/** A search under way. */
export interface Search {
  /** What is looked for. */
  readonly query: string;
  /** The index of the line that was found, or the number of lines at first. */
  readonly index: number;
  /** Whether no further line has the text. */
  readonly failed: boolean;
}

/** How a search goes on: it is over when it brings no next state. */
export type SearchStep =
  | { readonly kind: "search"; readonly search: Search }
  | { readonly kind: "cancel" }
  | { readonly kind: "accept" };

/** A search that begins at the youngest of `lines`. */
export function beginSearch(lines: readonly string[]): Search {
  return { query: "", index: lines.length, failed: false };
}

/**
 * What `key` does to a search. A key that means nothing to it accepts the line
 * that was found and then does what it always does.
 */
export function stepSearch(
  search: Search,
  key: Key,
  lines: readonly string[],
): SearchStep {
  const { query, index } = search;
  if (key.kind !== "key") {
    const added = key.text.replace(/\p{Cc}/gu, "");
    return find(query + added, index, -1, lines);
  }
  switch (key.name) {
    case "ctrl-r":
      return find(query, index - 1, -1, lines);
    case "ctrl-s":
      return find(query, index + 1, 1, lines);
    case "backspace":
    case "ctrl-h":
      return find(
        graphemes(query).slice(0, -1).join(""),
        lines.length,
        -1,
        lines,
      );
    case "ctrl-g":
    case "ctrl-c":
    case "escape":
      return { kind: "cancel" };
    default:
      return { kind: "accept" };
  }
}

/** The line that a search shows: what was found, or else `line`. */
export function foundLine(
  { query, index }: Search,
  lines: readonly string[],
  line: Line,
): Line {
  const text = lines[index];
  if (text === undefined) return line;
  return { text, cursor: Math.max(0, text.indexOf(query)) };
}

/** What stands before the line during a search. */
export function searchPrompt({ query, failed }: Search): Prompt {
  return `(${failed ? "failed " : ""}search)'${query}': `;
}

/** Looks from `from` in the direction of `step`. */
function find(
  query: string,
  from: number,
  step: number,
  lines: readonly string[],
): SearchStep {
  for (
    let at = from;
    query !== "" && at >= 0 && at <= lines.length;
    at += step
  ) {
    if (!lines[at]?.includes(query)) continue;
    return { kind: "search", search: { query, index: at, failed: false } };
  }
  const index = Math.max(0, Math.min(from - step, lines.length));
  const failed = query !== "";
  return { kind: "search", search: { query, index, failed } };
}
