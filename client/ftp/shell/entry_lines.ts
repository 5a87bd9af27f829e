/**
 * Entries of listings as lines for people.
 *
 * @module
 */

import {
  columns,
  formatBytes,
  type Style,
  styles,
} from "../../../lib/terminal/mod.ts";
import { visible } from "../../../lib/visible.ts";
import type { ListEntry } from "../listing.ts";
import { octal, plainType } from "./entry_record.ts";

/** How entries are shown. */
export interface EntryLook {
  /** Sizes with units. */
  readonly human: boolean;
  /** Whether names have colours. */
  readonly color: boolean;
  /** Columns of the screen; 0 where there is none: a name on each line. */
  readonly columns: number;
}

/** As many columns as the longest number below a terabyte has digits. */
const WIDEST_SIZE = 12;

/**
 * Entries in long form: mode, size, time of last modification in UTC, name.
 * Names are never shortened, and nothing in them can move a cursor.
 *
 * @example
 * ```ts
 * import { longLines } from "./entry_lines.ts";
 * const [line] = longLines([{
 *   name: "a",
 *   path: "a",
 *   type: "file",
 *   size: 12,
 *   modified: new Date(0),
 *   mode: 0o644,
 * }], { human: false, color: false, columns: 80 });
 * console.assert(line === "-rw-r--r--  12  1970-01-01 00:00  a");
 * ```
 */
export function longLines(
  entries: readonly ListEntry[],
  look: EntryLook,
): string[] {
  const sizes = entries.map((entry) => sizeText(entry, look.human));
  const widest = sizes.reduce((most, { length }) => Math.max(most, length), 1);
  const width = Math.min(widest, WIDEST_SIZE);
  const style = nameStyles(look.color);
  return entries.map((entry, at) => {
    const size = sizes[at]!.padStart(width);
    const name = style(entry)(visible(entry.name));
    const target = entry.target === undefined
      ? ""
      : ` -> ${visible(entry.target)}`;
    return `${modeText(entry)}  ${size}  ${timeText(entry)}  ${name}${target}`;
  });
}

/** Names alone: side by side on a screen, each on its line elsewhere. */
export function nameLines(
  entries: readonly ListEntry[],
  look: EntryLook,
): string[] {
  const names = entries.map(({ name }) => name);
  if (look.columns < 1) return names.map(visible);
  const style = nameStyles(look.color);
  return columns(names, look.columns, {
    style: (name, at) => style(entries[at]!)(name),
  });
}

/** All that is known of an entry, a fact on each line. */
export function factLines(entry: ListEntry, human: boolean): string[] {
  const { path, size, modified, target, mode, owner, group, perm } = entry;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["path", path || "."],
    ["type", plainType(entry)],
    ["size", size === null ? undefined : bytesText(size, human)],
    ["modified", modified?.toISOString()],
    ["target", target],
    ["mode", mode === undefined ? mode : `${octal(mode)} (${modeText(entry)})`],
    ["owner", owner],
    ["group", group],
    ["allowed", perm],
    ["unparsed", entry.unparsed],
  ];
  return facts.flatMap(([name, text]) =>
    text ? [`${name}: ${visible(text)}`] : []
  );
}

/** Bytes as digits, or with a unit. */
export function bytesText(size: number, human: boolean): string {
  return human ? formatBytes(size) : String(size);
}

function sizeText({ size, type }: ListEntry, human: boolean): string {
  return size === null || type === "directory" ? "-" : bytesText(size, human);
}

/** Minutes are enough to read, and more than most servers tell. */
function timeText({ modified }: ListEntry): string {
  const text = modified?.toISOString().slice(0, 16).replace("T", " ") ?? "-";
  return text.padEnd(16);
}

const LETTERS: Readonly<Record<ListEntry["type"], string>> = {
  file: "-",
  directory: "d",
  link: "l",
  other: "?",
};

/**
 * The mode as `ls` writes it: `drwxr-xr-x`; only its first letter where the
 * server tells no permissions.
 *
 * @example
 * ```ts
 * import { modeText } from "./entry_lines.ts";
 * console.assert(modeText({ type: "file", mode: 0o4755 }) === "-rwsr-xr-x");
 * ```
 */
export function modeText(
  { type, mode }: Pick<ListEntry, "type" | "mode">,
): string {
  const letter = LETTERS[type];
  if (mode === undefined) return letter.padEnd(10);
  const groups = [
    triple(mode >> 6, mode & 0o4000, "s"),
    triple(mode >> 3, mode & 0o2000, "s"),
    triple(mode, mode & 0o1000, "t"),
  ];
  return letter + groups.join("");
}

function triple(bits: number, special: number, letter: string): string {
  const execute = (bits & 1) !== 0;
  const last = special !== 0
    ? execute ? letter : letter.toUpperCase()
    : execute
    ? "x"
    : "-";
  return `${bits & 4 ? "r" : "-"}${bits & 2 ? "w" : "-"}${last}`;
}

/** Folders and links look different. */
function nameStyles(color: boolean): (entry: ListEntry) => Style {
  const { blue, cyan } = styles(color);
  return ({ type }) =>
    type === "directory" ? blue : type === "link" ? cyan : (text) => text;
}
