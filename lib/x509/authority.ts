/**
 * Who signs a certificate: an authority, or the certificate itself.
 *
 * @module
 */

import type { Bytes } from "../bytes.ts";
import { type Certificate, readCertificate } from "./certificate.ts";
import { elements, integer, sequence } from "./der.ts";
import { decodePem } from "./pem.ts";

/** Elliptic curve and hash of every key and signature that is made here. */
const CURVE = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNING = { name: "ECDSA", hash: "SHA-256" } as const;

/** Who signs. */
export interface Signer {
  /** Its distinguished name, as it stands in its own certificate. */
  readonly subject: Bytes;
  /** Its subjectKeyIdentifier. */
  readonly keyId: Bytes;
  /** Its key. */
  readonly privateKey: CryptoKey;
  /** The key that others check with. */
  readonly publicKey: CryptoKey;
}

/** A new key pair, ECDSA P-256. */
export async function makeKeys(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey(CURVE, true, ["sign", "verify"]);
}

/**
 * The authority that a certificate and its key stand for.
 *
 * @throws {TypeError} when they are no PEM, or of another kind than ECDSA P-256.
 */
export async function readSigner(cert: string, key: string): Promise<Signer> {
  const { subject, spki, keyId } = certificateOf(cert);
  const pkcs8 = decodePem("PRIVATE KEY", key);
  if (pkcs8 === null) {
    throw new TypeError("The authority's key is no PEM of a private key");
  }
  try {
    const [privateKey, publicKey] = await Promise.all([
      crypto.subtle.importKey("pkcs8", pkcs8, CURVE, false, ["sign"]),
      crypto.subtle.importKey("spki", spki, CURVE, false, ["verify"]),
    ]);
    return {
      subject,
      keyId: keyId ?? await keyIdOf(spki),
      privateKey,
      publicKey,
    };
  } catch (cause) {
    const message = "The authority's key is not of the kind ECDSA P-256";
    throw new TypeError(message, { cause });
  }
}

/**
 * Signs, and sees that the key belongs to its certificate.
 *
 * @throws {TypeError} when it does not.
 */
export async function sign(signer: Signer, bytes: Bytes): Promise<Bytes> {
  const { privateKey, publicKey } = signer;
  const signature = await crypto.subtle.sign(SIGNING, privateKey, bytes);
  if (await crypto.subtle.verify(SIGNING, publicKey, signature, bytes)) {
    const half = signature.byteLength / 2;
    const [r, s] = [signature.slice(0, half), signature.slice(half)];
    return sequence(integer(new Uint8Array(r)), integer(new Uint8Array(s)));
  }
  throw new TypeError("The authority's key does not belong to its certificate");
}

/** A key's identifier: 160 bits of its SHA-256 (RFC 7093 section 2, method 1). */
export async function keyIdOf(spki: Bytes): Promise<Bytes> {
  const [, key] = elements(elements(spki)[0]!.content);
  const bits = key!.content.subarray(1);
  const hash = await crypto.subtle.digest("SHA-256", bits);
  return new Uint8Array(hash).slice(0, 20);
}

/** The authority's own certificate. */
function certificateOf(pem: string): Certificate {
  const der = decodePem("CERTIFICATE", pem);
  try {
    return readCertificate(der ?? new Uint8Array(0));
  } catch (cause) {
    const message = "The authority's certificate is no PEM of a certificate";
    throw new TypeError(message, { cause });
  }
}
