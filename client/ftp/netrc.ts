/**
 * The `.netrc` file: who logs in where, as ftp(1) began it and curl reads it.
 *
 * Words are separated by blanks and line ends; a value in double quotes may
 * hold blanks and the escapes `\"`, `\\`, `\n`, `\r` and `\t`. A `#` where a
 * word such as `login` could stand begins a comment, and so does one at the
 * start of a line. Macros are skipped: nothing in this file is ever run.
 *
 * @module
 */

/** How to log in to one host, or to all others. */
export interface NetrcEntry {
  /** The host as it was written; `null` for `default`. */
  readonly machine: string | null;
  /** The user; `null` when none is named, and then the entry is of no use. */
  readonly login: string | null;
  /** `null` when it has to be asked for. */
  readonly password: string | null;
  /** What ACCT is answered with; `null` when none is named. */
  readonly account: string | null;
}

/** What a `.netrc` file says. */
export interface Netrc {
  /** In the order of the file. */
  readonly entries: NetrcEntry[];
  /** What could not be read, with line numbers and never with a secret. */
  readonly problems: string[];
}

/** With what to log in. */
export interface NetrcLogin {
  /** The user. */
  readonly user: string;
  /** `null` when it has to be asked for. */
  readonly password: string | null;
  /** What ACCT is answered with; `null` when none is named. */
  readonly account: string | null;
}

/** Words that a value follows. */
type Valued = "machine" | "login" | "password" | "account" | "macdef";

type Draft = { -readonly [Key in keyof NetrcEntry]: NetrcEntry[Key] };

/** How far the reading is. */
interface State extends Netrc {
  /** What log-ins belong to; a bad machine's is in no list. */
  entry: Draft | null;
  /** The word whose value comes next, and its line. */
  wanted: { keyword: Valued; line: number } | null;
  /** Whether the lines are a macro's, up to an empty one. */
  macro: boolean;
}

const VALUED: readonly string[] = [
  "machine",
  "login",
  "password",
  "account",
  "macdef",
] satisfies Valued[];
const WORD_REGEXP = /"((?:[^"\\]+|\\.)*)("?)|\S+/g;
const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
};

/**
 * Reads the text of a `.netrc` file. It never throws: what makes no sense is
 * left out and told in `problems`. How long the text may be is for its reader
 * to decide.
 *
 * @example
 * ```ts
 * import { parseNetrc } from "./netrc.ts";
 * const { entries } = parseNetrc('machine a login ada password "x y"');
 * console.assert(entries[0]?.password === "x y");
 * ```
 */
export function parseNetrc(text: string): Netrc {
  const state: State = {
    entries: [],
    problems: [],
    entry: null,
    wanted: null,
    macro: false,
  };
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\r|\n/);
  for (const [index, line] of lines.entries()) readLine(state, line, index + 1);
  forgotten(state);
  const { entries, problems } = state;
  return { entries, problems };
}

/**
 * The log-in for a host: of the first entry with exactly its name, capitals
 * or not, else of `default`. With `user`, only entries of that user count.
 *
 * @example
 * ```ts
 * import { netrcLogin, parseNetrc } from "./netrc.ts";
 * const { entries } = parseNetrc("machine ftp.example.org login ada");
 * console.assert(netrcLogin(entries, "FTP.example.org")?.user === "ada");
 * console.assert(netrcLogin(entries, "example.org") === null);
 * ```
 */
export function netrcLogin(
  entries: readonly NetrcEntry[],
  hostname: string,
  user?: string,
): NetrcLogin | null {
  const name = hostname.toLowerCase();
  const fits = ({ login }: NetrcEntry) =>
    login !== null && (user === undefined || login === user);
  const found =
    entries.find((entry) =>
      entry.machine?.toLowerCase() === name && fits(entry)
    ) ?? entries.find((entry) => entry.machine === null && fits(entry));
  if (found === undefined || found.login === null) return null;
  const { login, password, account } = found;
  return { user: login, password, account };
}

function readLine(state: State, text: string, line: number): void {
  if (state.macro) {
    state.macro = text.trim() !== "";
    return;
  }
  if (text.trimStart().startsWith("#")) return;
  for (const [word, quoted, end] of text.matchAll(WORD_REGEXP)) {
    const value = quoted === undefined ? word : unescaped(quoted);
    const closed = end !== "";
    const keyword = quoted === undefined ? word.toLowerCase() : "";
    const known = VALUED.includes(keyword) || keyword === "default";
    // A keyword on the next line: the value was forgotten.
    if (known && state.wanted !== null && state.wanted.line < line) {
      forgotten(state);
    }
    if (state.wanted !== null) readValue(state, closed ? value : null, line);
    else if (word.startsWith("#")) return;
    else readKeyword(state, keyword, line);
    if (!closed || state.macro) return;
  }
}

function readKeyword(state: State, keyword: string, line: number): void {
  if (keyword === "default") {
    state.entry = newEntry(null);
    state.entries.push(state.entry);
  } else if (VALUED.includes(keyword)) {
    state.wanted = { keyword: keyword as Valued, line };
  } else {
    // It is not shown: it may be the second half of a password.
    complain(state, line, `expected default, ${VALUED.join(", ")}`);
  }
}

/** `value` is `null` when it cannot be read. */
function readValue(state: State, value: string | null, line: number): void {
  const { keyword } = state.wanted!;
  state.wanted = null;
  if (value === null) {
    complain(state, line, `the value of ${keyword} lacks its last quote`);
  }
  if (keyword === "macdef") {
    state.macro = true;
  } else if (keyword === "machine") {
    state.entry = newEntry(value);
    if (value !== null) state.entries.push(state.entry);
  } else if (state.entry !== null) {
    state.entry[keyword] = value;
  } else {
    complain(state, line, `${keyword} stands before the first machine`);
  }
}

/** Says that the word before has no value, if it lacks one. */
function forgotten(state: State): void {
  if (state.wanted === null) return;
  const { keyword, line } = state.wanted;
  state.wanted = null;
  complain(state, line, `${keyword} has no value`);
  // What follows must not go to the machine before.
  if (keyword === "machine") state.entry = newEntry(null);
}

/** One problem of a line is enough; more would only follow from it. */
function complain({ problems }: Netrc, line: number, what: string): void {
  const start = `line ${line}: `;
  if (!problems.at(-1)?.startsWith(start)) problems.push(start + what);
}

function newEntry(machine: string | null): Draft {
  return { machine, login: null, password: null, account: null };
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, char: string) => ESCAPES[char] ?? char);
}
