/**
 * Lines of z/OS (MVS): data sets, members of partitioned data sets, load
 * modules, jobs, and data sets that are somewhere else. Sizes count tracks and
 * records there, so they stay unknown; load modules tell bytes.
 *
 * @module
 */

import { instantOf, timeOfDay } from "./date.ts";
import { dayInNumbers } from "./day.ts";
import { type Context, entryOf, type Line, type RemoteEntry } from "./entry.ts";

const DATE_REGEXP = /^\d{4}\/\d{1,2}\/\d{1,2}$/;
const MEMBER_REGEXP = /^[A-Z0-9@#$][A-Z0-9@#$.-]{0,43}$/;

/**
 * Reads any line of z/OS but a bare name.
 *
 * @example
 * ```ts
 * import { lineOf } from "./entry.ts";
 * import { readMvs } from "./mvs.ts";
 * const context = { now: Date.now, order: null, dialect: null, previous: null };
 * const line = lineOf("SAVE02 3390 2004/06/23  1  1 FB  128 6144 PO A.B");
 * console.assert(readMvs(line, context)?.type === "directory");
 * ```
 */
export function readMvs(line: Line, context: Context): RemoteEntry | null {
  const words = line.words.slice(0, 20).map((word) => word.text);
  return readDataSet(words, context) ?? readMember(words, context) ??
    readLoadModule(words) ?? readElsewhere(words) ?? readJob(words);
}

/** `Volume Unit Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname` */
function readDataSet(
  words: readonly string[],
  context: Context,
): RemoteEntry | null {
  const [organization = "", name = ""] = words.slice(-2);
  if (words.length < 6 || words.length > 10) return null;
  if (!/^[A-Z]{2,5}(?:-[A-Z])?$/.test(organization)) return null;
  const referred = words[2]!;
  const modified = dayIn(referred, null, context);
  if (modified === null && !/^\*+(?:NONE\*+|(?<=\*\*))$/i.test(referred)) {
    return null;
  }
  const type = /^P(?:O|DS)/.test(organization) ? "directory" : "file";
  return entryOf(name, type, { modified });
}

/** `Name VV.MM Created Changed Size Init Mod Id`, changed with a time */
function readMember(
  [name = "", version = "", created = "", changed = "", time = ""]:
    readonly string[],
  context: Context,
): RemoteEntry | null {
  if (!/^\d\d\.\d\d$/.test(version) || !DATE_REGEXP.test(created)) return null;
  const modified = dayIn(changed, time, context);
  return modified && entryOf(name, "file", { modified });
}

function dayIn(
  text: string,
  time: string | null,
  context: Context,
): Date | null {
  const clock = time === null ? null : timeOfDay(time);
  if (!DATE_REGEXP.test(text) || clock === null && time !== null) return null;
  const day = dayInNumbers(text, "ymd", context);
  return day && instantOf(day, clock, context);
}

/** `Name Size TTR Alias-of AC Attributes Amode Rmode`, numbers in hex */
function readLoadModule(words: readonly string[]): RemoteEntry | null {
  const [name = "", size = "", address = ""] = words;
  const isHex = [size, address].every((text) => /^[\dA-F]{6,8}$/.test(text));
  if (!isHex || !/^(?:ANY|24|31|64)$/.test(words.at(-1)!)) return null;
  return entryOf(name, "file", { size: Number.parseInt(size, 16) });
}

/** What stands before the name of a data set that is not on a disk. */
const ELSEWHERE_REGEXP =
  /^(?:Migrated|Pseudo Directory|(?:\S{1,8} ){0,2}(?:VSAM|GDG|PATH|AIX|Tape|Not Mounted|Not Direct Access Device)|Error determining attributes|User catalog connector)$/i;

function readElsewhere(words: readonly string[]): RemoteEntry | null {
  if (words.length < 2 || words.length > 7) return null;
  const state = words.slice(0, -1).join(" ");
  if (!ELSEWHERE_REGEXP.test(state)) return null;
  const type = /^Pseudo/i.test(state) ? "directory" : "file";
  return entryOf(words.at(-1)!, type);
}

/** `Owner JOB12345 OUTPUT …`; a job is fetched by its number. */
function readJob(words: readonly string[]): RemoteEntry | null {
  const [owner = "", job = ""] = words;
  const isJob = /^(?:(?:JOB|TSU|STC)\d{5}|[JST]\d{7})$/.test(job) &&
    words.some((word) => /^(?:INPUT|HELD|HOLD|ACTIVE|OUTPUT)$/.test(word));
  return isJob ? entryOf(job, "file", { owner }) : null;
}

/**
 * Reads a bare name in capitals, which is how z/OS lists a member without
 * statistics. It could be anything, so it counts only where nothing, or
 * z/OS, was listed before.
 *
 * @example
 * ```ts
 * import { lineOf } from "./entry.ts";
 * import { readMvsName } from "./mvs.ts";
 * const context = { now: Date.now, order: null, dialect: null, previous: null };
 * console.assert(readMvsName(lineOf("IEFBR14"), context)?.type === "file");
 * ```
 */
export function readMvsName(
  { words }: Line,
  { dialect }: Context,
): RemoteEntry | null {
  const name = words[0]?.text ?? "";
  const isName = words.length === 1 && MEMBER_REGEXP.test(name) &&
    /[A-Z]/.test(name);
  const fits = dialect === null || dialect.startsWith("mvs");
  return isName && fits ? entryOf(name, "file") : null;
}
