/**
 * TLS in a worker: from what the warden sent to what sessions use.
 *
 * @module
 */

import { serverTls } from "../../../lib/net/tls/server.ts";
import type { ServerTls } from "../../../lib/net/tls/stream.ts";
import type { FtpTls } from "../tls.ts";
import type { TlsMaterial, TlsSettings } from "../tls/settings.ts";

/** TLS whose certificates can be exchanged. */
export interface WorkerTls {
  /** For sessions. */
  readonly tls: FtpTls;
  /**
   * Takes other certificates and authorities from the next handshake on.
   *
   * @throws {TlsError} when they can't be used; then nothing changes.
   */
  change(material: TlsMaterial): void;
}

/**
 * Makes TLS of what the warden sent.
 *
 * @throws {TlsError} when a certificate can't be used.
 */
export function workerTls(
  settings: TlsSettings,
  material: TlsMaterial,
): WorkerTls {
  const { clientCertificates, minVersion } = settings;
  const make = ({ certificates, clientCa }: TlsMaterial): ServerTls =>
    serverTls({
      certificates,
      minVersion,
      clientCa: clientCa ?? undefined,
      clientCertificates: clientCertificates === "optional"
        ? "optional"
        : "required",
    });
  let [current, { clientCa }] = [make(material), material];
  const server: ServerTls = {
    secure: (stream, signal) => current.secure(stream, signal),
    replace: (certificates) => current.replace(certificates),
  };
  return {
    tls: {
      server,
      policy: settings.policy,
      sessionReuse: settings.sessionReuse,
      handshakesPerSecond: settings.handshakesPerSecond,
      loginByCertificate: clientCertificates === "login",
    },
    change(material) {
      // Whom it let in before, it lets in again when they resume a session: all
      // data connections do. Other authorities have to look at them anew.
      if (material.clientCa === clientCa) {
        return current.replace(material.certificates);
      }
      current = make(material);
      ({ clientCa } = material);
    },
  };
}
