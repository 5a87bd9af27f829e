/**
 * Options of `ls` in front of what LIST, NLST and STAT are about. No document
 * knows them; clients send them all the same.
 *
 * @module
 */

/** What the options ask for. */
export interface ListOptions {
  /** `-a`, `-A`: names that begin with a dot, too. */
  readonly dots: boolean;
  /** `-R`: folders in folders, too. */
  readonly deep: boolean;
  /** `-d`: the folder itself, not what is in it. */
  readonly itself: boolean;
  /** `-F`: a sign behind names that says what they are. */
  readonly signs: boolean;
  /** `-t`: the newest first; `-S`: the largest first; the last one counts. */
  readonly order: "name" | "time" | "size";
  /** `-r`: the other way round. */
  readonly reversed: boolean;
}

/** An argument, taken apart. */
export interface ListArgument {
  /** The options in front. */
  readonly options: ListOptions;
  /** The rest: a name or pattern, spaces and all. */
  readonly name: string;
}

/**
 * Takes options off an argument: `-la -t some name` is a few options and the
 * name `some name`. Letters that mean nothing here are ignored; `--` ends the
 * options, for names that begin with `-`.
 *
 * @example
 * ```ts
 * import { parseListArgument } from "./list_options.ts";
 * const { options, name } = parseListArgument("-laR a b");
 * console.assert(options.dots && options.deep && name === "a b");
 * console.assert(parseListArgument("-- -x").name === "-x");
 * ```
 */
export function parseListArgument(argument: string): ListArgument {
  const [, words = "", name = ""] =
    /^((?:-[A-Za-z1]+(?: +|$))*)(?:--(?: +|$))?(.*)$/s.exec(argument) ?? [];
  const has = (...letters: string[]) =>
    letters.some((letter) => words.includes(letter));
  const [newest, largest] = [words.lastIndexOf("t"), words.lastIndexOf("S")];
  return {
    options: {
      dots: has("a", "A"),
      deep: has("R"),
      itself: has("d"),
      signs: has("F"),
      order: newest > largest ? "time" : largest >= 0 ? "size" : "name",
      reversed: has("r"),
    },
    name,
  };
}
