/**
 * What a certificate is, by the runtime's own eyes.
 *
 * @module
 */

import type { X509Certificate } from "node:crypto";
import {
  checkServerCertificate,
  describe,
} from "../../lib/net/tls/certificates.ts";
import { serverTls } from "../../lib/net/tls/server.ts";
import type { ServerCertificate } from "../../lib/net/tls/stream.ts";
import type { ExaminedCertificate, ExamineOptions } from "./certificates.ts";

/**
 * Says what a certificate is, when it can be served with its key.
 *
 * @throws {TlsError} when it can't, for whatever reason: no worker is ever
 * given one that it would have to refuse.
 */
export function examine(
  pair: ServerCertificate,
  { minVersion, clientCa }: ExamineOptions,
): ExaminedCertificate {
  const own = checkServerCertificate(pair);
  serverTls({
    certificates: [pair],
    minVersion,
    clientCa: clientCa ?? undefined,
  });
  return {
    names: namesOf(own),
    from: Date.parse(own.validFrom),
    until: Date.parse(own.validTo),
    fingerprint: describe(own).fingerprint,
  };
}

/** Its alternative names; old ones have but a subject (RFC 6125 section 6.4.4). */
function namesOf({ subjectAltName, subject }: X509Certificate): string[] {
  const listed = subjectAltName?.split(", ").map((name) =>
    name.replace(/^(DNS|IP Address):/, "")
  );
  return listed ?? [subject?.replaceAll("\n", ", ") ?? "nobody"];
}
