/**
 * Reads the source of a regular expression into a tree, for
 * {@linkcode ./regexp_steps.ts}.
 *
 * What one letter may be is not taken apart: it is left to the runtime, as a
 * pattern for that letter.
 *
 * @module
 */

/** A part of a regular expression. */
export type Node =
  /** One letter; `matches` remembers what it was asked. */
  | { kind: "letter"; matches(letter: string): boolean }
  /** What takes no letter: `^`, `$`, `\b`, and what is not looked into. */
  | { kind: "place"; holds(text: string, at: number): boolean }
  /** `ahead`: something that must, or must not, follow. */
  | { kind: "ahead"; wanted: boolean; body: Node }
  | { kind: "sequence"; parts: readonly Node[] }
  | { kind: "choice"; ways: readonly Node[] }
  | { kind: "repeat"; body: Node; least: number; most: number; lazy: boolean };

const ATOM =
  /\[\^?(?:\\[^]|[^\]\\])*\]|\\(?:x[\da-f]{2}|u[\da-f]{4}|u\{[\da-f]+\}|p\{[^}]*\}|P\{[^}]*\}|[^])|[^]/iuy;
const QUANTIFIER = /(?:([*+?])|\{(\d+)(,?)(\d*)\})(\??)/y;
const OPENING = /\((\?:|\?=|\?!|\?<=|\?<!|\?<\w+>)?/y;

/** The tree of a pattern with these flags. */
export function readPattern(source: string, flags: string): Node {
  const reader = new Reader(source, flags.replaceAll(/[^imsu]/g, ""));
  return reader.choice();
}

class Reader {
  readonly #source: string;
  readonly #flags: string;
  #at = 0;

  constructor(source: string, flags: string) {
    this.#source = source;
    this.#flags = flags;
  }

  /** Everything up to the end, or to the parenthesis that closes. */
  choice(): Node {
    const ways = [this.#sequence()];
    while (this.#take(/\|/y)) ways.push(this.#sequence());
    return ways.length === 1 ? ways[0]! : { kind: "choice", ways };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    while (this.#at < this.#source.length && !this.#sees(/[|)]/y)) {
      parts.push(this.#quantified(this.#single()));
    }
    return { kind: "sequence", parts };
  }

  #quantified(body: Node): Node {
    const found = this.#take(QUANTIFIER);
    if (found === null) return body;
    const [, sign, least, comma, most, lazy] = found;
    const [from, to] = sign !== undefined
      ? [sign === "+" ? 1 : 0, sign === "?" ? 1 : Infinity]
      : [Number(least), comma ? Number(most || Infinity) : Number(least)];
    return { kind: "repeat", body, least: from, most: to, lazy: lazy === "?" };
  }

  #single(): Node {
    const opening = this.#take(OPENING);
    if (opening !== null) return this.#group(opening[1] ?? "");
    const [text] = this.#take(ATOM)!;
    return this.#isPlace(text) ? this.#place(text) : this.#letter(text);
  }

  #group(kind: string): Node {
    const body = this.choice();
    if (this.#take(/\)/y) === null) throw new Error(`odd: ${this.#source}`);
    if (kind === "?=" || kind === "?!") {
      return { kind: "ahead", wanted: kind === "?=", body };
    }
    // Behind, a few letters are looked at, whatever the text is.
    const isBehind = kind === "?<=" || kind === "?<!";
    return isBehind ? { kind: "place", holds: () => true } : body;
  }

  #isPlace(text: string): boolean {
    return text === "^" || text === "$" || /^\\(?:[bB]|[1-9]|k)/.test(text);
  }

  #place(text: string): Node {
    // A part that comes again costs about as much as the part.
    if (/^\\[1-9k]/.test(text)) return { kind: "place", holds: () => true };
    const pattern = new RegExp(text, `${this.#flags}y`);
    return {
      kind: "place",
      holds: (whole, at) => {
        pattern.lastIndex = at;
        return pattern.test(whole);
      },
    };
  }

  #letter(text: string): Node {
    const pattern = new RegExp(`^(?:${text})$`, this.#flags);
    const known = new Map<string, boolean>();
    return {
      kind: "letter",
      matches: (letter) => {
        const before = known.get(letter);
        if (before !== undefined) return before;
        const now = pattern.test(letter);
        known.set(letter, now);
        return now;
      },
    };
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }

  #sees(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    return pattern.test(this.#source);
  }
}
