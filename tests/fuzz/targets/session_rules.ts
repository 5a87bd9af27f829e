/**
 * What a server may answer: codes by command (RFC 959 section 5.4 and the
 * RFCs of the other commands), and what has to come before.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";

/** Codes that say no, whatever the command. */
const REFUSALS = new Set(
  ("421 425 426 431 450 451 452 500 501 502 503 504 522 530 533 534 536 550 " +
    "551 552 553 554").split(" "),
);

/** Codes that say yes, by command; transfers have 150 in front. */
const CONSENT: Readonly<Record<string, string>> = {
  USER: "331 230 232",
  PASS: "230 202",
  ACCT: "202 230",
  REIN: "220",
  QUIT: "221",
  HOST: "220",
  AUTH: "234",
  PBSZ: "200",
  PROT: "200",
  CCC: "200",
  TYPE: "200",
  STRU: "200",
  MODE: "200",
  OPTS: "200",
  PORT: "200",
  EPRT: "200",
  PASV: "227",
  EPSV: "229 200",
  REST: "350",
  RANG: "350",
  RNFR: "350",
  RNTO: "250",
  DELE: "250",
  MKD: "257",
  XMKD: "257",
  RMD: "250",
  XRMD: "250",
  CWD: "250",
  XCWD: "250",
  CDUP: "250 200",
  XCUP: "250 200",
  PWD: "257",
  XPWD: "257",
  SIZE: "213",
  MDTM: "213",
  MFMT: "213",
  MFCT: "213",
  MFF: "213",
  MLST: "250",
  STAT: "211 212 213",
  FEAT: "211",
  HELP: "211 214",
  SYST: "215",
  NOOP: "200",
  CLNT: "200",
  LANG: "200",
  CSID: "200",
  ALLO: "200 202",
  AVBL: "213",
  SITE: "200 202 213 214 250 350 211",
  HASH: "213",
  MD5: "251 213",
  MMD5: "252 213",
  XCRC: "250",
  XMD5: "250 251",
  XSHA: "250",
  XSHA1: "250",
  XSHA256: "250",
  XSHA512: "250",
  COMB: "250",
  DSIZ: "213",
  ABOR: "225 226",
  SMNT: "202 250",
  RETR: "226 250",
  STOR: "226 250",
  STOU: "226 250",
  APPE: "226 250",
  LIST: "226 250",
  NLST: "226 250",
  MLSD: "226 250",
};

const TRANSFERS = new Set("RETR STOR STOU APPE LIST NLST MLSD".split(" "));
/** Works for everybody who is there. */
const OPEN = new Set(
  ("USER PASS QUIT HOST AUTH PBSZ PROT CCC OPTS FEAT HELP SYST NOOP CLNT CSID " +
    "STAT SITE LANG ABOR").split(" "),
);

/** What was no command: it counts for nothing. */
const NO_COMMAND = new Set(["500", "501", "502"]);

/** The verb of a line, when it is plain; else `null`. */
export function verbOf(line: string): string | null {
  return /^([A-Za-z][A-Za-z0-9]{2,7})(?: [!-~ ]*)?$/.exec(line)?.[1]
    ?.toUpperCase() ?? null;
}

/** One reply that says how it went, and what came before it. */
export function checkCodes(verb: string, codes: readonly string[]): void {
  const story = `${verb}: ${codes.join(" ")}`;
  const final = codes.at(-1) ?? "";
  assert(codes.length === 1 || codes.length === 2, story);
  if (codes.length === 2) {
    assert(TRANSFERS.has(verb) && codes[0] === "150", story);
  } else if (TRANSFERS.has(verb)) {
    assert(REFUSALS.has(final), story);
  }
  const consent = CONSENT[verb]?.split(" ") ?? [];
  assert(consent.includes(final) || REFUSALS.has(final), story);
}

/** What is known of a session from what it was told and has answered. */
export class Rules {
  #isIn: boolean | null = false;
  #user = "";
  #before: { verb: string; code: string } | null = null;
  /** Users who have come in. */
  readonly users: Set<string> = new Set();

  /** Several commands at once: who came first is not known here. */
  forget(): void {
    this.#isIn = null;
    this.#before = null;
  }

  /** A command by itself and its replies. */
  heard(line: string, codes: readonly string[]): void {
    const verb = verbOf(line);
    const final = codes.at(-1) ?? "";
    if (verb === null) return this.#other(final);
    checkCodes(verb, codes);
    const isYes = /^[123]/.test(final);
    if (this.#isIn === false && !OPEN.has(verb)) {
      assert(!isYes, `${verb} before log-in: ${final}`);
    }
    if (verb === "RNTO" && this.#before !== null) {
      const { verb: last, code } = this.#before;
      const isNamed = last === "RNFR" && code === "350";
      if (!isNamed) assert(!isYes, `RNTO after ${last}: ${final}`);
      if (!isNamed && this.#isIn && /^RNTO ./i.test(line)) {
        assertEquals(final, "503", `${last} ${code}, then ${line}`);
      }
    }
    this.#follow(verb, line, final);
    if (!NO_COMMAND.has(final)) this.#before = { verb, code: final };
  }

  #follow(verb: string, line: string, final: string): void {
    if (verb === "USER" && final === "331") this.#user = line.slice(5);
    if (final === "230" || final === "232") {
      assert(this.#before === null || verb === "USER" || verb === "PASS");
      this.#isIn = true;
      this.users.add(this.#user);
    }
    if (verb === "REIN" && final === "220") this.#isIn = false;
  }

  /** A line that is no plain command is never welcome. */
  #other(final: string): void {
    if (!REFUSALS.has(final)) this.forget();
    else if (!NO_COMMAND.has(final)) this.#before = null;
  }
}
