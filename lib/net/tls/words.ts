/**
 * What went wrong with TLS, in words for people.
 *
 * @module
 */

import { visible } from "../../visible.ts";
import { TlsError, type TlsProblem } from "./stream.ts";

/** A rule: what the runtime says, and what that means. */
type Rule = readonly [RegExp, TlsProblem, string];

/** The other end's reasons, by the names of its alerts (RFC 8446 section 6). */
const ALERTS: readonly Rule[] = [
  rule(
    "HandshakeFailure|InsufficientSecurity",
    "the other end refused the handshake: it has no cipher or key exchange in common with us, or wants a certificate of ours",
  ),
  rule(
    "ProtocolVersion|InappropriateFallback",
    "the other end speaks no version of TLS that is allowed here",
  ),
  rule(
    "BadCertificate|CertificateUnknown|UnsupportedCertificate|UnknownCA",
    "the other end does not trust our certificate",
    "certificate",
  ),
  rule(
    "CertificateExpired",
    "our certificate has expired, says the other end",
    "certificate",
  ),
  rule(
    "CertificateRevoked",
    "our certificate was revoked, says the other end",
    "certificate",
  ),
  rule(
    "CertificateRequired",
    "the other end demands a certificate of ours",
    "certificate",
  ),
  rule("AccessDenied", "the other end denies us access", "certificate"),
  rule(
    "NoApplicationProtocol",
    "the other end is there for another protocol than FTP (ALPN)",
  ),
  rule(
    "Unrecogni[sz]edName",
    "the other end is not of the name that we called",
  ),
  rule("UserCanceled", "the other end gave up"),
  rule("InternalError", "the other end gave up: an internal error"),
  rule(
    "DecodeError|DecryptError|BadRecordMac|UnexpectedMessage|RecordOverflow|IllegalParameter|MissingExtension|UnsupportedExtension",
    "the other end can't make sense of what we sent: it was changed on the way, or one of the two is broken",
  ),
];

/** What is said when the versions don't meet. */
const NO_VERSION = "no version of TLS in common with the other end";

/** What the runtime itself found. */
const FINDINGS: readonly Rule[] = [
  [
    /corrupt message|unexpected (handshake )?message|oversized record/,
    "handshake",
    "the other end does not speak TLS here, or what it sent is damaged",
  ],
  [
    /Version|Tls1[0-3]|SignatureAlgorithmsExtension/,
    "handshake",
    NO_VERSION,
  ],
  [
    /peer is incompatible/,
    "handshake",
    "no cipher or key exchange in common with the other end",
  ],
  [
    /cannot decrypt/,
    "handshake",
    "what the other end sent was changed on the way",
  ],
  [/sent no certificate/, "certificate", "the client shows no certificate"],
  [
    /invalid peer certificate|verify the first certificate/,
    "certificate",
    "the other end could not prove that the certificate it shows is its own",
  ],
  [
    /known protocol/,
    "handshake",
    "the other end wants another protocol than FTP (ALPN)",
  ],
  [
    /misbehaved/,
    "handshake",
    "the other end breaks the rules of TLS",
  ],
  [
    /unsupported protocol/,
    "set-up",
    "the certificates or versions of TLS that were given can't be used",
  ],
  [
    /disconnected before|ECONNRESET|socket hang up/,
    "closed",
    "the other end closed the connection during the TLS handshake",
  ],
];

function rule(
  names: string,
  words: string,
  problem: TlsProblem = "handshake",
): Rule {
  return [new RegExp(`fatal alert: (${names})\\b`), problem, words];
}

/**
 * The error for what the runtime says; one that nobody foresaw is shown as it
 * is. Errors of the connection itself stay what they are.
 */
export function explained(error: Error & { code?: string }): Error {
  const { code, message } = error;
  if (error instanceof TlsError || error instanceof Deno.errors.Interrupted) {
    return error;
  }
  const [, problem, words] =
    [...ALERTS, ...FINDINGS].find(([said]) => said.test(message)) ??
      [/any/, "handshake" as const, `TLS failed: ${visible(message)}`];
  return new TlsError(problem, words, { code: code ?? "", cause: error });
}

/** The error for somebody whose versions of TLS are all too old. */
export function noVersion(): TlsError {
  return new TlsError("handshake", NO_VERSION);
}

/** A fatal alert, not encrypted (RFC 8446 section 6): protocol_version. */
const WRONG_VERSION: readonly number[] = [21, 3, 1, 0, 2, 2, 70];

/**
 * What to send to somebody whose very first message was refused before TLS has
 * begun: old programs can tell their users then.
 */
export function firstAlert(error: unknown): Uint8Array<ArrayBuffer> | null {
  const isKnown = error instanceof TlsError && error.message === NO_VERSION;
  return isKnown ? Uint8Array.from(WRONG_VERSION) : null;
}
