/**
 * Certificates as servers and clients look at them (X.509, RFC 5280).
 *
 * @module
 */

import type { X509Certificate } from "node:crypto";
import type { Bytes } from "../../bytes.ts";
import { type Certificate, readCertificate } from "../../x509/certificate.ts";
import { node } from "./node.ts";
import {
  type PeerCertificate,
  type ServerCertificate,
  TlsError,
} from "./stream.ts";

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
/** Private keys that only a password opens (PKCS #8, and before). */
const LOCKED = /BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/;

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
  const { X509Certificate } = node().crypto;
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (cause) {
    const message = `${what} has a damaged certificate`;
    throw new TlsError("set-up", message, { cause });
  }
}

/**
 * SHA-256 of the first certificate of a PEM text, in lower-case hexadecimal
 * digits: what people compare, and what clients pin.
 *
 * @throws {TlsError} when there is none, or it is damaged.
 *
 * @example
 * ```ts
 * import { createCertificate } from "../../x509.ts";
 * import { certificateFingerprint } from "./certificates.ts";
 * const { cert } = await createCertificate({ names: ["localhost"] });
 * console.assert(/^[0-9a-f]{64}$/.test(certificateFingerprint(cert)));
 * ```
 */
export function certificateFingerprint(pem: string): string {
  return sha256(parseCertificates(pem, "the text")[0]!.raw);
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
  if (LOCKED.test(key)) {
    throw new TlsError(
      "set-up",
      "the key file is encrypted: remove its password",
    );
  }
  let isOurs: boolean;
  try {
    isOurs = own!.checkPrivateKey(node().crypto.createPrivateKey(key));
  } catch (cause) {
    const message = "the key file has no private key (PEM)";
    throw new TlsError("set-up", message, { cause });
  }
  if (isOurs) return own!;
  throw new TlsError("set-up", "the key does not belong to the certificate");
}

/** Whether a certificate is for this host: a name, or an address (RFC 6125). */
export function isFor(certificate: X509Certificate, host: string): boolean {
  const { checkServerIdentity } = node().tls;
  try {
    const names = certificate.toLegacyObject();
    return checkServerIdentity(host, names) === undefined;
  } catch {
    return false;
  }
}

/** What a program needs to know of a certificate. */
export function describe({ raw }: { raw: Uint8Array }): PeerCertificate {
  const der = new Uint8Array(raw);
  const read = readOrNull(der);
  return {
    fingerprint: sha256(der),
    keyFingerprint: read === null ? "" : sha256(read.spki),
    commonName: read?.commonName ?? "",
  };
}

/** Nobody can vouch for what is not well-formed. */
function readOrNull(der: Bytes): Certificate | null {
  try {
    return readCertificate(der);
  } catch {
    return null;
  }
}

function sha256(bytes: Uint8Array): string {
  return node().crypto.createHash("sha256").update(bytes).digest("hex");
}
