/**
 * The lines of `ls -l`, as Unix servers and most others write them:
 * `drwxr-xr-x   2 owner group  4096 Mar  2 15:13 name`.
 *
 * @module
 */

import { type Columns, readColumns } from "./columns.ts";
import {
  type Context,
  entryOf,
  type Line,
  type RemoteEntry,
  type Word,
} from "./entry.ts";

/** Type, permissions, a mark for an access list, perhaps the link count. */
const MODE_REGEXP =
  /^([-dlbcpsDnmMCefPSw])((?:[r-][w-][xsStTlL-]?){3})[-+.@*]?(\d{0,9})$/;

const TYPES: Readonly<Record<string, RemoteEntry["type"]>> = {
  "-": "file",
  "f": "file",
  "m": "file",
  "M": "file",
  "C": "file",
  "d": "directory",
  "l": "link",
  "e": "link",
};

/**
 * Reads a line of `ls -l`.
 *
 * @example
 * ```ts
 * import { lineOf } from "./entry.ts";
 * import { readUnix } from "./unix.ts";
 * const line = lineOf("lrwxrwxrwx 1 me us 3 Jan  1  2000 a -> b/c");
 * const context = { now: Date.now, order: null, dialect: null, previous: null };
 * console.assert(readUnix(line, context)?.target === "b/c");
 * ```
 */
export function readUnix(line: Line, context: Context): RemoteEntry | null {
  const match = MODE_REGEXP.exec(line.words[0]?.text ?? "");
  if (match === null) return null;
  const columns = readColumns(line, 1, context);
  if (columns === null) return null;
  const type = TYPES[match[1]!] ?? "other";
  const { name, target } = type === "link"
    ? splitLink(columns.name, columns.size)
    : { name: columns.name, target: undefined };
  return entryOf(name, type, {
    size: "bc".includes(match[1]!) ? null : columns.size,
    modified: columns.modified,
    target,
    mode: modeOf(match[2]!),
    ...ownersOf(line, columns, match[3] !== ""),
  });
}

/**
 * The bits of three times `rwx`, in which the third letter may be missing.
 *
 * @example
 * ```ts
 * import { modeOf } from "./unix.ts";
 * console.assert(modeOf("rwxr-sr-T") === 0o3754);
 * ```
 */
export function modeOf(letters: string): number {
  let mode = 0;
  const triples = letters.matchAll(/([r-])([w-])([xsStTlL-]?)/g);
  for (const [at, [, read, write, last = ""]] of [...triples].entries()) {
    const bits = (read === "r" ? 4 : 0) + (write === "w" ? 2 : 0) +
      (/[xst]/.test(last) ? 1 : 0);
    mode |= bits << 6 - 3 * at;
    if (/[sStTlL]/.test(last)) mode |= 0o4000 >> at;
  }
  return mode;
}

const ARROW = " -> ";

/**
 * Divides a link's text. Where the arrow stands more than once, the target's
 * length, which is the size of a link, tells which one divides.
 */
function splitLink(
  text: string,
  size: number | null,
): { name: string; target: string | undefined } {
  const first = text.indexOf(ARROW);
  if (first < 1) return { name: text, target: undefined };
  let at = first;
  while (at > 0 && !isLong(text.slice(at + ARROW.length), size)) {
    at = text.indexOf(ARROW, at + 1);
  }
  const end = at > 0 ? at : first;
  return { name: text.slice(0, end), target: text.slice(end + ARROW.length) };
}

/** Whether `text` has `size` characters or bytes of UTF-8. */
function isLong(text: string, size: number | null): boolean {
  if (size === null || size < text.length || size > 3 * text.length) {
    return false;
  }
  return size === text.length ||
    size === new TextEncoder().encode(text).length;
}

/** Owner and group, as far as the words before the size tell them apart. */
function ownersOf(
  line: Line,
  { before, size }: Columns,
  linksRead: boolean,
): { owner?: string; group?: string } {
  if (isFork(before, size)) return {};
  const hasLinks = !linksRead && /^\d+$/.test(before[0]?.text ?? "");
  const [owner, ...groups] = blocks(line, hasLinks ? before.slice(1) : before);
  if (owner === undefined) return {};
  return groups.length === 0 ? { owner } : { owner, group: groups.join(" ") };
}

/**
 * NetPresenz tells the lengths of a file's two forks, or writes `folder`,
 * where others name the owner.
 */
function isFork(before: readonly Word[], size: number | null): boolean {
  const [first, second] = before.map((word) => word.text);
  if (second === undefined) return first === "folder";
  return before.length === 2 && Number(first) + Number(second) === size;
}

/**
 * The words, those of one name together: one with a space in it shows when
 * wider gaps leave two names.
 */
function blocks(line: Line, words: readonly Word[]): string[] {
  const [first, last] = [words[0], words.at(-1)];
  if (first === undefined || last === undefined) return [];
  const wide = line.text.slice(first.start, last.end).split(/[ \t]{2,}/);
  return wide.length === 2 ? wide : words.map((word) => word.text);
}
