/**
 * Whom a server lets in by certificate.
 *
 * @module
 */

import type { TLSSocket } from "node:tls";
import { parseCertificates } from "./certificates.ts";
import { shownBy } from "./facts.ts";
import { type ServerTlsOptions, TlsError, type TlsFacts } from "./stream.ts";

/** Certificates that are remembered, for sessions that clients resume. */
const MOST_REMEMBERED = 10_000;

/** Judges the certificates of clients. */
export interface ClientJudge {
  /**
   * Lets a client pass.
   *
   * @throws {TlsError} when it may not.
   */
  check(socket: TLSSocket, facts: TlsFacts): void;
}

/**
 * Judges clients by the authorities in `clientCa`; `null` when nobody is asked
 * for a certificate.
 *
 * The runtime looks at a certificate and leaves the verdict to its own server,
 * which is not in use here: nobody is turned away unless we do it. In a session
 * that is resumed it does not even look, and it hands out what a client needs
 * for that before anybody was judged, so that only those are let in again who
 * have been let in before.
 *
 * @throws {TlsError} when the authorities can't be used.
 */
export function clientJudge(
  { clientCa, clientCertificates = "required" }: ServerTlsOptions,
): ClientJudge | null {
  if (clientCa === undefined) return null;
  parseCertificates(clientCa, "the file of client authorities");
  const known = new Map<string, number>();
  function remember(fingerprint: string, until: number): void {
    known.set(fingerprint, until);
    const [oldest] = known.keys();
    if (known.size > MOST_REMEMBERED) known.delete(oldest!);
  }
  return {
    check(socket, { peer, resumed }) {
      if (peer === null && clientCertificates === "optional") return;
      if (peer === null) throw refused("the client shows no certificate");
      const isKnown = (known.get(peer.fingerprint) ?? 0) >= Date.now();
      if (resumed ? !isKnown : !isTrusted(socket)) {
        throw refused("the client's certificate is not trusted");
      }
      if (!resumed) {
        remember(peer.fingerprint, Date.parse(shownBy(socket)!.validTo));
      }
    },
  };
}

/**
 * The runtime's finding, which has no public name on sockets of our own making;
 * where it is gone, nobody is trusted.
 */
function isTrusted(socket: TLSSocket): boolean {
  const { ssl } = socket as { ssl?: { verifyError?: () => unknown } };
  const finding = ssl?.verifyError?.call(ssl);
  return finding === "" || finding === null;
}

function refused(message: string): TlsError {
  return new TlsError("certificate", message);
}
