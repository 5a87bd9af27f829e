/**
 * Certificates, made here (X.509 version 3, RFC 5280): for servers that sign
 * their own, and for tests. ECDSA P-256 with SHA-256, by Web Crypto.
 *
 * @module
 */

import type { Bytes } from "./bytes.ts";
import {
  keyIdOf,
  makeKeys,
  readSigner,
  sign,
  type Signer,
} from "./x509/authority.ts";
import {
  bitString,
  contextTag,
  element,
  integer,
  oid,
  sequence,
  TAG,
  text,
  time,
} from "./x509/der.ts";
import { extensions } from "./x509/extensions.ts";
import { checkCommonName, MOST_NAMES } from "./x509/names.ts";
import { encodePem } from "./x509/pem.ts";

/** A day in milliseconds. */
const DAY = 86_400_000;
/** Bytes of a serial number, of which one bit is fixed. */
const SERIAL_SIZE = 16;

/** A certificate and its key. */
export interface CertificateAndKey {
  /** The certificate, in PEM. */
  readonly cert: string;
  /** Its private key, in PEM (PKCS #8, not encrypted). */
  readonly key: string;
}

/** What {@linkcode createCertificate} makes. */
export interface CertificateOptions {
  /**
   * Host names (ASCII, perhaps `*.` in front) and IP addresses, at most 100.
   * May be empty when there is a `commonName`.
   */
  readonly names: readonly string[];
  /** Subject, 1 to 64 characters. @default {names[0]} */
  readonly commonName?: string;
  /** Counts from then on. @default {a day ago, for clocks that are behind} */
  readonly from?: Date;
  /** Counts until then. @default {10 years after now} */
  readonly until?: Date;
  /** Who signs it, an ECDSA P-256 key. @default {itself} */
  readonly issuer?: CertificateAndKey;
  /** Whether it may sign others. @default {false} */
  readonly authority?: boolean;
  /** What it is for, unless it is an authority. @default {"server"} */
  readonly purpose?: "server" | "client";
}

/**
 * Makes a key and a certificate for it.
 *
 * @throws {TypeError} when a name, date or issuer can't be used: one line.
 *
 * @example
 * ```ts
 * import { createCertificate } from "./x509.ts";
 * const { cert, key } = await createCertificate({
 *   names: ["localhost", "127.0.0.1", "::1"],
 * });
 * console.assert(cert.startsWith("-----BEGIN CERTIFICATE-----"));
 * console.assert(key.startsWith("-----BEGIN PRIVATE KEY-----"));
 * ```
 */
export async function createCertificate(
  options: CertificateOptions,
): Promise<CertificateAndKey> {
  const subject = subjectOf(options);
  const keys = await makeKeys();
  const spki = await exported("spki", keys.publicKey);
  const keyId = await keyIdOf(spki);
  const signer = options.issuer === undefined
    ? { ...keys, subject, keyId }
    : await readSigner(options.issuer.cert, options.issuer.key);
  const certificate = await certify(options, { subject, spki, keyId }, signer);
  const pkcs8 = await exported("pkcs8", keys.privateKey);
  return {
    cert: encodePem("CERTIFICATE", certificate),
    key: encodePem("PRIVATE KEY", pkcs8),
  };
}

/** Who is certified. */
interface Holder {
  readonly subject: Bytes;
  readonly spki: Bytes;
  readonly keyId: Bytes;
}

/** The certificate: what is certified, and the signature. */
async function certify(
  { names, authority = false, purpose = "server", ...dates }:
    CertificateOptions,
  { subject, spki, keyId }: Holder,
  signer: Signer,
): Promise<Bytes> {
  const algorithm = sequence(oid("1.2.840.10045.4.3.2"));
  const signerKeyId = signer.keyId;
  const certified = sequence(
    element(contextTag(0), integer(Uint8Array.of(2))),
    integer(serialNumber()),
    algorithm,
    signer.subject,
    validity(dates),
    subject,
    spki,
    extensions({ names, authority, purpose, keyId, signerKeyId }),
  );
  const signature = bitString(await sign(signer, certified));
  return sequence(certified, algorithm, signature);
}

function subjectOf({ names, commonName = names[0] }: CertificateOptions) {
  if (commonName === undefined) throw new TypeError("There is no name");
  if (names.length > MOST_NAMES) {
    throw new TypeError(`A certificate has at most ${MOST_NAMES} names`);
  }
  const name = sequence(oid("2.5.4.3"), text(checkCommonName(commonName)));
  return sequence(element(TAG.set, name));
}

/** Random, above zero, and always of the same length. */
function serialNumber(): Bytes {
  const serial = crypto.getRandomValues(new Uint8Array(SERIAL_SIZE));
  serial[0] = serial[0]! & 0x7f | 0x40;
  return serial;
}

function validity({ from, until }: { from?: Date; until?: Date }): Bytes {
  const start = from ?? new Date(Date.now() - DAY);
  const end = until ?? tenYearsFromNow();
  if (!(start.getTime() < end.getTime())) {
    throw new TypeError("A certificate must begin before it ends");
  }
  return sequence(time(start), time(end));
}

function tenYearsFromNow(): Date {
  const date = new Date();
  date.setUTCFullYear(date.getUTCFullYear() + 10);
  return date;
}

async function exported(
  format: "spki" | "pkcs8",
  key: CryptoKey,
): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey(format, key));
}
