/**
 * Which of the programs under comparison take part.
 *
 * @module
 */

import type { Missing } from "./servers.ts";

/**
 * Those of `all` whose names contain one of `words` (in small letters): the
 * ones that were found, and the ones that are missing, which `say` is told.
 */
export function choose<T extends { name: string; version: string }>(
  all: readonly (T | Missing)[],
  words: readonly string[],
  say: (line: string) => void,
): { found: T[]; missing: Missing[] } {
  const chosen = all.filter(({ name }) =>
    words.some((word) => name.toLowerCase().includes(word))
  );
  const missing = chosen.filter(isMissing);
  for (const { name, reason } of missing) say(`${name} left out: ${reason}`);
  const found = chosen.filter((each): each is T => !isMissing(each));
  return { found, missing };
}

function isMissing(program: object): program is Missing {
  return "reason" in program;
}

/** The names and versions of `programs`, on one line. */
export function versionsOf(
  programs: readonly { name: string; version: string }[],
): string {
  return programs.map(({ name, version }) => `${name} ${version}`).join(", ");
}
