/**
 * Lines of listings that nobody understands, and names that nobody can use.
 *
 * @module
 */

import { visible } from "../../../lib/visible.ts";
import type { ListEntry } from "../listing.ts";
import type { Shell } from "./shell.ts";

/** Tells of unreadable lines. */
export interface Unreadable {
  /**
   * Whether the entry is such a line, and need not be shown: the user is told
   * of the first five. Programs get them as records.
   */
  add(entry: ListEntry): boolean;
  /** Tells how many more there were. */
  end(): void;
}

const MOST_WARNINGS = 5;
const MOST_LETTERS = 200;

/** None has come yet. */
export function createUnreadable(
  { output }: Pick<Shell, "output">,
): Unreadable {
  let count = 0;
  return {
    add({ unparsed }) {
      if (unparsed === undefined || output.json) return false;
      if (++count > MOST_WARNINGS) return true;
      const line = visible(unparsed.slice(0, MOST_LETTERS));
      output.warn(`cannot read this line of the listing: ${line}`);
      return true;
    },
    end() {
      const more = count - MOST_WARNINGS;
      if (more > 0) output.warn(`${more} more lines could not be read`);
    },
  };
}

/** Tells of entries that nothing is done with, because of their names. */
export interface Refused {
  /** Tells of an entry, if it is one of the first five. */
  add(entry: ListEntry): void;
  /** Tells how many more there were. */
  end(): void;
}

/** None has come yet. */
export function createRefused(
  { output }: Pick<Shell, "output">,
): Refused {
  let count = 0;
  return {
    add({ name, unparsed }) {
      if (++count > MOST_WARNINGS) return;
      const text = visible((unparsed ?? name).slice(0, MOST_LETTERS));
      const why = unparsed === undefined
        ? "this is no name of a file"
        : "cannot read this line of the listing";
      output.warn(`left out "${text}": ${why}`);
    },
    end() {
      const more = count - MOST_WARNINGS;
      if (more > 0) output.warn(`${more} more were left out`);
    },
  };
}
