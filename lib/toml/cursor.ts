/**
 * A place in a text that only moves forward, and knows its line.
 *
 * @module
 */

/** A text is no TOML: what is wrong, and in which line. */
export class TomlError extends Error {
  /** The line, counted from 1. */
  readonly line: number;

  /** Makes the error. */
  constructor(message: string, line: number) {
    super(message);
    this.name = "TomlError";
    this.line = line;
  }
}

/** Characters that may not stand in a text, not even in a comment. */
// deno-lint-ignore no-control-regex -- that is what they are
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)/g;

/** Where a reader is in a text. */
export class Cursor {
  /** Offset of the next character. */
  at = 0;
  readonly #text: string;
  #line = 1;
  #counted = 0;

  /**
   * Starts at the beginning of `text`.
   *
   * @throws {TomlError} when it has a character that no TOML may have.
   */
  constructor(text: string) {
    this.#text = text;
    FORBIDDEN.lastIndex = 0;
    const bad = FORBIDDEN.exec(text);
    if (bad === null) return;
    this.at = bad.index;
    const code = bad[0].charCodeAt(0).toString(16).padStart(2, "0");
    throw this.error(`a character that may not be here (U+00${code})`);
  }

  /** Whether all of the text has been read. */
  get isDone(): boolean {
    return this.at >= this.#text.length;
  }

  /** The next character; empty at the end. */
  get next(): string {
    return this.#text.charAt(this.at);
  }

  /** The line of the next character, counted from 1. */
  get line(): number {
    for (;;) {
      const end = this.#text.indexOf("\n", this.#counted);
      if (end < 0 || end >= this.at) return this.#line;
      this.#counted = end + 1;
      this.#line++;
    }
  }

  /** Goes behind `word` if that is what comes next, and returns whether it did. */
  take(word: string): boolean {
    if (!this.#text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  /** Goes behind what the sticky `pattern` matches, and returns that. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.at = pattern.lastIndex;
    return found;
  }

  /** An error at this place. */
  error(message: string): TomlError {
    return new TomlError(message, this.line);
  }

  /** What stands here, for an error message: a word or a character. */
  get word(): string {
    const rest = this.#text.slice(this.at, this.at + 80);
    const word = /^[^\s,\]}#=]+/.exec(rest)?.[0] ?? rest.charAt(0);
    if (word === "" || word === "\n" || word === "\r") return "the line's end";
    return `"${word.length > 40 ? `${word.slice(0, 40)}…` : word}"`;
  }
}

const BLANKS = /[ \t]*/y;
const REST = /[ \t]*(?:#[^\r\n]*)?/y;
const LINE_END = /\r?\n/y;
const BETWEEN = /[ \t\n]+|\r\n|#[^\r\n]*/y;

/** Goes behind spaces and tabs. */
export function skipBlanks(cursor: Cursor): void {
  cursor.match(BLANKS);
}

/** Goes behind spaces, line ends and comments, as between a list's values. */
export function skipBetween(cursor: Cursor): void {
  // One by one: a pattern for all would need memory for each.
  while (cursor.match(BETWEEN) !== undefined);
}

/**
 * Goes behind the line, of which nothing but a comment may be left.
 *
 * @throws {TomlError} when there is something else.
 */
export function endLine(cursor: Cursor): void {
  cursor.match(REST);
  if (cursor.isDone || cursor.match(LINE_END) !== undefined) return;
  throw cursor.error("expected the line's end");
}
