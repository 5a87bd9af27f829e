/**
 * What a server means by "no": its codes say little (550 is anything), so its
 * words are read, too.
 *
 * @module
 */

import type { FtpError } from "../errors.ts";

/** The kinds of failure that a reply can tell. */
export type ReplyKind =
  | "failed"
  | "connect"
  | "login"
  | "missing"
  | "permission"
  | "incomplete"
  | "tls";

const MISSING_REGEXP =
  /no such|not found|no files? found|not? exist|n't exist|(?:not|n't|unable to) find|nonexistent|non-existent/i;
const FORBIDDEN_REGEXP =
  /permission|denied|not allowed|not permitted|read.?only|forbidden|prohibited|privilege|not authori[sz]ed/i;
/** Found in both: "Cannot access a: no such file". */
const ACCESS_REGEXP = /\baccess/i;

const LOGIN_VERBS: readonly string[] = ["USER", "PASS", "ACCT"];
const TLS_VERBS: readonly string[] = ["AUTH", "PBSZ", "PROT", "CCC"];

/** Codes with one meaning, whatever the words: RFC 959, RFC 2228 for 53x. */
const KINDS: Readonly<Record<number, ReplyKind>> = {
  332: "login",
  421: "connect",
  425: "incomplete",
  426: "incomplete",
  430: "login",
  431: "tls",
  451: "incomplete",
  530: "login",
  532: "login",
  533: "tls",
  534: "tls",
  535: "tls",
  536: "tls",
  537: "tls",
};

/** Codes of which the words say what is meant. */
const UNCLEAR: readonly number[] = [450, 501, 550, 553];

/**
 * What a refusal means.
 *
 * @example
 * ```ts
 * import { FtpError } from "../errors.ts";
 * import { kindOfReply } from "./reply_kind.ts";
 * const reply = { code: 550, lines: ["Permission denied."] };
 * console.assert(kindOfReply(new FtpError("DELE a", reply)) === "permission");
 * ```
 */
export function kindOfReply(error: FtpError): ReplyKind {
  const { code } = error;
  const verb = verbOf(error);
  if (verb === "CONNECTING") return "connect";
  if (code !== 421 && LOGIN_VERBS.includes(verb)) return "login";
  if (code !== 421 && TLS_VERBS.includes(verb)) return "tls";
  if (!UNCLEAR.includes(code)) return KINDS[code] ?? "failed";
  return kindOfWords(ownWords(error));
}

/** What the path of a command has to be for the command to make sense. */
const NEEDED: Readonly<Record<string, "file" | "directory" | "any">> = {
  RETR: "file",
  DELE: "file",
  SIZE: "file",
  CWD: "directory",
  MLSD: "directory",
  LIST: "any",
  NLST: "any",
  MLST: "any",
  STAT: "any",
  MDTM: "any",
  MFMT: "any",
  RNFR: "any",
  SITE: "any",
};

/**
 * What a reply of code 550 means whose words do not tell, as `Failed to open
 * file.`: "missing" when there is no such entry, "permission" when there is one
 * that the command could have used. A folder that cannot be removed may just
 * not be empty, and a name that cannot be made says nothing by not being
 * there: these stay "failed".
 *
 * @param entry What is there; `null` for nothing.
 *
 * @example
 * ```ts
 * import { FtpError } from "../errors.ts";
 * import { kindOfEntry } from "./reply_kind.ts";
 * const reply = { code: 550, lines: ["Failed to open file."] };
 * const error = new FtpError("RETR a", reply);
 * console.assert(kindOfEntry(error, null) === "missing");
 * console.assert(kindOfEntry(error, { type: "file" }) === "permission");
 * ```
 */
export function kindOfEntry(error: FtpError, entry: unknown): ReplyKind {
  const verb = verbOf(error);
  const needed = NEEDED[verb];
  if (entry === null || entry === undefined) {
    return needed !== undefined || verb === "RMD" ? "missing" : "failed";
  }
  const type = typeof entry === "object" && "type" in entry ? entry.type : null;
  const isOther = (type === "file" || type === "directory") && type !== needed;
  if (needed === undefined || needed !== "any" && isOther) return "failed";
  return "permission";
}

/** The verb of the command, in capitals. */
function verbOf({ command }: FtpError): string {
  return command.split(" ", 1)[0]!.toUpperCase();
}

function kindOfWords(text: string): ReplyKind {
  const missing = MISSING_REGEXP.test(text);
  const forbidden = FORBIDDEN_REGEXP.test(text) ||
    !missing && ACCESS_REGEXP.test(text);
  if (missing === forbidden) return "failed";
  return missing ? "missing" : "permission";
}

/** What the server says, without the path: a file may be called "denied". */
function ownWords({ command, lines }: FtpError): string {
  const text = lines.join(" ").replace(/"[^"]*"/g, "");
  const path = command.slice(command.split(" ", 1)[0]!.length + 1);
  const name = path.slice(path.lastIndexOf("/") + 1);
  return [path, name].filter((part) => part.length > 2)
    .reduce((words, part) => words.replaceAll(part, ""), text);
}
