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
/**
 * What could not be made, and no word of why: vsftpd's `Could not create file.`
 * and `Create directory operation failed.`
 */
const UNMADE_REGEXP =
  /(?:\b(?:could ?not|can ?not|couldn't|can't|(?:failed|unable) to) (?:create|make|open|write|store)(?: \w+){0,3}|\b(?:create|make)(?: \w+){0,2} failed)\W*$/i;
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
  // The name was not allowed, says RFC 959; mostly it is the folder's fault.
  return isUnmade(error) ? "permission" : kindOfWords(ownWords(error));
}

/** A 553 that says no more than that nothing was made. */
function isUnmade(error: FtpError): boolean {
  return error.code === 553 && saysUnmade(error) &&
    kindOfWords(ownWords(error)) === "failed";
}

/** Whether the words say that something was not made, and not why. */
export function saysUnmade(error: FtpError): boolean {
  return UNMADE_REGEXP.test(ownWords(error));
}

/**
 * Whether neither code nor words say why, so that a look at the path may.
 *
 * @example
 * ```ts
 * import { FtpError } from "../errors.ts";
 * import { isVague } from "./reply_kind.ts";
 * const reply = { code: 550, lines: ["Failed to open file."] };
 * console.assert(isVague(new FtpError("RETR a", reply)));
 * ```
 */
export function isVague(error: FtpError): boolean {
  const isUntold = error.code === 550 && kindOfReply(error) === "failed";
  return isUntold || isUnmade(error);
}

/** The verb of the command, in capitals. */
export function verbOf({ command }: FtpError): string {
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
