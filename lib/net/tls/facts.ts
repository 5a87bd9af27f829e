/**
 * What is known of a connection after the handshake.
 *
 * @module
 */

import type { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { describe } from "./certificates.ts";
import type { PeerCertificate, TlsFacts } from "./stream.ts";

/** How a socket is protected. */
export function factsOf(
  socket: TLSSocket,
  serverName: string | null,
): TlsFacts {
  const { name } = socket.getCipher();
  return {
    protocol: socket.getProtocol() === "TLSv1.2" ? "TLSv1.2" : "TLSv1.3",
    cipher: name,
    resumed: socket.isSessionReused(),
    serverName,
    peer: peerOf(socket),
  };
}

function peerOf(socket: TLSSocket): PeerCertificate | null {
  const certificate = shownBy(socket);
  return certificate ? describe(certificate) : null;
}

/** The certificate that the other end showed, if it did. */
export function shownBy(socket: TLSSocket): X509Certificate | undefined {
  return socket.getPeerX509Certificate() as X509Certificate | undefined;
}
