/**
 * Whom a client trusts.
 *
 * @module
 */

import type { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { visible } from "../../visible.ts";
import { isFor } from "./certificates.ts";
import { shownBy } from "./facts.ts";
import {
  type PeerCertificate,
  TlsError,
  type TlsFacts,
  type TrustOptions,
} from "./stream.ts";

/** Most characters of a server's names that an error message shows. */
const LONGEST_NAMES = 200;

/**
 * Looks at the certificate of a control connection.
 *
 * @throws {TlsError} when the server `host` is not to be trusted.
 */
export function checkTrust(
  socket: TLSSocket,
  { peer, resumed }: TlsFacts,
  host: string,
  { insecure, pins }: TrustOptions,
): void {
  if (insecure) return;
  if (peer === null) throw distrust(null, "the server shows no certificate");
  if (pins !== undefined) return checkPins(peer, pins);
  const shown = shownBy(socket)!;
  // A session that is resumed is one that nobody has looked at just now.
  if (!socket.authorized || resumed) {
    const code = codeOf(String(socket.authorizationError ?? ""), shown);
    throw distrust(peer, reasonOf(code, shown), code);
  }
  if (isFor(shown, host)) return;
  const code = "ERR_TLS_CERT_ALTNAME_INVALID";
  throw distrust(
    peer,
    `the server's certificate is for ${namesOf(shown)}, not for ${host}`,
    code,
  );
}

function checkPins(peer: PeerCertificate, pins: readonly string[]): void {
  const { fingerprint, keyFingerprint } = peer;
  if (keyFingerprint === "") {
    const message =
      "the server's certificate is of an old or broken form, which a pin can't vouch for: it needs one of X.509 version 3";
    throw distrust(peer, message, "PIN");
  }
  if (pins.includes(fingerprint) || pins.includes(keyFingerprint)) return;
  throw distrust(peer, "the server's certificate is not the pinned one", "PIN");
}

function distrust(
  peer: PeerCertificate | null,
  message: string,
  code = "",
): TlsError {
  return new TlsError("certificate", message, { code, peer });
}

/** The runtime has one code for all that it does not tell apart. */
function codeOf(told: string, { validFrom, validTo }: X509Certificate): string {
  if (told !== "UNABLE_TO_VERIFY_LEAF_SIGNATURE") return told;
  const now = Date.now();
  if (Date.parse(validTo) < now) return "CERT_HAS_EXPIRED";
  return Date.parse(validFrom) > now ? "CERT_NOT_YET_VALID" : told;
}

function reasonOf(code: string, { validFrom, validTo }: X509Certificate) {
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return `the server's certificate expired on ${dayOf(validTo)}`;
    case "CERT_NOT_YET_VALID":
      return `the server's certificate counts from ${dayOf(validFrom)} on only`;
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return "the server's certificate is signed by itself";
    case "CERT_REVOKED":
      return "the server's certificate was revoked";
    default:
      return "the server's certificate is signed by nobody whom this machine trusts";
  }
}

function dayOf(time: string): string {
  return new Date(time).toISOString().slice(0, 10);
}

function namesOf({ subjectAltName, subject }: X509Certificate): string {
  const names = visible(subjectAltName ?? subject ?? "nobody");
  return names.length <= LONGEST_NAMES
    ? names
    : `${names.slice(0, LONGEST_NAMES)}…`;
}
