/**
 * What a certificate may be used for, and by whom (RFC 5280 section 4.2).
 *
 * @module
 */

import type { Bytes } from "../bytes.ts";
import { bitString, contextTag, element, oid, sequence, TAG } from "./der.ts";
import { generalName } from "./names.ts";

/** What the extensions say. */
export interface ExtensionFacts {
  /** Host names and addresses. */
  readonly names: readonly string[];
  /** Whether it may sign others. */
  readonly authority: boolean;
  /** Which end of a connection it is for. */
  readonly purpose: "server" | "client";
  /** Identifier of its own key. */
  readonly keyId: Bytes;
  /** Identifier of the key that signs it. */
  readonly signerKeyId: Bytes;
}

const TRUE = element(TAG.boolean, Uint8Array.of(0xff));

const PURPOSES: Readonly<Record<ExtensionFacts["purpose"], string>> = {
  server: "1.3.6.1.5.5.7.3.1",
  client: "1.3.6.1.5.5.7.3.2",
};

/** All extensions, as the last field of a certificate has them. */
export function extensions(facts: ExtensionFacts): Bytes {
  const { names, authority, purpose, keyId, signerKeyId } = facts;
  const all = [
    critical("2.5.29.19", authority ? sequence(TRUE) : sequence()),
    critical("2.5.29.15", keyUsage(authority)),
    extension("2.5.29.14", element(TAG.octets, keyId)),
    extension(
      "2.5.29.35",
      sequence(element(contextTag(0, false), signerKeyId)),
    ),
  ];
  if (!authority) {
    all.push(extension("2.5.29.37", sequence(oid(PURPOSES[purpose]))));
  }
  if (names.length > 0) {
    all.push(extension("2.5.29.17", sequence(...names.map(generalName))));
  }
  return element(contextTag(3), sequence(...all));
}

/** digitalSignature (bit 0); keyCertSign and cRLSign (bits 5, 6) as well. */
function keyUsage(authority: boolean): Bytes {
  return authority
    ? bitString(Uint8Array.of(0b1000_0110), 1)
    : bitString(Uint8Array.of(0b1000_0000), 7);
}

function extension(id: string, value: Bytes): Bytes {
  return sequence(oid(id), element(TAG.octets, value));
}

/** Whoever does not know it must refuse the certificate. */
function critical(id: string, value: Bytes): Bytes {
  return sequence(oid(id), TRUE, element(TAG.octets, value));
}
