/**
 * Directory listings as clients read them: the lines that servers answer to
 * LIST, which no standard describes. This page orders the dialects; each is
 * read in `list/`.
 *
 * @module
 */

import { readFacts } from "./facts_parser.ts";
import { readDos, readNameFirst, readOs2, readVxWorks } from "./list/dos.ts";
import {
  type Context,
  type Line,
  lineOf,
  type Reader,
  type RemoteEntry,
} from "./list/entry.ts";
import { isHeader } from "./list/headers.ts";
import { readDls, readNonStop, readOs400, readZvm } from "./list/hosts.ts";
import { readMvs, readMvsName } from "./list/mvs.ts";
import { readUnix } from "./list/unix.ts";
import {
  readConnectEnterprise,
  readEplf,
  readNetWare,
  readNumeric,
  readVShell,
} from "./list/unix_kin.ts";
import { isVmsName, readVms, readVmsName } from "./list/vms.ts";

export type { RemoteEntry } from "./list/entry.ts";

/** Options for {@linkcode createListParser}. */
export interface ListParserOptions {
  /**
   * The time in milliseconds since 1970. A line without a year means the most
   * recent instant that is not later than a day from now.
   *
   * @default {Date.now}
   */
  now?: () => number;
}

/** Reads the lines of one listing, in order. */
export interface ListParser {
  /**
   * Reads one line, without its ending. `null` when there is no entry (yet):
   * for totals, titles, blank lines, `.` and `..`, and for a name whose rest
   * follows in the next line. A line that cannot be understood is an entry
   * with `unparsed`. Never throws; takes time in proportion to the line.
   */
  parse(line: string): RemoteEntry | null;
  /**
   * What was held back when the listing ended: call it until it is `null`.
   */
  flush(): RemoteEntry | null;
}

/**
 * The dialects, those first that cannot be taken for another. Who was right
 * last is asked before all others.
 */
const DIALECTS: readonly (readonly [name: string, read: Reader])[] = [
  ["unix", readUnix],
  ["dos", readDos],
  ["facts", readFacts],
  ["eplf", readEplf],
  ["vms", readVms],
  ["netware", readNetWare],
  ["numeric", readNumeric],
  ["os400", readOs400],
  ["mvs", readMvs],
  ["zvm", readZvm],
  ["nonstop", readNonStop],
  ["os2", readOs2],
  ["vxworks", readVxWorks],
  ["vshell", readVShell],
  ["connect-enterprise", readConnectEnterprise],
  ["name-first", readNameFirst],
  ["dls", readDls],
  ["mvs-name", readMvsName],
];

/**
 * Makes a parser for one listing. It learns as it reads: the dialect, and
 * whether the numbers of a date are day, month or year first.
 *
 * @example
 * ```ts
 * import { createListParser } from "./list_parser.ts";
 * const parser = createListParser();
 * const entry = parser.parse("drwxr-xr-x 2 me us 512 Jan  1  2000 my files");
 * console.assert(entry?.name === "my files");
 * console.assert(parser.parse("total 12") === null);
 * console.assert(parser.parse("Permission denied")?.unparsed !== undefined);
 * ```
 */
export function createListParser(
  { now = Date.now }: ListParserOptions = {},
): ListParser {
  const context: Context = { now, order: null, dialect: null, previous: null };
  const ready: RemoteEntry[] = [];
  let pending: string | null = null;

  function keep(entry: RemoteEntry | null): void {
    if (entry !== null && !isDots(entry.name)) ready.push(entry);
  }

  /** Reads the fields of a name that stood alone; false when they are none. */
  function complete(name: string, text: string): boolean {
    const entry = attempt("vms", readVms, lineOf(`${name} ${text}`), context);
    keep(entry ?? readVmsName(name, context));
    return entry !== null;
  }

  function parse(text: string): RemoteEntry | null {
    const [name, line] = [pending, lineOf(text)];
    pending = null;
    if (name !== null && complete(name, text)) return ready.shift() ?? null;
    if (isHeader(text)) return ready.shift() ?? null;
    if (mayBeVms(context) && isVmsName(line)) pending = text.trimEnd();
    else keep(read(line, context));
    return ready.shift() ?? null;
  }

  function flush(): RemoteEntry | null {
    if (pending !== null) keep(readVmsName(pending, context));
    pending = null;
    return ready.shift() ?? null;
  }

  return { parse, flush };
}

function mayBeVms({ dialect }: Context): boolean {
  return dialect === null || dialect === "vms";
}

function isDots(name: string): boolean {
  return name === "." || name === "..";
}

function read(line: Line, context: Context): RemoteEntry {
  const last = DIALECTS.filter(([name]) => name === context.dialect);
  for (const [name, reader] of [...last, ...DIALECTS]) {
    const entry = attempt(name, reader, line, context);
    if (entry !== null) return entry;
  }
  return {
    name: "",
    type: "other",
    size: null,
    modified: null,
    unparsed: line.text,
  };
}

/** Reads in one dialect; what another has taught about dates is put aside. */
function attempt(
  name: string,
  reader: Reader,
  line: Line,
  context: Context,
): RemoteEntry | null {
  const { order } = context;
  if (name !== context.dialect) context.order = null;
  const entry = reader(line, context);
  if (entry === null) context.order = order;
  else context.dialect = name;
  return entry;
}
