/**
 * Directory listings as a server writes them: the lines of `ls -l` for LIST
 * and the facts of MLST and MLSD (RFC 3659 section 7).
 *
 * @module
 */

import { formatTime } from "./time.ts";

/** What an entry is, links resolved. `other`: device, socket, broken link. */
export type EntryType = "file" | "directory" | "other";

/** One directory entry. */
export interface Entry {
  /** Last component of its path; `/` for the root. Never holds CR, LF or NUL. */
  name: string;
  /** What it is; for a link, what it leads to. */
  type: EntryType;
  /** Size in bytes. */
  size: number;
  /** Time of last modification. */
  modified: Date;
  /** Permission bits, 0 to 0o7777. */
  mode: number;
  /** Number of hard links. */
  links: number;
  /** Numeric user id of the owner. */
  owner: number;
  /** Numeric group id of the owner. */
  group: number;
  /** The same text for the same file, whatever its name. Has no `;` or space. */
  unique: string;
  /** Time of creation, where it is known. */
  created?: Date | undefined;
  /** Set when the entry is a symbolic link: its text as a client may see it. */
  link?: string;
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const HALF_A_YEAR = 182 * 24 * 3600 * 1000;
const AN_HOUR = 3600 * 1000;

/**
 * One line of LIST, without its ending, as `ls -l` prints it in the C locale;
 * times are UTC.
 *
 * @param now Milliseconds since 1970: the year stands in the line instead of
 * the time of day when `modified` is half a year older or in the future.
 *
 * @example
 * ```ts
 * import { listLine } from "./listing.ts";
 * const line = listLine({
 *   name: "a b", type: "file", size: 12, modified: new Date(0), mode: 0o644,
 *   links: 1, owner: 0, group: 0, unique: "1",
 * }, Date.now());
 * console.assert(line === "-rw-r--r--   1 0        0                  12 Jan  1  1970 a b");
 * ```
 */
export function listLine(entry: Entry, now: number): string {
  const columns = [
    modeText(entry),
    String(entry.links).padStart(3),
    String(entry.owner).padEnd(8),
    String(entry.group).padEnd(8),
    String(entry.size).padStart(12),
    listTime(entry.modified, now),
    entry.name,
  ];
  const line = columns.join(" ");
  return entry.link === undefined ? line : `${line} -> ${entry.link}`;
}

function listTime(modified: Date, now: number): string {
  const digits = formatTime(modified);
  const month = MONTHS[Number(digits.slice(4, 6)) - 1]!;
  const day = String(Number(digits.slice(6, 8))).padStart(2);
  const age = now - modified.getTime();
  const recent = age < HALF_A_YEAR && age > -AN_HOUR;
  const last = recent
    ? `${digits.slice(8, 10)}:${digits.slice(10, 12)}`
    : ` ${digits.slice(0, 4)}`;
  return `${month} ${day} ${last}`;
}

function modeText({ type, mode, link }: Entry): string {
  if (link !== undefined) return "lrwxrwxrwx";
  return TYPE_SIGNS[type] +
    modeLetters(mode >> 6, mode & 0o4000, "s") +
    modeLetters(mode >> 3, mode & 0o2000, "s") +
    modeLetters(mode, mode & 0o1000, "t");
}

const TYPE_SIGNS = { file: "-", directory: "d", other: "?" } as const;
const MODE_LETTERS = "--- --x -w- -wx r-- r-x rw- rwx".split(" ");

/** Three letters; a special bit stands in the place of the `x`. */
function modeLetters(bits: number, special: number, letter: string): string {
  const letters = MODE_LETTERS[bits & 7]!;
  if (special === 0) return letters;
  return letters.slice(0, 2) + (bits & 1 ? letter : letter.toUpperCase());
}

/** Facts that MLST and MLSD can tell, in the order they are told. */
export const FACTS = [
  "type",
  "size",
  "modify",
  "perm",
  "unique",
  "UNIX.mode",
  "UNIX.owner",
  "UNIX.group",
] as const;

/** Name of one fact. */
export type Fact = typeof FACTS[number];

/** Facts that are told until OPTS MLST chooses others. */
export const DEFAULT_FACTS: readonly Fact[] = FACTS.slice(0, 6);

const FACT_VALUES: Record<
  Fact,
  (entry: Entry, rights: readonly string[]) => string
> = {
  "type": factType,
  "size": (entry) => String(entry.size),
  "modify": (entry) => formatTime(entry.modified),
  "perm": factPermissions,
  "unique": (entry) => entry.unique,
  "UNIX.mode": (entry) => `0${entry.mode.toString(8).padStart(3, "0")}`,
  "UNIX.owner": (entry) => String(entry.owner),
  "UNIX.group": (entry) => String(entry.group),
};

/**
 * The facts of an entry and its name (RFC 3659 section 7.2), without the
 * line's ending: `type=file;size=12; a b`.
 *
 * @param rights What may be done there: some of `list`, `read`, `write`,
 * `append`, `delete`, `rename`, `make`.
 *
 * @example
 * ```ts
 * import { factsLine } from "./listing.ts";
 * const line = factsLine({
 *   name: "a b", type: "file", size: 12, modified: new Date(0), mode: 0o644,
 *   links: 1, owner: 0, group: 0, unique: "1",
 * }, ["type", "size", "perm"], ["list", "read"]);
 * console.assert(line === "type=file;size=12;perm=r; a b");
 * ```
 */
export function factsLine(
  entry: Entry,
  facts: readonly Fact[],
  rights: readonly string[],
): string {
  let told = "";
  for (const fact of facts) {
    told += `${fact}=${FACT_VALUES[fact](entry, rights)};`;
  }
  return `${told} ${entry.name}`;
}

function factType({ type, link }: Entry): string {
  if (type === "directory") return "dir";
  if (type === "file") return "file";
  return link === undefined ? "OS.unix=other" : "OS.unix=symlink";
}

/** Letters of the fact `perm` by what an entry is (RFC 3659 section 7.5.5). */
const LETTERS: Record<EntryType, readonly [letter: string, right: string][]> = {
  directory: [
    ["e", ""],
    ["l", "list"],
    ["c", "write"],
    ["m", "make"],
    ["f", "rename"],
    ["d", "delete"],
    ["p", "delete"],
  ],
  file: [
    ["r", "read"],
    ["a", "append"],
    ["d", "delete"],
    ["f", "rename"],
    ["w", "write"],
  ],
  other: [["d", "delete"], ["f", "rename"]],
};

/** Anybody may enter a folder. */
function factPermissions(
  { type }: Entry,
  rights: readonly string[],
): string {
  let letters = "";
  for (const [letter, right] of LETTERS[type]) {
    if (right === "" || rights.includes(right)) letters += letter;
  }
  return letters;
}
