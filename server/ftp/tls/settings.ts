/**
 * What `ftpd` was told about TLS, and the certificates that it means: plain
 * data, both of which can be sent to a worker.
 *
 * @module
 */

import type { HostPort } from "../../../lib/host_port.ts";
import type { ServerCertificate } from "../../../lib/net/tls/stream.ts";
import type { TlsDemand } from "../tls.ts";

/** Where a certificate and its key lie; that may be the same file. */
export interface CertificatePaths {
  /** File of the certificate and those between it and its authority (PEM). */
  readonly cert: string;
  /** File of its key (PEM). */
  readonly key: string;
}

/** What `ftpd` was told about TLS. */
export interface TlsSettings {
  /** Who must use it, where no account says otherwise. */
  readonly policy: TlsDemand;
  /** Where connections begin with TLS. */
  readonly implicit: readonly HostPort[];
  /** Where the certificates lie; the first is for everybody without a choice. */
  readonly certificates: readonly CertificatePaths[];
  /**
   * Names for the certificate that the server makes and keeps, where it does;
   * then {@linkcode TlsSettings.certificates} is empty until it is found.
   */
  readonly selfSigned: readonly string[] | null;
  /** File of the authorities of clients' certificates, if any are asked for. */
  readonly clientCa: string | null;
  /** Whether clients must show one; `login`: and need no password then. */
  readonly clientCertificates: "optional" | "required" | "login";
  /** Whether data connections must resume a session of this server. */
  readonly sessionReuse: "off" | "prefer" | "require";
  /** Lowest version. */
  readonly minVersion: "TLSv1.2" | "TLSv1.3";
  /** Handshakes a second from one address, in each worker. */
  readonly handshakesPerSecond: number;
}

/** Certificates, keys and authorities themselves, in PEM. */
export interface TlsMaterial {
  /** As many as {@linkcode TlsSettings.certificates}, in this order. */
  readonly certificates: readonly ServerCertificate[];
  /** Authorities of clients' certificates. */
  readonly clientCa: string | null;
}

/** What an administrator wants to know of a certificate. */
export interface CertificateFacts extends CertificatePaths {
  /** Host names and addresses it is for; its subject when it names none. */
  readonly names: readonly string[];
  /** It counts from then on: milliseconds since 1970. */
  readonly from: number;
  /** It counts until then, likewise. */
  readonly until: number;
  /** SHA-256 of it, in lower-case hexadecimal digits. */
  readonly fingerprint: string;
}

/**
 * Every file that TLS needs, once: what the warden may read, and no worker.
 *
 * @example
 * ```ts
 * import { tlsFiles } from "./settings.ts";
 * const certificates = [{ cert: "/etc/a.pem", key: "/etc/a.pem" }];
 * const files = tlsFiles({ certificates, clientCa: "/etc/ca.pem" });
 * console.assert(files.join() === "/etc/a.pem,/etc/ca.pem");
 * ```
 */
export function tlsFiles(
  { certificates, clientCa }: Pick<TlsSettings, "certificates" | "clientCa">,
): string[] {
  const files = certificates.flatMap(({ cert, key }) => [cert, key]);
  if (clientCa !== null) files.push(clientCa);
  return [...new Set(files)];
}

/** A fingerprint as people copy it: `ftp --pin` takes it. */
export function pinOf({ fingerprint }: CertificateFacts): string {
  return `sha256:${fingerprint}`;
}

/**
 * The names that clients of a server use when nobody says which: `hosts`, and
 * those that stand for this machine.
 *
 * @example
 * ```ts
 * import { usualNames } from "./settings.ts";
 * const names = usualNames(["0.0.0.0", "192.0.2.1"]);
 * console.assert(names.join() === "localhost,192.0.2.1,127.0.0.1,::1");
 * ```
 */
export function usualNames(hosts: readonly string[]): string[] {
  // Neither "every address" nor a zone of this machine means anything there.
  const told = hosts.filter((host) => !/^(0\.0\.0\.0|::)$|%/.test(host));
  return [...new Set(["localhost", ...told, "127.0.0.1", "::1"])];
}
