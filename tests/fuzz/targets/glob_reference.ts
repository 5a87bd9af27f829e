/**
 * Patterns of names matched another way: every letter against every token, in
 * a table. Slow, and simple enough to be right.
 *
 * @module
 */

type Token = "*" | ((letter: string) => boolean);

/** Whether `name` matches `pattern`; leading dots are like any letter. */
export function globReference(pattern: string, name: string): boolean {
  const tokens = tokensOf([...pattern]);
  // Whether the first tokens match the letters so far, one entry for each.
  let row = [true];
  for (const [at, token] of tokens.entries()) {
    row[at + 1] = row[at]! && token === "*";
  }
  for (const letter of name) {
    const next = [false];
    for (const [at, token] of tokens.entries()) {
      next[at + 1] = token === "*"
        ? next[at]! || row[at + 1]!
        : row[at]! && token(letter);
    }
    row = next;
  }
  return row[tokens.length]!;
}

function tokensOf(letters: readonly string[]): Token[] {
  const [first, ...rest] = letters;
  if (first === undefined) return [];
  if (first === "*") return ["*", ...tokensOf(rest)];
  if (first === "?") return [() => true, ...tokensOf(rest)];
  if (first === "[") {
    const from = rest[0] === "!" || rest[0] === "^" ? 2 : 1;
    const end = rest.indexOf("]", from);
    if (end >= 0) {
      return [setOf(rest.slice(0, end)), ...tokensOf(rest.slice(end + 1))];
    }
  }
  return [(letter) => letter === first, ...tokensOf(rest)];
}

function setOf(inner: readonly string[]): (letter: string) => boolean {
  const isNot = inner[0] === "!" || inner[0] === "^";
  const left = isNot ? inner.slice(1) : [...inner];
  return (letter) => isNot !== isIn(left, letter);
}

function isIn(set: readonly string[], letter: string): boolean {
  if (set.length === 0) return false;
  const [low = "", dash, high] = set;
  const isRange = dash === "-" && high !== undefined;
  if (isRange ? low <= letter && letter <= high : low === letter) return true;
  return isIn(set.slice(isRange ? 3 : 1), letter);
}

/**
 * How often `action` looks a letter up in a set, which is a step that can be
 * counted from outside: time is not, on a busy machine.
 */
export function stepsOf(action: () => void): number {
  const { some } = Array.prototype;
  let steps = 0;
  function counted(this: unknown[], ...args: Parameters<typeof some>): boolean {
    steps++;
    return some.apply(this, args);
  }
  Array.prototype.some = counted as typeof some;
  try {
    action();
  } finally {
    Array.prototype.some = some;
  }
  return steps;
}
