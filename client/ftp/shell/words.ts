/**
 * The language of the shell's lines:
 *
 * | text | meaning |
 * |---|---|
 * | `'a b'`, `"a b"`, `a\ b` | one word; in `"` a backslash escapes only `"` and `\` |
 * | `a; b`, a line end | b after a |
 * | `a && b`, `a \|\| b` | b if a was done, b if a failed |
 * | `a &` | a in the background |
 * | `a > file`, `a >> file` | output of a into a file, or behind what it has |
 * | `!rest of line` | a command of the system, as it is |
 * | `# rest of line` | a comment |
 *
 * `#`, `>`, `|` and `!` are special only at the start of a word, and `&` only
 * at its start or end: `a->b` and `R&D.txt` are names.
 *
 * @module
 */

import { UsageError } from "../../../lib/cli/errors.ts";
import {
  type OpenQuote,
  type Operator,
  type Token,
  tokensOf,
  type Word,
} from "./tokens.ts";

export type { OpenQuote, Word } from "./tokens.ts";

/** Where the output of a command goes. */
export interface Redirect {
  /** A local file. */
  readonly path: string;
  /** Whether it is written behind what the file has. */
  readonly append: boolean;
}

/** One command of a line. */
export interface ParsedCommand {
  /** At least one; `!` and the rest of the line behind `!`. */
  readonly words: readonly Word[];
  /** `null` for the usual output. */
  readonly redirect: Redirect | null;
  /** Whether the next one does not wait for it. */
  readonly background: boolean;
  /** What stands between it and the command before; `;` for the first one. */
  readonly after: ";" | "&&" | "||";
  /** What was typed, without what stands before and behind it. */
  readonly text: string;
  /** What was typed behind the first word. */
  readonly rest: string;
}

/** What a line says. */
export interface ParsedLine {
  /** In order; none for an empty line. */
  readonly commands: readonly ParsedCommand[];
}

/**
 * Reads a line.
 *
 * @throws {UsageError} when a quote has no end, an operator lacks what it needs,
 * or the line asks for a pipe.
 *
 * @example
 * ```ts
 * import { parseLine } from "./words.ts";
 * const { commands } = parseLine("get 'a b' && ls *.txt > list");
 * const [first, second] = commands;
 * console.assert(first?.words[1]?.text === "a b");
 * console.assert(second?.after === "&&" && second.words[1]?.pattern);
 * console.assert(second?.redirect?.path === "list");
 * ```
 */
export function parseLine(line: string): ParsedLine {
  const commands: ParsedCommand[] = [];
  let draft = newDraft(";");
  for (const token of tokensOf(line)) {
    if (token.kind === "comment") continue;
    if (token.kind !== "operator" || isRedirect(token)) {
      draft.tokens.push(token);
      continue;
    }
    finish(commands, draft, line, token.operator);
    draft = newDraft(token.operator);
  }
  finish(commands, draft, line, ";");
  return { commands };
}

/**
 * Writes text so that {@linkcode parseLine} reads it as one word that is no
 * pattern and has no special meaning.
 *
 * @example
 * ```ts
 * import { quoteWord } from "./words.ts";
 * console.assert(quoteWord("a.txt") === "a.txt");
 * console.assert(quoteWord("what's *new*?") === `"what's *new*?"`);
 * ```
 */
