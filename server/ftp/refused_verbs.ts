/**
 * Verbs that documents and other servers know and this server does not offer,
 * with the reason or what to use in their place.
 *
 * @module
 */

const MOUNTS = "What is mounted where is the server's to say.";
const NO_TLS = "This server has no certificate.";
const ONLY_TLS = "Protection is by TLS only: use AUTH TLS.";
const LONG = "Use EPRT or EPSV.";
const SECURE_BOTH = "Use PROT P; servers never talk to each other here.";
const EARLY_PORT = "The server need not know beforehand what comes.";

const REASONS: ReadonlyMap<string, string> = new Map(Object.entries({
  SMNT: MOUNTS,
  AUTH: NO_TLS,
  PBSZ: NO_TLS,
  PROT: NO_TLS,
  CCC: NO_TLS,
  ADAT: ONLY_TLS,
  CONF: ONLY_TLS,
  ENC: ONLY_TLS,
  MIC: ONLY_TLS,
  HOST: "This server has one name.",
  LPRT: LONG,
  LPSV: LONG,
  SSCN: SECURE_BOTH,
  CPSV: SECURE_BOTH,
  PRET: EARLY_PORT,
  THMB: "Pictures are not made smaller here; use RETR.",
  RMDA: "Folders are removed when they are empty: DELE, then RMD.",
  XRCP: "Use SMTP for mail, SITE CPFR for copies.",
  ESTA: "The address is known: use EPRT.",
  ESTP: "Use EPSV.",
  XSEM: "Messages to terminals are of another time.",
  XSEN: "Messages to terminals are of another time.",
  MSND: "Use SMTP.",
  MSOM: "Use SMTP.",
  MSAM: "Use SMTP.",
  MRSQ: "Use SMTP.",
  MRCP: "Use SMTP.",
  MMD5: "Ask for one file at a time: MD5.",
}));

/**
 * Why a verb is not offered, as a sentence; `null` when nobody knows the verb.
 *
 * @example
 * ```ts
 * import { whyRefused } from "./refused_verbs.ts";
 * console.assert(whyRefused("LPRT") === "Use EPRT or EPSV.");
 * console.assert(whyRefused("FOO") === null);
 * ```
 */
export function whyRefused(verb: string): string | null {
  return REASONS.get(verb) ?? null;
}
