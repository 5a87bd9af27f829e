/**
 * TLS for clients, on the runtime's `node:tls`.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import type { X509Certificate } from "node:crypto";
import {
  connect,
  type ConnectionOptions,
  createSecureContext,
  type TLSSocket,
} from "node:tls";
import { ipVersion } from "../ip.ts";
import type { Stream } from "../stream.ts";
import {
  checkServerCertificate,
  isFor,
  parseCertificates,
} from "./certificates.ts";
import { ConnectionDuplex } from "./duplex.ts";
import { handshake } from "./handshake.ts";
import {
  type ClientTls,
  type ClientTlsOptions,
  type PeerCertificate,
  TlsError,
  type TlsStream,
  type TrustOptions,
} from "./stream.ts";

/** The protocol's name (RFC 7301). */
const ALPN = ["ftp"];
/** Names of servers under which the runtime keeps a session right now. */
const NAMES_IN_USE: Set<string> = new Set();
let lastKey = 0;

/**
 * TLS with the server that `host` names.
 *
 * The runtime keeps sessions by the name that is sent to the server (SNI),
 * and two control connections to one server would take each other's. So only
 * the first sends the name; others send none, and their sessions are kept by an
 * address of the discard prefix (RFC 6666) that stands for them.
 *
 * @throws {TlsError} when the certificate or the authorities can't be used.
 */
export function clientTls(
  host: string,
  trust: TrustOptions = {},
  { sharesSessions = false }: ClientTlsOptions = {},
): ClientTls {
  const canResume = trust.ca === undefined && trust.certificate === undefined;
  const name = claimName(host, sharesSessions);
  const base: ConnectionOptions = {
    servername: name.sent,
    // Whom to trust is decided here, once the certificate is known.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ALPNProtocols: ALPN,
    minVersion: trust.minVersion ?? "TLSv1.2",
    maxVersion: trust.maxVersion ?? "TLSv1.3",
    ...(canResume ? {} : { secureContext: contextOf(trust) }),
  };
  let session: Buffer | undefined;
  let fingerprint = "";
  async function secure(
    stream: Stream,
    signal: AbortSignal,
    options: ConnectionOptions,
    check: (socket: TLSSocket, secured: TlsStream) => void,
  ): Promise<TlsStream> {
    const duplex = new ConnectionDuplex(stream);
    const socket = connect({ ...base, ...options, socket: duplex as never });
    const done = "secureConnect";
    const secured = await handshake(socket, duplex, stream, { done, signal });
    try {
      check(socket, secured);
    } catch (error) {
      secured.close();
      throw error;
    }
    return secured;
  }
  return {
    canResume,
    sendsName: name.isSent,
    control: (stream, signal) =>
      secure(stream, signal, {}, (socket, { facts }) => {
        checkTrust(socket, facts.peer!, host, trust);
        fingerprint = facts.peer!.fingerprint;
        session = socket.getSession();
      }),
    data: (stream, signal) =>
      secure(stream, signal, session ? { session } : {}, (_, { facts }) => {
        if (facts.peer?.fingerprint === fingerprint) return;
        throw new TlsError(
          "certificate",
          "the data connection shows another certificate than the control connection",
        );
      }),
    close: name.release,
  };
}

/** What the runtime keeps a session by, and whether the server hears it. */
interface SessionName {
  readonly sent: string;
  readonly isSent: boolean;
  release(): void;
}

function claimName(host: string, isShared: boolean): SessionName {
  const name = host.toLowerCase().replace(/\.$/, "");
  if (isIp(name) || NAMES_IN_USE.has(name) && !isShared) {
    return { sent: ownAddress(), isSent: false, release: () => {} };
  }
  if (NAMES_IN_USE.has(name)) {
    return { sent: name, isSent: true, release: () => {} };
  }
  NAMES_IN_USE.add(name);
  const release = () => void NAMES_IN_USE.delete(name);
  return { sent: name, isSent: true, release };
}

/**
 * An address that nobody has. The dot behind it hides from `node:tls` that it
 * is one, which it would refuse; then it takes the dot away.
 */
function ownAddress(): string {
  const number = ++lastKey;
  const high = Math.floor(number / 65536) % 65536;
  return `100::${high.toString(16)}:${(number % 65536).toString(16)}.`;
}

function isIp(host: string): boolean {
  return ipVersion(host) !== null;
}

function contextOf({ ca, certificate, minVersion, maxVersion }: TrustOptions) {
  if (ca !== undefined) parseCertificates(ca, "the file of authorities");
  if (certificate !== undefined) checkServerCertificate(certificate);
  return createSecureContext({
    ...(ca === undefined ? {} : { ca }),
    ...(certificate ?? {}),
    minVersion: minVersion ?? "TLSv1.2",
    maxVersion: maxVersion ?? "TLSv1.3",
  });
}

/** Whom to trust. Resumed sessions were looked at when they began. */
function checkTrust(
  socket: TLSSocket,
  peer: PeerCertificate,
  host: string,
  { insecure, pins }: TrustOptions,
): void {
  if (insecure) return;
  const distrust = (message: string, code: string) =>
    new TlsError("certificate", message, { code, peer });
  if (pins !== undefined) {
    const { fingerprint, keyFingerprint } = peer;
    if (pins.includes(fingerprint) || pins.includes(keyFingerprint)) return;
    throw distrust("the server's certificate is not the pinned one", "PIN");
  }
  const shown = socket.getPeerX509Certificate() as X509Certificate;
  if (!socket.authorized) {
    const code = String(socket.authorizationError ?? "");
    throw distrust(reasonOf(code, shown), code);
  }
  if (isFor(shown, host)) return;
  const names = shown.subjectAltName ?? shown.subject ?? "nobody";
  throw distrust(
    `the server's certificate is for ${names}, not for ${host}`,
    "ERR_TLS_CERT_ALTNAME_INVALID",
  );
}

function reasonOf(code: string, { validFrom, validTo }: X509Certificate) {
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return `the server's certificate expired on ${dayOf(validTo)}`;
    case "CERT_NOT_YET_VALID":
      return `the server's certificate counts from ${dayOf(validFrom)} on only`;
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return "the server's certificate is signed by itself";
    case "CERT_REVOKED":
      return "the server's certificate was revoked";
    default:
      return "the server's certificate is signed by nobody whom this machine trusts";
  }
}

function dayOf(time: string): string {
  return new Date(time).toISOString().slice(0, 10);
}
