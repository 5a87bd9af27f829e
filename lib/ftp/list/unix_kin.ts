/**
 * Relatives of `ls -l`: numeric Unix forms, EPLF
 * (https://cr.yp.to/ftp/list/eplf.html), VShell, NetWare and
 * Connect:Enterprise.
 *
 * @module
 */

import { readColumns } from "./columns.ts";
import { epochInstant } from "./date.ts";
import { findDate } from "./date_forms.ts";
import {
  after,
  type Context,
  entryOf,
  type Extras,
  type Line,
  type RemoteEntry,
  slashed,
} from "./entry.ts";
import { sizeOf } from "./size.ts";

const NUMERIC_TYPES: Readonly<Record<number, RemoteEntry["type"]>> = {
  0o000000: "file",
  0o040000: "directory",
  0o100000: "file",
  0o120000: "link",
};

/**
 * Reads the fields of `stat()` as numbers: mode in octal, owner, group, size,
 * seconds since 1970, name.
 *
 * @example
 * ```ts
 * import { lineOf } from "./entry.ts";
 * import { readNumeric } from "./unix_kin.ts";
 * const line = lineOf("040755 0 0 512 86400 pub");
 * console.assert(readNumeric(line)?.type === "directory");
 * ```
 */
export function readNumeric(line: Line): RemoteEntry | null {
  const [mode = "", owner = "", group = "", size = "", time = ""] = line.words
    .slice(0, 5).map((word) => word.text);
  const modified = epochInstant(time);
  const numbers = [owner, group, size].every((text) => /^\d{1,20}$/.test(text));
  if (!/^[0-7]{5,7}$/.test(mode) || !numbers || modified === null) return null;
  const bits = Number.parseInt(mode, 8);
  return entryOf(after(line, 4), NUMERIC_TYPES[bits & 0o170000] ?? "other", {
    mode: bits & 0o7777,
    owner,
    group,
    size: sizeOf(size) ?? null,
    modified,
  });
}

/**
 * Reads a line of EPLF: `+`, facts each followed by a comma, a tab, the name.
 *
 * @example
 * ```ts
 * import { lineOf } from "./entry.ts";
 * import { readEplf } from "./unix_kin.ts";
 * const line = lineOf("+i8.5,m825718503,r,s280,up644,\ta b");
 * console.assert(readEplf(line)?.mode === 0o644);
 * ```
 */
export function readEplf({ text }: Line): RemoteEntry | null {
  const match = /^\+([^ \t]*)[ \t]/.exec(text);
  if (match === null) return null;
  const facts = match[1]!.split(",");
  const extras = Object.assign({}, ...facts.map(eplfFact));
  const type = facts.includes("/") ? "directory" : "file";
  return entryOf(text.slice(match[0].length), type, extras);
}

function eplfFact(fact: string): Extras {
  const value = fact.slice(1);
  if (/^s\d+$/.test(fact)) return { size: sizeOf(value) ?? null };
  if (/^m\d+$/.test(fact)) return { modified: epochInstant(value) };
  if (/^up[0-7]{1,6}$/.test(fact)) {
    return { mode: Number.parseInt(fact.slice(2), 8) & 0o7777 };
  }
  return /^i./.test(fact) ? { unique: value } : {};
}

/**
 * Reads a line of VShell: size, `Dec 12, 2002 02:13`, name; a slash behind
 * the name of a folder.
 *
 * @example
 * ```ts
 * import { lineOf } from "./entry.ts";
 * import { readVShell } from "./unix_kin.ts";
 * const context = { now: Date.now, order: null, dialect: null, previous: null };
 * const entry = readVShell(lineOf("0  Dec 12, 2002 02:13 a b/"), context);
 * console.assert(entry?.name === "a b");
 * ```
 */
export function readVShell(line: Line, context: Context): RemoteEntry | null {
  const [first, second] = line.words;
  const size = sizeOf(first?.text ?? "");
  if (size === undefined || !/^\p{L}/u.test(second?.text ?? "")) return null;
  const found = findDate(line.text, second!.start, "sure", context);
  if (found === null) return null;
  const { name, type } = slashed(line.text.slice(found.end + 1));
  return entryOf(name, type, { size, modified: found.modified });
}

const RIGHTS_REGEXP =
  /^[ \t]{0,20}([-dl])[ \t]{0,8}\[[A-Z -]{1,20}\](?=[ \t])/i;

/**
 * Reads a line of a NetWare server: `d` or `-`, rights in brackets, perhaps a
 * link count, owner, size, date, name.
 *
 * @example
 * ```ts
 * import { lineOf } from "./entry.ts";
 * import { readNetWare } from "./unix_kin.ts";
 * const context = { now: Date.now, order: null, dialect: null, previous: null };
 * const line = lineOf("- [RWCEAFMS] dora  300 Jan 15  2011 a.pdf");
 * console.assert(readNetWare(line, context)?.owner === "dora");
 * ```
 */
export function readNetWare(line: Line, context: Context): RemoteEntry | null {
  const match = RIGHTS_REGEXP.exec(line.text);
  if (match === null) return null;
  const end = match[0].length;
  const first = line.words.findIndex((word) => word.start >= end);
  const columns = first < 0 ? null : readColumns(line, first, context);
  if (columns === null) return null;
  const { before, size, modified, name } = columns;
  const type = match[1]!.toLowerCase() === "d" ? "directory" : "file";
  const owner = before.map((word) => word.text)
    .filter((text, at) => at > 0 || !/^\d+$/.test(text)).join(" ");
  return entryOf(name.replace(/^[ \t]+/, ""), type, {
    size,
    modified,
    owner: owner === "" ? undefined : owner,
  });
}

/**
 * Reads a line of Connect:Enterprise: ten flags in capitals and hyphens, the
 * protocol at once, then words, size, date and name. All are files.
 *
 * @example
 * ```ts
 * import { lineOf } from "./entry.ts";
 * import { readConnectEnterprise } from "./unix_kin.ts";
 * const context = { now: Date.now, order: null, dialect: null, previous: null };
 * const line = lineOf("-C--E-----FTP B ME 18128 500 Aug 12 13:56 A");
 * console.assert(readConnectEnterprise(line, context)?.size === 500);
 * ```
 */
export function readConnectEnterprise(
  line: Line,
  context: Context,
): RemoteEntry | null {
  const flags = line.words[0]?.text ?? "";
  if (!/^-[A-Z-]{9}[A-Z]{2,8}$/.test(flags)) return null;
  const columns = readColumns(line, 1, context);
  if (columns === null) return null;
  const { size, modified, name, before } = columns;
  return entryOf(name, "file", { size, modified, owner: before[1]?.text });
}