export function quoteWord(text: string): string {
  if (/^[\p{L}\p{N}_./:@%+=,-]+$/u.test(text)) return text;
  if (!text.includes("'")) return `'${text}'`;
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** The word that is being typed. */
export interface UnfinishedWord {
  /** The words of the same command in front of it. */
  readonly before: readonly Word[];
  /** What was typed of it, quotes and all. */
  readonly typed: string;
  /** What that says so far. */
  readonly text: string;
  /** Where in the line it begins; at the cursor when nothing is typed. */
  readonly start: number;
  /** The quote that the cursor is in; `null` outside. */
  readonly quote: OpenQuote | null;
  /** Whether it is the file behind `>` or `>>`. */
  readonly redirect: boolean;
}

/**
 * The word that ends at the cursor, for completion; `null` in a comment and
 * behind `!`, where there is none. Never throws.
 *
 * @param cursor In UTF-16 units, as `line.length`.
 *
 * @example
 * ```ts
 * import { wordAt } from "./words.ts";
 * const word = wordAt("ls; get 'my f", 13);
 * console.assert(word?.text === "my f" && word.start === 8);
 * console.assert(word?.before[0]?.text === "get");
 * ```
 */
export function wordAt(line: string, cursor: number): UnfinishedWord | null {
  const typed = line.slice(0, cursor);
  const open = tokensOf(typed).at(-1);
  // With a letter behind it, the word is there even where nothing is typed.
  const tokens = tokensOf(`${typed}x`);
  const token = tokens.pop();
  if (token?.kind !== "word") return null;
  return {
    before: lastWords(tokens),
    typed: typed.slice(token.start),
    text: token.word.text.slice(0, -1),
    start: token.start,
    quote: open?.kind === "word" ? open.open : null,
    redirect: isRedirect(tokens.at(-1)),
  };
}

/** The words behind the last operator that begins a command. */
function lastWords(tokens: readonly Token[]): Word[] {
  const words: Word[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind === "operator" && !isRedirect(token)) words.length = 0;
    const named = isRedirect(tokens[index - 1]);
    if (token.kind === "word" && !named) words.push(token.word);
  }
  return words;
}

function isRedirect(token: Token | undefined): boolean {
  return token?.kind === "operator" && token.operator.startsWith(">");
}

/** A command whose tokens are not all there. */
interface Draft {
  readonly tokens: Token[];
  readonly after: ParsedCommand["after"];
}

/** The command behind an operator. */
function newDraft(behind: Operator): Draft {
  const after = behind === "&&" || behind === "||" ? behind : ";";
  return { tokens: [], after };
}

/** Takes the command in front of an operator, unless there is none. */
function finish(
  commands: ParsedCommand[],
  { tokens, after }: Draft,
  line: string,
  operator: Operator,
): void {
  if (operator === "|") {
    throw new UsageError("there are no pipes here; quote a | in a name");
  }
  const [first] = tokens;
  if (first !== undefined) {
    const end = tokens.at(-1)!.end;
    commands.push({
      ...commandOf(tokens),
      after,
      background: operator === "&",
      text: line.slice(first.start, end),
      rest: line.slice(first.end, end).trim(),
    });
  } else if (operator !== ";") {
    throw new UsageError(`a command is missing in front of ${operator}`);
  } else if (after !== ";") {
    throw new UsageError(`a command is missing behind ${after}`);
  }
}

function commandOf(
  tokens: readonly Token[],
): Pick<ParsedCommand, "words" | "redirect"> {
  const words: Word[] = [];
  let redirect: Redirect | null = null;
  for (const [index, token] of tokens.entries()) {
    if (token.kind === "raw") words.push(...rawWords(token.text));
    if (token.kind === "word" && !isRedirect(tokens[index - 1])) {
      words.push(closedWord(token));
    }
    if (token.kind !== "operator") continue;
    if (redirect !== null) {
      throw new UsageError("the output of a command goes to one file only");
    }
    redirect = redirectTo(token.operator, tokens[index + 1]);
  }
  if (words.length > 0) return { words, redirect };
  throw new UsageError("a command is missing in front of >");
}

function rawWords(rest: string): Word[] {
  const words = rest === "" ? ["!"] : ["!", rest];
  return words.map((text) => (
    { text, pattern: false, glob: text, quoted: false }
  ));
}

function redirectTo(operator: Operator, file: Token | undefined): Redirect {
  if (file?.kind === "word") {
    return { path: closedWord(file).text, append: operator === ">>" };
  }
  throw new UsageError(`a file is missing behind ${operator}`);
}

function closedWord({ word, open }: Token & { kind: "word" }): Word {
  if (open === null) return word;
  throw new UsageError(
    open === "\\"
      ? "the line ends in a backslash; write \\\\ for one"
      : `there is a ${open} without a second one; write \\${open} for one`,
  );
}
