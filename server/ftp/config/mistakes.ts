/**
 * What is wrong in a configuration file: all of it is told, not just the first.
 *
 * @module
 */

import { UsageError } from "../../../lib/cli.ts";

/** More than these help nobody. */
const MOST = 20;

/** Collects what is wrong in one file. */
export interface Mistakes {
  /** Name of the file, as messages show it. */
  readonly file: string;
  /** Notes what is wrong in a line. */
  add(line: number, text: string): void;
  /**
   * Ends reading when something was noted.
   *
   * @throws {UsageError} of a line `FILE:LINE: TEXT` for each mistake.
   */
  refuse(): void;
}

/**
 * Collects what is wrong in a file.
 *
 * @example
 * ```ts
 * import { mistakesIn } from "./mistakes.ts";
 * const mistakes = mistakesIn("ftpd.toml");
 * mistakes.refuse();
 * mistakes.add(3, 'unknown key "prot"');
 * let told = "";
 * try {
 *   mistakes.refuse();
 * } catch (error) {
 *   told = (error as Error).message;
 * }
 * console.assert(told === 'ftpd.toml:3: unknown key "prot"');
 * ```
 */
export function mistakesIn(file: string): Mistakes {
  const found: { line: number; text: string }[] = [];
  return {
    file,
    add: (line, text) => void found.push({ line, text }),
    refuse() {
      if (found.length === 0) return;
      const lines = found.sort((one, other) => one.line - other.line)
        .map(({ line, text }) => `${file}:${line}: ${text}`);
      const [first, ...more] = lines.slice(0, MOST);
      const rest = lines.length - MOST;
      if (rest > 0) more.push(`${file}: and ${rest} more mistakes`);
      throw new UsageError(first!, { more });
    },
  };
}
