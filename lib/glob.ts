/**
 * File name patterns of the shell.
 *
 * @module
 */

/** Whether `text` has a character that makes it a pattern. */
export function isGlob(text: string): boolean {
  return /[*?[]/.test(text);
}

/** Whether `name` matches `pattern`; see {@linkcode globMatcher}. */
export function matchesGlob(pattern: string, name: string): boolean {
  return globMatcher(pattern)(name);
}

/** How {@linkcode globMatcher} matches. */
export interface GlobOptions {
  /**
   * Whether names that begin with a dot are like any other. @default {false}
   */
  dots?: boolean;
}

/**
 * A function that tells which names match `pattern`: `*` stands for any
 * characters, `?` for one, `[a-z]` for one of a set, `[!a-z]` for one outside
 * it. Names that begin with a dot match only patterns that do, unless `dots` is
 * set.
 *
 * Time is bounded by the square of the name's length whatever the pattern:
 * only the last `*` is ever tried again, and a pattern that needs more letters
 * than the name has is not tried at all.
 *
 * @example
 * ```ts
 * import { globMatcher } from "./glob.ts";
 * const isText = globMatcher("*.t[a-z]t");
 * console.assert(isText("notes.txt") && !isText(".hidden.txt"));
 * ```
 */
export function globMatcher(
  pattern: string,
  { dots = false }: GlobOptions = {},
): (name: string) => boolean {
  const tokens = parseGlob(pattern);
  const needed = tokens.filter((token) => token !== "*").length;
  const showsDots = dots || pattern.startsWith(".");
  return (name) => {
    if (name.startsWith(".") && !showsDots) return false;
    const letters = [...name];
    return letters.length >= needed && matches(tokens, letters);
  };
}

function matches(tokens: readonly Token[], letters: string[]): boolean {
  let token = 0;
  let star = -1;
  let starLetter = 0;
  for (let letter = 0; letter < letters.length;) {
    const wanted = tokens[token];
    if (wanted === "*") {
      star = token++;
      starLetter = letter;
    } else if (wanted !== undefined && wanted(letters[letter]!)) {
      token++;
      letter++;
    } else if (star >= 0) {
      token = star + 1;
      letter = ++starLetter;
    } else {
      return false;
    }
  }
  while (tokens[token] === "*") token++;
  return token === tokens.length;
}

type Token = "*" | ((letter: string) => boolean);

function parseGlob(pattern: string): Token[] {
  const tokens: Token[] = [];
  const letters = [...pattern];
  for (let at = 0; at < letters.length; at++) {
    const letter = letters[at]!;
    const end = letter === "[" ? endOfSet(letters, at) : -1;
    if (letter === "*") {
      if (tokens.at(-1) !== "*") tokens.push("*");
    } else if (letter === "?") {
      tokens.push(() => true);
    } else if (end > 0) {
      tokens.push(parseSet(letters.slice(at + 1, end)));
      at = end;
    } else {
      tokens.push((other) => other === letter);
    }
  }
  return tokens;
}

/** Where the set that begins at `at` ends; a `]` that comes first is in it. */
function endOfSet(letters: string[], at: number): number {
  return letters.indexOf("]", isNegation(letters[at + 1]) ? at + 3 : at + 2);
}

function isNegation(letter: string | undefined): boolean {
  return letter === "!" || letter === "^";
}

function parseSet(letters: string[]): (letter: string) => boolean {
  const negated = isNegation(letters[0]);
  const set = negated ? letters.slice(1) : letters;
  const ranges: [string, string][] = [];
  for (let at = 0; at < set.length; at++) {
    const isRange = set[at + 1] === "-" && set[at + 2] !== undefined;
    ranges.push([set[at]!, isRange ? set[at + 2]! : set[at]!]);
    if (isRange) at += 2;
  }
  return (letter) =>
    ranges.some(([from, to]) => letter >= from && letter <= to) !== negated;
}
