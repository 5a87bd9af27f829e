/**
 * Random choices that are the same for the same seed.
 *
 * @module
 */

/** A source of random choices. */
export interface Random {
  /** A whole number from 0 to `end`, `end` left out. */
  below(end: number): number;
  /** One of these. */
  pick<T>(choices: readonly T[]): T;
}

/** Random choices by Marsaglia's xorshift of 32 bits. */
export function randomOf(seed: number): Random {
  let state = seed * 2654435761 >>> 0 || 1;
  function below(end: number): number {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % end;
  }
  return { below, pick: (choices) => choices[below(choices.length)]! };
}

/** What URLs are made of, and what has a meaning in them. */
const URL_PIECES: readonly string[] = [
  ..."/%;=?#@:[]*\\ '\"&+.~-_aZ9ä月😀\u0080",
  "..",
  "type=a",
  "//",
];

/** Fewer than `most` random pieces of URLs. */
export function randomUrlText(random: Random, most: number): string {
  let text = "";
  for (let left = random.below(most); left > 0; left--) {
    text += random.pick(URL_PIECES);
  }
  return text;
}
