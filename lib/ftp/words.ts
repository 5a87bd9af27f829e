/**
 * Arguments of commands that take several names: words, or names in quotes
 * with their own quotes doubled, as in the reply to MKD (RFC 959 appendix II).
 *
 * @module
 */

/** One word of an argument. */
export interface Word {
  /** The text, without the quotes. */
  readonly text: string;
  /** Whether it was in quotes. */
  readonly isQuoted: boolean;
}

/**
 * The words of an argument; `null` when quotes are open or run into a word.
 *
 * @example
 * ```ts
 * import { splitWords } from "./words.ts";
 * const words = splitWords('"a ""b""" 0 12');
 * console.assert(words?.map(({ text }) => text).join("|") === 'a "b"|0|12');
 * console.assert(splitWords('"open') === null);
 * ```
 */
export function splitWords(argument: string): Word[] | null {
  const words: Word[] = [];
  const next = / *(?:"((?:[^"]|"")*)"|([^" ][^ ]*))(?= |$)/sy;
  const end = argument.trimEnd().length;
  while (next.lastIndex < end) {
    const match = next.exec(argument);
    if (match === null) return null;
    const [, quoted, bare = ""] = match;
    words.push({
      text: quoted?.replaceAll('""', '"') ?? bare,
      isQuoted: quoted !== undefined,
    });
  }
  return words;
}

/** A name, and numbers that stand behind it. */
export interface NameAndNumbers {
  /** The name. */
  readonly name: string;
  /** What stands behind it. */
  readonly numbers: readonly number[];
}

/**
 * What `name`, `name start` and `name start end` may mean, the likeliest
 * first: a name in quotes is clear, another may itself end in numbers.
 *
 * @example
 * ```ts
 * import { namesAndNumbers } from "./words.ts";
 * const [whole, split] = namesAndNumbers("day 1 2");
 * console.assert(whole?.name === "day 1 2" && split?.name === "day");
 * console.assert(namesAndNumbers('"a b" 0 9')[0]?.numbers.join() === "0,9");
 * ```
 */
export function namesAndNumbers(argument: string): NameAndNumbers[] {
  const words = splitWords(argument);
  const [first, ...rest] = words ?? [];
  if (first?.isQuoted && rest.every(({ text }) => isNumber(text))) {
    if (rest.length > 2) return [];
    return [{ name: first.text, numbers: rest.map(({ text }) => +text) }];
  }
  const [, name, ...numbers] =
    /^(.+?) (\d{1,15})(?: (\d{1,15}))?$/s.exec(argument) ?? [];
  const whole = { name: argument, numbers: [] };
  if (name === undefined) return [whole];
  const behind = numbers.filter((text) => text !== undefined).map(Number);
  return [whole, { name, numbers: behind }];
}

function isNumber(text: string): boolean {
  return /^\d{1,15}$/.test(text);
}
