/**
 * Certificates as servers and clients look at them (X.509, RFC 5280).
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import { ipVersion } from "../ip.ts";
import {
  type PeerCertificate,
  type ServerCertificate,
  TlsError,
} from "./stream.ts";

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * The certificates of a PEM text, in their order.
 *
 * @throws {TlsError} when there is none, or one is damaged.
 */
export function parseCertificates(
  pem: string,
  what: string,
): X509Certificate[] {
  const blocks = pem.match(BLOCK) ?? [];
  if (blocks.length === 0) {
    throw new TlsError("set-up", `${what} has no certificate (PEM)`);
  }
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (cause) {
    const message = `${what} has a damaged certificate`;
    throw new TlsError("set-up", message, { cause });
  }
}

/**
 * The server's own certificate, when it can be used with its key.
 *
 * @throws {TlsError} when it can't: one line that says why.
 */
export function checkServerCertificate(
  { cert, key }: ServerCertificate,
): X509Certificate {
  const [own] = parseCertificates(cert, "the certificate file");
  let isOurs: boolean;
  try {
    isOurs = own!.checkPrivateKey(createPrivateKey(key));
  } catch (cause) {
    const isLocked = /ENCRYPTED/.test(key);
    const why = isLocked ? "is encrypted" : "has no private key (PEM)";
    throw new TlsError("set-up", `the key file ${why}`, { cause });
  }
  if (isOurs) return own!;
  throw new TlsError("set-up", "the key does not belong to the certificate");
}

/** Whether a certificate is for this host: a name, or an address. */
export function isFor(certificate: X509Certificate, host: string): boolean {
  return ipVersion(host) !== null
    ? certificate.checkIP(host) !== undefined
    : certificate.checkHost(host) !== undefined;
}

/** Whether one of these authorities signed a certificate, and both count. */
export function isIssuedBy(
  certificate: X509Certificate,
  authorities: readonly X509Certificate[],
  now: number,
): boolean {
  if (!countsAt(certificate, now)) return false;
  return authorities.some((authority) =>
    authority.ca && countsAt(authority, now) &&
    certificate.checkIssued(authority) &&
    certificate.verify(authority.publicKey)
  );
}

function countsAt(
  { validFrom, validTo }: X509Certificate,
  now: number,
): boolean {
  return Date.parse(validFrom) <= now && now <= Date.parse(validTo);
}

/** What a program needs to know of a certificate. */
export function describe(certificate: X509Certificate): PeerCertificate {
  const key = certificate.publicKey.export({ type: "spki", format: "der" });
  return {
    fingerprint: sha256(certificate.raw),
    keyFingerprint: sha256(key),
    commonName: commonName(certificate.subject ?? ""),
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(Buffer.from(bytes)).digest("hex");
}

/** The last one counts, where there are several (RFC 6125 section 2.3.1). */
function commonName(subject: string): string {
  const names = subject.split("\n").filter((line) => line.startsWith("CN="));
  return names.at(-1)?.slice(3) ?? "";
}
