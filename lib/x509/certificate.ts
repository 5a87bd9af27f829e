/**
 * Reading a certificate (RFC 5280 section 4.1).
 *
 * This is stricter than what certificates in the wild are held to, and for a
 * reason: see {@linkcode readCertificate}.
 *
 * @module
 */

import type { Bytes } from "../bytes.ts";
import {
  contextTag,
  type Element,
  element,
  elements,
  integer,
  oid,
  TAG,
} from "./der.ts";
import { commonNameOf } from "./names.ts";

/** What is in a certificate, as far as it is of use here. */
export interface Certificate {
  /** Whom it is for: the distinguished name, as it is written. */
  readonly subject: Bytes;
  /** Common name of the subject, the last one; empty without one. */
  readonly commonName: string;
  /** The public key (SubjectPublicKeyInfo). */
  readonly spki: Bytes;
  /** The key's identifier, if it has one. */
  readonly keyId: Bytes | null;
}

/** Version 3, as it is written. */
const VERSION_3 = element(contextTag(0), integer(Uint8Array.of(2)));
const KEY_ID = "2.5.29.14";

/** What the extensions that decide about trust consist of. */
const KNOWN: ReadonlyMap<string, number> = new Map([
  ["2.5.29.15", TAG.bitString], // key usage
  ["2.5.29.17", TAG.sequence], // names
  ["2.5.29.19", TAG.sequence], // basic constraints
  ["2.5.29.30", TAG.sequence], // name constraints
  ["2.5.29.31", TAG.sequence], // distribution points
  ["2.5.29.37", TAG.sequence], // extended key usage
].map(([id, tag]) => [keyOf(oid(id as string)), tag as number]));

/**
 * Reads a certificate of version 3 that is written exactly as it should be.
 *
 * A runtime that skips checks on what it can't read itself (Deno's `node:tls`
 * does not ask for a proof of the key where the certificate is of version 1 or
 * not well-formed) must not make a certificate pass that only its key or its
 * fingerprint vouches for. So whatever passes here is well-formed beyond doubt.
 *
 * @throws {RangeError} when it is of another version or not well-formed.
 */
export function readCertificate(der: Bytes): Certificate {
  const [certified, algorithm, signature] = parts(der, [
    TAG.sequence,
    TAG.sequence,
    TAG.bitString,
  ]);
  expect(signature!.content[0] === 0, "its signature");
  const fields = elements(certified!.content);
  const [version, serial, ownAlgorithm, issuer, validity, subject, spki] =
    fields;
  expect(version?.tag === contextTag(0), "its version");
  expect(same(version!.raw, VERSION_3), "its version");
  expect(isNatural(serial), "its serial number");
  expect(
    [ownAlgorithm, issuer, validity, subject, spki]
      .every((field) => field?.tag === TAG.sequence),
    "its fields",
  );
  expect(same(ownAlgorithm!.raw, algorithm!.raw), "its algorithm");
  expect(fields.length <= 8, "its fields");
  checkKey(spki!);
  return {
    subject: subject!.raw,
    commonName: commonNameOf(subject!.content),
    spki: spki!.raw,
    keyId: readExtensions(fields[7]).get(keyOf(oid(KEY_ID)))?.slice(2) ?? null,
  };
}

/** The elements in the only element of `bytes`, a sequence of just these. */
function parts(bytes: Bytes, tags: readonly number[]): Element[] {
  const [only, ...others] = elements(bytes);
  expect(only?.tag === TAG.sequence && others.length === 0, "its frame");
  const found = elements(only!.content);
  expect(found.map(({ tag }) => tag).join() === tags.join(), "its parts");
  return found;
}

/** Zero is common where a certificate signs itself. */
function isNatural(serial: Element | undefined): boolean {
  const [first = 0x80, second = 0x80] = serial?.content ?? [];
  if (serial?.tag !== TAG.integer || first > 0x7f) return false;
  return first > 0 || second > 0x7f;
}

/** An algorithm, and a string of whole bytes. */
function checkKey(spki: Element): void {
  const [, key] = parts(spki.raw, [TAG.sequence, TAG.bitString]);
  expect(key!.content[0] === 0 && key!.content.length > 1, "its key");
}

/** The values of the extensions, by identifier. */
function readExtensions(field: Element | undefined): Map<string, Bytes> {
  const found = new Map<string, Bytes>();
  if (field === undefined) return found;
  expect(field.tag === contextTag(3), "its extensions");
  const [list, ...others] = elements(field.content);
  expect(list?.tag === TAG.sequence && others.length === 0, "its extensions");
  for (const extension of elements(list!.content)) {
    const [id, value] = readExtension(extension);
    expect(!found.has(id), "its extensions");
    found.set(id, value);
  }
  expect(found.size > 0, "its extensions");
  return found;
}

function readExtension({ tag, content }: Element): [string, Bytes] {
  const [id, ...rest] = elements(content);
  const value = rest.pop();
  const [critical, ...others] = rest;
  expect(
    tag === TAG.sequence && id?.tag === TAG.oid &&
      value?.tag === TAG.octets && others.length === 0 &&
      (critical === undefined || isTrue(critical)),
    "an extension",
  );
  const known = KNOWN.get(keyOf(id!.raw));
  if (known !== undefined) {
    const inner = elements(value!.content);
    expect(inner.length === 1 && inner[0]!.tag === known, "an extension");
  }
  return [keyOf(id!.raw), value!.content];
}

function isTrue({ tag, content }: Element): boolean {
  return tag === TAG.boolean && content.length === 1 && content[0] === 0xff;
}

function keyOf(bytes: Bytes): string {
  return bytes.join();
}

function same(a: Bytes, b: Bytes): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function expect(isFine: boolean, what: string): asserts isFine {
  if (!isFine) {
    throw new RangeError(`a certificate that is not well-formed: ${what}`);
  }
}
