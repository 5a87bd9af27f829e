/**
 * How many columns text takes on a screen.
 *
 * What counts is the character as a reader sees it (a grapheme cluster,
 * UAX #29): combining marks add nothing, East Asian wide characters (UAX #11)
 * and emoji take two columns.
 *
 * @module
 */

import { lazy } from "../lazy.ts";

// These take milliseconds to make, and most names are plain.
const segmenter = lazy(() =>
  new Intl.Segmenter("und", { granularity: "grapheme" })
);

/** Text of which every character takes one column. */
const PLAIN = /^[\x20-\x7e]*$/;

/** Characters that take no column: marks, controls, joiners, Hangul vowels. */
const noWidth = lazy(() =>
  /[\p{Mn}\p{Me}\p{Cc}\u1160-\u11ff\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e0fff}]/u
);

/** East Asian Width W or F, as far as it is no emoji. */
const eastAsian = lazy(() =>
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u3247\u3250-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18d08}\u{1aff0}-\u{1b2fb}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u
);

/** Emoji; U+FE0F asks for the wide, coloured form of the one before it. */
const emoji = lazy(() =>
  /^(?:\p{Regional_Indicator}{2}|(?!\p{Regional_Indicator})\p{Emoji_Presentation}|\p{Emoji}\ufe0f)/u
);

/**
 * The characters of `text` as a reader sees them.
 *
 * @example
 * ```ts
 * import { graphemes } from "./width.ts";
 * console.assert(graphemes("e\u0301x").length === 2);
 * ```
 */
export function graphemes(text: string): string[] {
  if (PLAIN.test(text)) return text.split("");
  return Array.from(segmenter().segment(text), ({ segment }) => segment);
}

/**
 * The columns that `text` takes: 0 for combining marks and control
 * characters, 2 for wide characters and emoji, 1 for others. Escape sequences
 * are not understood: measure before styling.
 *
 * @example
 * ```ts
 * import { displayWidth } from "./width.ts";
 * console.assert(displayWidth("日本 e\u0301") === 6);
 * ```
 */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  return graphemes(text).reduce((sum, char) => sum + clusterWidth(char), 0);
}

/**
 * The columns of one character as a reader sees it: terminals add up what is
 * no emoji.
 *
 * @example
 * ```ts
 * import { clusterWidth } from "./width.ts";
 * console.assert(clusterWidth("e\u0301") === 1);
 * ```
 */
export function clusterWidth(cluster: string): number {
  if (PLAIN.test(cluster)) return cluster.length;
  if (emoji().test(cluster)) return 2;
  const widths = Array.from(cluster, charWidth);
  return widths[0] === 2 ? 2 : widths.reduce((sum, width) => sum + width, 0);
}

function charWidth(char: string): number {
  if (noWidth().test(char)) return 0;
  return eastAsian().test(char) ? 2 : 1;
}

/**
 * `text` in at most `width` columns: its middle is left out where it is
 * longer, because names differ at their ends.
 *
 * @example
 * ```ts
 * import { truncateMiddle } from "./width.ts";
 * console.assert(truncateMiddle("holiday-2024.tar.gz", 11) === "holid…ar.gz");
 * ```
 */
export function truncateMiddle(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width < 1) return "";
  const chars = graphemes(text);
  const head = takeColumns(chars, Math.ceil((width - 1) / 2));
  const rest = width - 1 - displayWidth(head);
  const tail = takeColumns(chars.reverse(), rest, true);
  return `${head}…${tail}`;
}

/**
 * `text` in at most `width` columns: its end is left out where it is longer.
 *
 * @example
 * ```ts
 * import { truncateEnd } from "./width.ts";
 * console.assert(truncateEnd("connection refused", 11) === "connection…");
 * ```
 */
export function truncateEnd(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width < 1) return "";
  return `${takeColumns(graphemes(text), width - 1)}…`;
}

/**
 * `text` filled up with spaces to `width` columns.
 *
 * @example
 * ```ts
 * import { padEnd } from "./width.ts";
 * console.assert(padEnd("日本", 6) === "日本  ");
 * ```
 */
export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** As many of `chars` as `width` columns take, in the order they had. */
function takeColumns(
  chars: readonly string[],
  width: number,
  reversed = false,
): string {
  const taken: string[] = [];
  let left = width;
  for (const char of chars) {
    left -= clusterWidth(char);
    if (left < 0) break;
    taken.push(char);
  }
  return (reversed ? taken.reverse() : taken).join("");
}
