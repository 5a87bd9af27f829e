/**
 * Lines of OpenVMS: `[DIR]NAME.EXT;2  12/18  2-JUN-1998 07:32:04  [GROUP,OWNER]
 * (RWED,RWED,RW,R)`, the fields behind the name in any order. A long name
 * stands alone, and its fields in the next line.
 *
 * @module
 */

import { type Day, instantOf, type TimeOfDay, timeOfDay } from "./date.ts";
import { dayWithName } from "./day.ts";
import {
  type Context,
  entryOf,
  type Line,
  lineOf,
  type RemoteEntry,
} from "./entry.ts";
import { humanSize, sizeOf } from "./size.ts";

/** The version ends the name, whatever stands in it. */
const VERSION_REGEXP = /;(\d{1,5})(?=[ \t]|$)/;
const BLOCK_BYTES = 512;

/**
 * Reads a line of VMS. The name comes without device, folder and version,
 * and without the `.DIR` of a folder; an older version of the file before it
 * keeps its version, as the two would have one name otherwise. The size is
 * rounded up to blocks.
 *
 * @example
 * ```ts
 * import { lineOf } from "./entry.ts";
 * import { readVms } from "./vms.ts";
 * const context = { now: Date.now, order: null, dialect: null, previous: null };
 * const line = lineOf("A.DIR;1  1/9  2-JUN-1998 07:32:04  [G,O]");
 * console.assert(readVms(line, context)?.name === "A");
 * ```
 */
export function readVms({ text }: Line, context: Context): RemoteEntry | null {
  const match = VERSION_REGEXP.exec(text);
  if (match === null) return null;
  const fields = fieldsOf(text.slice(match.index + match[0].length));
  if (fields?.day === undefined) return null;
  const modified = instantOf(fields.day, fields.time ?? null, context);
  if (modified === null) return null;
  const { size, owner } = fields;
  const named = entryOfName(text.slice(0, match.index), match[0], context);
  return named && { ...named, modified, ...entryExtras(size, owner) };
}

/**
 * Whether a line is a name of VMS and nothing else.
 *
 * @example
 * ```ts
 * import { lineOf } from "./entry.ts";
 * import { isVmsName } from "./vms.ts";
 * console.assert(isVmsName(lineOf("A-LONG-NAME.TXT;1")));
 * ```
 */
export function isVmsName({ text, words }: Line): boolean {
  const last = words.at(-1);
  return last !== undefined && text !== "" && !/^[ \t]/.test(text) &&
    VERSION_REGEXP.exec(text)?.index === last.end - versionLength(last.text);
}

/** Length of the version and its semicolon at the end of a word, or 0. */
function versionLength(word: string): number {
  return /;\d{1,5}$/.exec(word)?.[0].length ?? 0;
}

/**
 * The entry of a name whose fields never came.
 *
 * @example
 * ```ts
 * import { readVmsName } from "./vms.ts";
 * const context = { now: Date.now, order: null, dialect: null, previous: null };
 * console.assert(readVmsName("A.TXT;1", context)?.name === "A.TXT");
 * ```
 */
export function readVmsName(
  text: string,
  context: Context,
): RemoteEntry | null {
  const match = VERSION_REGEXP.exec(text);
  return match && entryOfName(text.slice(0, match.index), match[0], context);
}

function entryOfName(
  path: string,
  version: string,
  context: Context,
): RemoteEntry | null {
  const full = path.slice(path.lastIndexOf("]") + 1);
  if (full === "") return null;
  const isOlder = context.dialect === "vms" && context.previous === full;
  context.previous = full;
  if (/.\.DIR$/i.test(full)) {
    return entryOf(full.slice(0, -".DIR".length), "directory");
  }
  return entryOf(isOlder ? full + version : full, "file");
}

function entryExtras(
  size: number | null | undefined,
  owner: string | undefined,
): Partial<RemoteEntry> {
  return { size: size ?? null, ...(owner === undefined ? {} : { owner }) };
}

interface Fields {
  size?: number | null;
  day?: Day;
  time?: TimeOfDay;
  owner?: string;
}

/** `null` when there is anything that is no field. */
function fieldsOf(text: string): Fields | null {
  const fields: Fields = {};
  for (const word of joinBrackets(lineOf(text))) {
    if (!addField(fields, word)) return null;
  }
  return fields;
}

/** The words; what stands in brackets is one. */
function joinBrackets({ text, words }: Line): string[] {
  const joined: string[] = [];
  let start: number | null = null;
  for (const word of words) {
    if (start === null && /^[[(]/.test(word.text)) start = word.start;
    if (start === null) joined.push(word.text);
    else if (/[\])]$/.test(word.text)) {
      joined.push(text.slice(start, word.end));
      start = null;
    }
  }
  return start === null ? joined : [...joined, text.slice(start)];
}

function addField(fields: Fields, word: string): boolean {
  const size = fields.size === undefined ? blocksOf(word) : undefined;
  if (size !== undefined) fields.size = size;
  else if (fields.day === undefined && isDay(word)) {
    fields.day = dayWithName(word)!;
  } else if (fields.time === undefined && timeOfDay(word) !== null) {
    fields.time = timeOfDay(word)!;
  } else if (/^\[.*\]$/.test(word)) fields.owner ??= word.slice(1, -1);
  else if (/^\([A-Z,]*\)$/i.test(word)) return true;
  else if (fields.owner === undefined && /^[\w$*-]+$/.test(word)) {
    fields.owner = word;
  } else return false;
  return true;
}

function isDay(word: string): boolean {
  return /^\d{1,2}-.*-\d{4}$/.test(word) && dayWithName(word) !== null;
}

/** Bytes of `used` or `used/allocated` blocks, or of `12KB/18KB`. */
function blocksOf(word: string): number | null | undefined {
  const [used = "", allocated] = word.split("/", 2);
  if (allocated !== undefined && !/^\d/.test(allocated)) return undefined;
  if (!/^\d{1,15}$/.test(used)) return humanSize(used);
  return sizeOf(String(Number(used) * BLOCK_BYTES));
}
