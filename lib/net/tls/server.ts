/**
 * TLS for servers, on the runtime's `node:tls`.
 *
 * @module
 */

import type { X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import {
  checkServerCertificate,
  isFor,
  isIssuedBy,
  parseCertificates,
} from "./certificates.ts";
import { handshake } from "./handshake.ts";
import { ConnectionDuplex } from "./duplex.ts";
import {
  type ServerCertificate,
  type ServerTls,
  type ServerTlsOptions,
  TlsError,
} from "./stream.ts";

/** What clients may call us to get this certificate. */
interface Identity {
  readonly certificate: X509Certificate;
  readonly context: SecureContext;
}

/** Answers a client's name for the server. */
type SniAnswer = (error: Error | null, context?: SecureContext) => void;

/** The protocol's name (RFC 7301): clients that want another one are refused. */
const ALPN = ["ftp"];

/**
 * Protects connections as a server, TLS 1.2 and 1.3.
 *
 * Sessions are resumed by tickets (RFC 5077, RFC 8446 section 4.6.1), which all
 * connections of this thread share: a resumed session proves that the client
 * was here before, not which of its connections it was.
 *
 * @throws {TlsError} when a certificate, key or authority can't be used.
 */
export function serverTls(options: ServerTlsOptions): ServerTls {
  const { clientCa, clientCertificates = "required" } = options;
  const authorities = clientCa === undefined
    ? null
    : parseCertificates(clientCa, "the file of client authorities");
  const isOptional = authorities !== null && clientCertificates === "optional";
  let identities = identitiesOf(options.certificates, options);
  function choose(name: string, answer: SniAnswer): void {
    const own = identities.find(({ certificate }) => isFor(certificate, name));
    answer(null, (own ?? identities[0]!).context);
  }
  return {
    async secure(stream, signal) {
      const duplex = new ConnectionDuplex(stream);
      const socket = new TLSSocket(duplex as never, {
        isServer: true,
        secureContext: identities[0]!.context,
        SNICallback: choose,
        ALPNProtocols: ALPN,
        requestCert: authorities !== null,
        rejectUnauthorized: authorities !== null && !isOptional,
      });
      const done = "secure";
      const secured = await handshake(socket, duplex, stream, { done, signal });
      try {
        if (isOptional) checkShown(socket, authorities!);
      } catch (error) {
        secured.close();
        throw error;
      }
      return secured;
    },
    replace(certificates) {
      identities = identitiesOf(certificates, options);
    },
  };
}

function identitiesOf(
  certificates: readonly ServerCertificate[],
  { minVersion, clientCa }: ServerTlsOptions,
): Identity[] {
  if (certificates.length === 0) {
    throw new TlsError("set-up", "there is no certificate");
  }
  return certificates.map(({ cert, key }) => ({
    certificate: checkServerCertificate({ cert, key }),
    context: createSecureContext({
      cert,
      key,
      minVersion: minVersion ?? "TLSv1.2",
      ...(clientCa === undefined ? {} : { ca: clientCa }),
    }),
  }));
}

/** Where showing a certificate is optional, the runtime takes any. */
function checkShown(
  socket: TLSSocket,
  authorities: readonly X509Certificate[],
): void {
  const shown = socket.getPeerX509Certificate() as X509Certificate | undefined;
  if (!shown) return;
  const isListed = authorities.some(({ raw }) => raw.equals(shown.raw));
  if (isListed || isIssuedBy(shown, authorities, Date.now())) return;
  throw new TlsError("certificate", "the client's certificate is not trusted");
}
