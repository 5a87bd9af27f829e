/**
 * What a certificate is, by the runtime's own eyes.
 *
 * @module
 */

import type { X509Certificate } from "node:crypto";
import {
  checkServerCertificate,
  describe,
  parseCertificates,
} from "../../../lib/net/tls/certificates.ts";
import { serverTls } from "../../../lib/net/tls/server.ts";
import {
  type ServerCertificate,
  TlsError,
} from "../../../lib/net/tls/stream.ts";
import type { ExaminedCertificate, ExamineOptions } from "./certificates.ts";
import { tryOut } from "./trial.ts";

/** Bytes of a chain that GnuTLS and rustls take; OpenSSL takes 100 KB. */
const LONGEST_CHAIN = 64_000;

/**
 * Says what a certificate is, when it can be served with its key.
 *
 * @throws {TlsError} when it can't, for whatever reason: no worker is ever
 * given one that it would have to refuse.
 */
export async function examine(
  pair: ServerCertificate,
  { minVersion, clientCa }: ExamineOptions,
): Promise<ExaminedCertificate> {
  const own = checkServerCertificate(pair);
  refuseLongChain(pair);
  serverTls({
    certificates: [pair],
    minVersion,
    clientCa: clientCa ?? undefined,
  });
  await tryOut(pair, minVersion);
  return {
    names: namesOf(own),
    from: Date.parse(own.validFrom),
    until: Date.parse(own.validTo),
    fingerprint: describe(own).fingerprint,
  };
}

function refuseLongChain({ cert }: ServerCertificate): void {
  const chain = parseCertificates(cert, "the certificate file");
  const bytes = chain.reduce((sum, { raw }) => sum + raw.length, 0);
  if (bytes <= LONGEST_CHAIN) return;
  throw new TlsError(
    "set-up",
    `a chain of ${chain.length} certificates is too long for clients; leave ` +
      "only those between the server's and its authority's",
  );
}

/** Its alternative names; old ones have but a subject (RFC 6125 section 6.4.4). */
function namesOf({ subjectAltName, subject }: X509Certificate): string[] {
  const listed = subjectAltName?.split(", ").map((name) =>
    name.replace(/^(DNS|IP Address):/, "")
  );
  return listed ?? [subject?.replaceAll("\n", ", ") ?? "nobody"];
}
