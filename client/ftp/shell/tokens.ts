/**
 * The smallest parts of a shell's line: words with their quotes, operators,
 * comments.
 *
 * @module
 */

import { isGlob } from "../../../lib/glob.ts";

/** A word of a command. */
export interface Word {
  /** What it says, without quotes. */
  readonly text: string;
  /** Whether it is a pattern of names: `*`, `?` or `[` stands outside quotes. */
  readonly pattern: boolean;
  /** The pattern, in which what was quoted stands only for itself. */
  readonly glob: string;
  /** Whether any of it was quoted: `"-"` and `'~'` are names. */
  readonly quoted: boolean;
}

/** A quote that does not end: a backslash has nothing behind it. */
export type OpenQuote = "'" | '"' | "\\";

/** What stands between words. */
export type Operator = ";" | "&&" | "||" | "&" | "|" | ">" | ">>";

/** A part of a line. `start` and `end` count its UTF-16 units. */
export type Token =
  & { readonly start: number; readonly end: number }
  & (
    | {
      readonly kind: "word";
      readonly word: Word;
      /** The quote that has no end; then the line ends here. */
      readonly open: OpenQuote | null;
    }
    | { readonly kind: "operator"; readonly operator: Operator }
    /** `!` at the start of a command: the rest of the line as it is. */
    | { readonly kind: "raw"; readonly text: string }
    | { readonly kind: "comment" }
  );

// All of them are for {@linkcode matchAt}.
const BLANKS_REGEXP = /[ \t\r]*/y;
const OPERATOR_REGEXP = /\n|;|&&?|\|\|?|>>?/y;
const REST_REGEXP = /[^\n]*/y;
/** What ends a word; a single `&` only as the last of it, as in `get a&`. */
const END_REGEXP = /[ \t\r\n;]|&&|\|\||&(?=[ \t\r\n;]|\|\||$)|$/y;
const SINGLE_REGEXP = /'([^']*)('?)/y;
/** A backslash escapes only what would mean something. */
const DOUBLE_REGEXP = /"((?:[^"\\]+|\\[^])*\\?)("?)/y;
const ESCAPED_REGEXP = /\\([^]?)()/y;
const PLAIN_REGEXP = /[^'"\\ \t\r\n;&|]+|[&|]/y;

/**
 * Splits a line into its parts. It never throws: a quote without an end is told
 * by the last word. Line ends are like `;`.
 *
 * @example
 * ```ts
 * import { tokensOf } from "./tokens.ts";
 * const kinds = tokensOf("cd 'a b'; ls # all").map(({ kind }) => kind);
 * console.assert(kinds.join() === "word,word,operator,word,comment");
 * ```
 */
export function tokensOf(line: string): Token[] {
  const tokens: Token[] = [];
  let start = endOf(BLANKS_REGEXP, line, 0);
  while (start < line.length) {
    const token = readToken(line, start, tokens.at(-1));
    tokens.push(token);
    start = endOf(BLANKS_REGEXP, line, token.end);
  }
  return tokens;
}

function readToken(
  line: string,
  start: number,
  before: Token | undefined,
): Token {
  if (line[start] === "#") {
    return { kind: "comment", start, end: endOf(REST_REGEXP, line, start) };
  }
  if (line[start] === "!" && beginsCommand(before)) {
    const end = endOf(REST_REGEXP, line, start);
    return { kind: "raw", text: line.slice(start + 1, end).trim(), start, end };
  }
  const end = endOf(OPERATOR_REGEXP, line, start);
  if (end === start) return readWord(line, start);
  const text = line.slice(start, end);
  const operator = text === "\n" ? ";" : text as Operator;
  return { kind: "operator", operator, start, end };
}

/** Whether a command begins behind this; behind `>` stands a file. */
function beginsCommand(before: Token | undefined): boolean {
  return before === undefined ||
    before.kind === "operator" && !before.operator.startsWith(">");
}

/** A piece of a word: within one kind of quotes, or outside them. */
interface Part {
  readonly text: string;
  readonly quoted: boolean;
  readonly open: OpenQuote | null;
  readonly end: number;
}

function readWord(line: string, start: number): Token {
  const parts: Part[] = [];
  let end = start;
  while (matchAt(END_REGEXP, line, end) === null) {
    const part = readPart(line, end);
    parts.push(part);
    end = part.end;
  }
  const open = parts.at(-1)?.open ?? null;
  return { kind: "word", word: wordOf(parts), open, start, end };
}

function readPart(line: string, at: number): Part {
  switch (line[at]) {
    case "'":
      return quotedPart(matchAt(SINGLE_REGEXP, line, at)!, "'");
    case '"': {
      const part = quotedPart(matchAt(DOUBLE_REGEXP, line, at)!, '"');
      return { ...part, text: part.text.replace(/\\(["\\])/g, "$1") };
    }
    case "\\": {
      const part = quotedPart(matchAt(ESCAPED_REGEXP, line, at)!, "\\");
      return { ...part, open: part.text === "" ? "\\" : null };
    }
    default: {
      const [text] = matchAt(PLAIN_REGEXP, line, at)!;
      return { text, quoted: false, open: null, end: at + text.length };
    }
  }
}

function quotedPart(
  { 0: all, 1: text = "", 2: last, index }: RegExpExecArray,
  quote: OpenQuote,
): Part {
  const open = last === "" ? quote : null;
  return { text, quoted: true, open, end: index + all.length };
}

function wordOf(parts: readonly Part[]): Word {
  const globOf = ({ text, quoted }: Part) =>
    quoted ? text.replace(/[*?[]/g, "[$&]") : text;
  return {
    text: parts.map(({ text }) => text).join(""),
    pattern: parts.some(({ text, quoted }) => !quoted && isGlob(text)),
    glob: parts.map(globOf).join(""),
    quoted: parts.some(({ quoted }) => quoted),
  };
}

function matchAt(
  sticky: RegExp,
  text: string,
  at: number,
): RegExpExecArray | null {
  sticky.lastIndex = at;
  return sticky.exec(text);
}

/** Where a match that begins at `at` ends; `at` for none. */
function endOf(sticky: RegExp, text: string, at: number): number {
  return at + (matchAt(sticky, text, at)?.[0].length ?? 0);
}
