/**
 * Permission bits as people write them for `chmod`.
 *
 * @module
 */

import { UsageError } from "../../../lib/cli.ts";
import { quoted } from "../../../lib/cli/values.ts";

/** A change of permission bits. */
export interface ModeChange {
  /** Whether it makes the same of any mode: octal digits do. */
  readonly absolute: boolean;
  /** The mode that it makes of another one. */
  apply(mode: number, isFolder: boolean): number;
}

const WHOLE: Readonly<Record<string, number>> = {
  u: 0o4700,
  g: 0o2070,
  o: 0o1007,
  a: 0o7777,
};
const BITS: Readonly<Record<string, number>> = {
  r: 0o444,
  w: 0o222,
  x: 0o111,
  s: 0o6000,
  t: 0o1000,
};
const EXECUTE = 0o111;

/**
 * Reads octal digits (`644`), or changes as `u+x,go-w` and `a=rX`: `X` is `x`
 * for folders, and for files that somebody may execute already. Who is not
 * named is everybody.
 *
 * @throws {UsageError} when it is neither.
 *
 * @example
 * ```ts
 * import { parseMode } from "./file_mode.ts";
 * console.assert(parseMode("600").apply(0o777, false) === 0o600);
 * console.assert(parseMode("u+x,go-w").apply(0o666, false) === 0o744);
 * ```
 */
export function parseMode(text: string): ModeChange {
  if (/^[0-7]{1,4}$/.test(text)) {
    const mode = parseInt(text, 8);
    return { absolute: true, apply: () => mode };
  }
  const clauses = text.split(",").map(parseClause);
  if (clauses.includes(null)) {
    throw new UsageError(
      `chmod: expected a mode such as 644, u+x or go-w, got ${quoted(text)}`,
    );
  }
  return {
    absolute: false,
    apply: (mode, isFolder) =>
      clauses.reduce((mode, clause) => clause!(mode, isFolder), mode),
  };
}

type Clause = ModeChange["apply"];

function parseClause(text: string): Clause | null {
  const parts = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(text);
  if (parts === null) return null;
  const [, who = "", operator, letters = ""] = parts;
  const reach = union(who || "a", WHOLE);
  return (mode, isFolder) => {
    const mayRun = isFolder || (mode & EXECUTE) !== 0;
    const extra = letters.includes("X") && mayRun ? EXECUTE : 0;
    const bits = (union(letters, BITS) | extra) & reach;
    if (operator === "+") return mode | bits;
    if (operator === "-") return mode & ~bits;
    return mode & ~reach | bits;
  };
}

function union(
  letters: string,
  bits: Readonly<Record<string, number>>,
): number {
  return [...letters].reduce((sum, letter) => sum | (bits[letter] ?? 0), 0);
}
