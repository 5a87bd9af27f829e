/**
 * Lines of MLSD and MLST (RFC 3659 section 7.2): facts, a space, and a name
 * to the end of the line.
 *
 * @module
 */

import { entryOf, type Line, type RemoteEntry } from "./list/entry.ts";
import { sizeOf } from "./list/size.ts";
import { parseTime } from "./time.ts";

/** An entry as its facts tell it. */
export interface FactsEntry extends RemoteEntry {
  /** What the account may do, as letters of RFC 3659 section 7.5.5. */
  perm?: string;
  /**
   * The fact `type` (section 7.5.1): `cdir` is the listed folder itself,
   * `pdir` one above it, and neither is an entry of the folder.
   */
  kind: "file" | "dir" | "cdir" | "pdir" | "other";
}

type Facts = ReadonlyMap<string, string>;

/** Facts that tell a line of facts from any other with a `=` in it. */
const KNOWN_REGEXP =
  /(?:^|;)(?:type|size|sizd|modify|perm|unique|unix\.[a-z]{1,9})=/i;
/** A target may have blanks in it, although no value should. */
const TARGET_REGEXP = /(?:^|;)type=os\.unix=s(?:ym)?link:[^;]*$/i;
const REST_OF_TARGET_REGEXP = /^[^;]*;(?:[^=; \t]{1,64}=[^;]*;)*(?=[ \t])/;
const LINK_REGEXP = /^(?:os\.[^=]{1,20}=)?(?:s|sym)?link(?::(.*))?$/is;

/**
 * Reads one line of MLSD or MLST, without its ending; `null` when it is none.
 * Names of facts count in any case, unknown ones are ignored, and values that
 * make no sense are as good as missing. One space before the facts is allowed,
 * as MLST has it. The name is all that follows one space (or tab).
 *
 * @example
 * ```ts
 * import { parseFacts } from "./facts_parser.ts";
 * const entry = parseFacts("Type=file;Size=12;Modify=20240229123456; a b");
 * console.assert(entry?.name === "a b" && entry.size === 12);
 * console.assert(parseFacts("total 12") === null);
 * ```
 */
export function parseFacts(line: string): FactsEntry | null {
  const text = /^ [^ \t=;]{1,64}=/.test(line) ? line.slice(1) : line;
  const end = factsEnd(text);
  const name = text.slice(end + 1);
  if (end < 0 || name === "") return null;
  const facts = factsOf(text.slice(0, end));
  return facts && entryOfFacts(name, facts);
}

/**
 * Reads a line of facts where lines of LIST are expected. The listed folder
 * itself and the one above are given the names `.` and `..`.
 *
 * @example
 * ```ts
 * import { readFacts } from "./facts_parser.ts";
 * const entry = readFacts({ text: "type=cdir; /pub" });
 * console.assert(entry?.name === ".");
 * ```
 */
export function readFacts({ text }: Pick<Line, "text">): RemoteEntry | null {
  const head = text.slice(0, Math.max(0, text.search(/[ \t]/)));
  const parsed = KNOWN_REGEXP.test(head) ? parseFacts(text) : null;
  if (parsed === null) return null;
  const { kind, perm: _, ...entry } = parsed;
  if (kind === "cdir") return { ...entry, name: "." };
  return kind === "pdir" ? { ...entry, name: ".." } : entry;
}

/** Offset of the blank behind the facts; -1 when there is none. */
function factsEnd(text: string): number {
  const end = text.search(/[ \t]/);
  if (end < 0 || !TARGET_REGEXP.test(text.slice(0, end))) return end;
  const rest = REST_OF_TARGET_REGEXP.exec(text.slice(end));
  return end + (rest?.[0].length ?? 0);
}

/** Values by the name in lower case; `null` for a text without a fact. */
function factsOf(text: string): Facts | null {
  const facts = new Map<string, string>();
  for (const fact of text.split(";")) {
    const at = fact.indexOf("=");
    if (at < 1) continue;
    facts.set(fact.slice(0, at).toLowerCase(), fact.slice(at + 1));
  }
  return facts.size === 0 && text !== "" ? null : facts;
}

function entryOfFacts(name: string, facts: Facts): FactsEntry | null {
  const fact = (key: string) => facts.get(key) || undefined;
  const entry = entryOf(name, typeOf(facts), {
    size: bytesOf(fact("size") ?? fact("sizd")),
    modified: timeOf(fact("modify")),
    target: LINK_REGEXP.exec(fact("type") ?? "")?.[1] || undefined,
    mode: modeOf(fact("unix.mode")),
    owner: fact("unix.ownername") ?? fact("unix.owner") ?? fact("unix.uid"),
    group: fact("unix.groupname") ?? fact("unix.group") ?? fact("unix.gid"),
    unique: fact("unique"),
  });
  const perm = facts.get("perm")?.toLowerCase();
  const told = { kind: kindOf(facts), ...(perm === undefined ? {} : { perm }) };
  return entry && { ...entry, ...told };
}

function kindOf(facts: Facts): FactsEntry["kind"] {
  const type = facts.get("type")?.toLowerCase();
  switch (type) {
    case "file":
    case "dir":
    case "cdir":
    case "pdir":
      return type;
    case undefined:
      return facts.has("sizd") ? "dir" : facts.has("size") ? "file" : "other";
    default:
      return "other";
  }
}

function typeOf(facts: Facts): RemoteEntry["type"] {
  const kind = kindOf(facts);
  if (kind === "file") return "file";
  if (kind !== "other") return "directory";
  return LINK_REGEXP.test(facts.get("type") ?? "") ? "link" : "other";
}

function bytesOf(text: string | undefined): number | null | undefined {
  return /^\d+$/.test(text ?? "") ? sizeOf(text!) : null;
}

/** Digits beyond a nanosecond are dropped. */
function timeOf(text: string | undefined): Date | null {
  return parseTime((text ?? "").replace(/(\.\d{9})\d+$/, "$1"));
}

function modeOf(text: string | undefined): number | undefined {
  const digits = /^(?:0o)?([0-7]{1,7})$/.exec(text ?? "")?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 8) & 0o7777;
}
