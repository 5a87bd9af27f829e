/**
 * Lines of hosts with a system of their own: IBM i (OS/400), z/VM and HP
 * NonStop; and the listings of `dls`.
 *
 * @module
 */

import { instantOf, timeOfDay } from "./date.ts";
import { dayInNumbers, dayWithName } from "./day.ts";
import {
  after,
  type Context,
  entryOf,
  type Line,
  type RemoteEntry,
  slashed,
} from "./entry.ts";
import { sizeOf } from "./size.ts";

const FOLDERS: readonly string[] = ["*DIR", "*DDIR", "*LIB", "*FLR"];

/**
 * Reads a line of IBM i: owner, size, day, time, `*TYPE`, name. Members of a
 * file have neither size nor time. Of a path only the last part is the name.
 *
 * @example
 * ```ts
 * import { readOs400 } from "./hosts.ts";
 * import { lineOf } from "./entry.ts";
 * const context = { now: Date.now, order: null, dialect: null, previous: null };
 * const line = lineOf("ME  36864 18.09.06 14:21:26 *FILE   A.FILE");
 * console.assert(readOs400(line, context)?.size === 36864);
 * ```
 */
export function readOs400(line: Line, context: Context): RemoteEntry | null {
  const words = line.words.slice(0, 6).map((word) => word.text);
  const at = words.findIndex((text, at) => at > 0 && /^\*[A-Z]/.test(text));
  if (at < 1 || line.words.length < at + 2) return null;
  const modified = at > 2 ? dayAndTime(words, at - 2, context) : null;
  const facts = words.slice(1, modified === null ? at : at - 2);
  const size = facts.length === 0 ? null : sizeOf(facts[0]!);
  if (size === undefined || facts.length > 1) return null;
  const { name, type } = slashed(after(line, at));
  return entryOf(
    name.startsWith("/") ? name.slice(name.lastIndexOf("/") + 1) : name,
    FOLDERS.includes(words[at]!) ? "directory" : os400Type(words[at]!, type),
    { owner: words[0], size, modified },
  );
}

function os400Type(
  word: string,
  byName: RemoteEntry["type"],
): RemoteEntry["type"] {
  return /^\*(?:SYMLNK|LNK)$/.test(word) ? "link" : byName;
}

function dayAndTime(
  words: readonly string[],
  at: number,
  context: Context,
): Date | null {
  const day = dayInNumbers(words[at]!, "dmy", context);
  const time = timeOfDay(words[at + 1] ?? "");
  return day && time && instantOf(day, time, context);
}

/**
 * Reads a line of z/VM: name, type, format, record length, records, blocks,
 * day, time, perhaps a label. Size is known for records of fixed length.
 *
 * @example
 * ```ts
 * import { readZvm } from "./hosts.ts";
 * import { lineOf } from "./entry.ts";
 * const context = { now: Date.now, order: null, dialect: null, previous: null };
 * const line = lineOf("A  EXEC  F  80  10  1 2005-10-04 15:28:42 060191");
 * console.assert(readZvm(line, context)?.size === 800);
 * ```
 */
export function readZvm({ words }: Line, context: Context): RemoteEntry | null {
  const texts = words.map((word) => word.text);
  const [name = "", type = "", format = "", length = "", records = ""] = texts;
  const isFolder = type === "DIR" && format === "-";
  if (words.length > 9 || !isFolder && !/^[VFvf]$/.test(format)) return null;
  const counts = texts.slice(3, 6).every((text) => /^(?:\d+|-)$/.test(text));
  const at = counts ? 6 : -1;
  const modified = at < 0 || words.length < 8
    ? null
    : dayInNumbersAndTime(texts[at]!, texts[at + 1]!, context);
  if (modified === null) return null;
  if (isFolder) return entryOf(name, "directory", { modified });
  const size = /^f$/i.test(format)
    ? sizeOf(String(Number(length) * Number(records)))
    : null;
  return entryOf(`${name}.${type}`, "file", { size: size ?? null, modified });
}

function dayInNumbersAndTime(
  date: string,
  clock: string,
  context: Context,
): Date | null {
  const day = dayInNumbers(date, "mdy", context);
  const time = timeOfDay(clock);
  return day && time && instantOf(day, time, context);
}

/**
 * Reads a line of HP NonStop: name, perhaps a mark for open files, code,
 * size, `12-Jan-14`, time, owner, and security in quotes.
 *
 * @example
 * ```ts
 * import { readNonStop } from "./hosts.ts";
 * import { lineOf } from "./entry.ts";
 * const context = { now: Date.now, order: null, dialect: null, previous: null };
 * const line = lineOf('F1  101  528 12-Jan-14 14:21:18 255, 0 "nunu"');
 * console.assert(readNonStop(line, context)?.owner === "255,0");
 * ```
 */
export function readNonStop(
  { words }: Line,
  context: Context,
): RemoteEntry | null {
  const texts = words.slice(0, 10).map((word) => word.text);
  const at = /^[O?*]$/.test(texts[1] ?? "") ? 2 : 1;
  const [code = "", size = "", date = "", clock = "", ...owner] = texts.slice(
    at,
  );
  const isFile = /^[A-Za-z#$][A-Za-z0-9]{0,7}$/.test(texts[0] ?? "") &&
    /^\d{1,5}[A-Z+]{0,2}$/.test(code) && /^\d{1,20}$/.test(size);
  const day = isFile ? dayWithName(date) : null;
  const time = timeOfDay(clock);
  const modified = day && time && instantOf(day, time, context);
  if (modified === null) return null;
  const who = /^(\d{1,3}, ?\d{1,3})(?: |$)/.exec(owner.join(" "))?.[1];
  return entryOf(texts[0]!, "file", {
    size: sizeOf(size) ?? null,
    modified,
    owner: who?.replace(" ", ""),
  });
}

/**
 * Reads a line of `dls`: name, blanks, size or `-` or `=`, and perhaps two
 * spaces and a description; a slash behind the name of a folder.
 *
 * @example
 * ```ts
 * import { readDls } from "./hosts.ts";
 * import { lineOf } from "./entry.ts";
 * const context = { now: Date.now, order: null, dialect: null, previous: null };
 * const line = lineOf("pub/                  =  Public area");
 * console.assert(readDls(line, context)?.name === "pub");
 * ```
 */
export function readDls(line: Line, { dialect }: Context): RemoteEntry | null {
  const [first, second, third] = line.words;
  if (first?.start !== 0 || second === undefined) return null;
  const { name, type } = slashed(first.text);
  const isSure = type === "directory" || dialect === "dls" ||
    dialect === null && second.start - first.end >= 2;
  const isDescribed = third === undefined || third.start - second.end >= 2;
  if (!isSure || !isDescribed) return null;
  if (!/^(?:\d{1,16}|[-=])$/.test(second.text)) return null;
  const size = sizeOf(second.text) ?? null;
  return third?.text === "->"
    ? entryOf(name, "link", { size, target: after(line, 2) })
    : entryOf(name, type, { size });
}
