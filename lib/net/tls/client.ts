/**
 * TLS for clients, on the runtime's `node:tls`.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import type { Stream } from "../stream.ts";
import { checkServerCertificate, parseCertificates } from "./certificates.ts";
import { handshake } from "./handshake.ts";
import { canHideNames } from "./hidden_names.ts";
import { node } from "./node.ts";
import { asciiName, claimName } from "./session_names.ts";
import {
  type ClientTls,
  type ClientTlsOptions,
  TlsError,
  type TlsFacts,
  type TlsStream,
  type TrustOptions,
} from "./stream.ts";
import { checkTrust } from "./trust.ts";

/** Looks at who the server is. */
type Check = (socket: TLSSocket, facts: TlsFacts) => void;

/**
 * TLS with the server that `host` names.
 *
 * The runtime keeps sessions by the name that is sent to the server (SNI),
 * and two control connections to one server would take each other's. So only
 * the first sends the name; others send none, and their sessions are kept by an
 * address of the discard prefix (RFC 6666) that stands for them. It keeps those
 * of 32 names in a thread: with more of these at a time, the oldest ones resume
 * no more.
 *
 * @throws {TlsError} when the certificate or the authorities can't be used.
 *
 * @example
 * ```ts
 * import { noTls } from "./ability.ts";
 * import { clientTls } from "./client.ts";
 * if (noTls() === null) {
 *   const tls = clientTls("files.example", { minVersion: "TLSv1.3" });
 *   console.assert(tls.canResume && tls.sendsName);
 *   tls.close();
 * }
 * ```
 */
export function clientTls(
  host: string,
  trust: TrustOptions = {},
  { sharesSessions = false, patience }: ClientTlsOptions = {},
): ClientTls {
  const options = connectionOptions(trust);
  const name = claimName(host, {
    isShared: sharesSessions,
    canHide: canHideNames(),
    maxVersion: trust.maxVersion ?? "TLSv1.3",
  });
  let session: Buffer | undefined;
  let fingerprint = "";
  function secure(
    stream: Stream,
    signal: AbortSignal,
    more: ConnectionOptions,
    check: Check,
  ): Promise<TlsStream> {
    const { connect } = node().tls;
    const servername = name.name;
    return handshake(stream, signal, {
      done: "secureConnect",
      patience,
      start: (duplex) =>
        connect({ ...options, ...more, servername, socket: duplex as never }),
      check: (socket, { facts }) => check(socket, facts),
    });
  }
  return {
    canResume: options.secureContext === undefined,
    sendsName: name.isSent,
    control: (stream, signal) =>
      secure(stream, signal, {}, (socket, facts) => {
        checkTrust(socket, facts, asciiName(host), trust);
        fingerprint = facts.peer?.fingerprint ?? "";
        session = socket.getSession();
      }),
    data: (stream, signal) =>
      secure(stream, signal, session ? { session } : {}, (_, { peer }) => {
        if (peer !== null && peer.fingerprint === fingerprint) return;
        throw swapped();
      }),
    close: name.release,
  };
}

/** What all connections of one client have in common. */
function connectionOptions(trust: TrustOptions): ConnectionOptions {
  const { minVersion = "TLSv1.2", maxVersion = "TLSv1.3", certificate, ca } =
    trust;
  if (minVersion > maxVersion) {
    const message = "the lowest version of TLS is above the highest";
    throw new TlsError("set-up", message);
  }
  if (ca !== undefined) parseCertificates(ca, "the file of authorities");
  if (certificate !== undefined) checkServerCertificate(certificate);
  const needsContext = ca !== undefined || certificate !== undefined;
  const versions = { minVersion, maxVersion };
  const context = { ...versions, ...certificate, ...(ca && { ca }) };
  return {
    ...versions,
    // Whom to trust is decided here, once the certificate is known.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    // The protocol's name (RFC 7301).
    ALPNProtocols: ["ftp"],
    // A context of one's own is what keeps the runtime from resuming sessions.
    ...(needsContext &&
      { secureContext: node().tls.createSecureContext(context) }),
  };
}

function swapped(): TlsError {
  return new TlsError(
    "certificate",
    "the data connection shows another certificate than the control connection",
  );
}
