/**
 * What a drop box says when it is asked for help.
 *
 * @module
 */

import type { DropAccess } from "./box.ts";

/**
 * The commands that a client may use, a line each.
 *
 * @example
 * ```ts
 * import { helpLines } from "./help.ts";
 * console.assert(helpLines("read-only").every((line) => !/save/.test(line)));
 * ```
 */
export function helpLines(access: DropAccess): string[] {
  const takes = access !== "read-only";
  const gives = access !== "upload-only";
  const exact = [
    ...takes ? ["send SIZE NAME"] : [],
    ...gives ? ["fetch NAME", "list"] : [],
  ];
  return [
    ...takes ? TAKING : [],
    ...gives ? GIVING : [],
    "quit                 end",
    `for programs: ${exact.join(", ")}`,
  ];
}

const TAKING = [
  "a first line NAME    save what follows, until your end, as NAME",
  "put NAME             the same, also for a name that is a command",
];

const GIVING = [
  "get NAME             send a file",
  "dir                  list the files",
];
