/**
 * TLS for servers, on the runtime's `node:tls`.
 *
 * @module
 */

import type { X509Certificate } from "node:crypto";
import type { SecureContext } from "node:tls";
import { checkServerCertificate, isFor } from "./certificates.ts";
import { hear } from "./client_hello.ts";
import { clientJudge } from "./clients.ts";
import { handshake } from "./handshake.ts";
import { node } from "./node.ts";
import {
  type ServerCertificate,
  type ServerTls,
  type ServerTlsOptions,
  TlsError,
} from "./stream.ts";
import { noVersion } from "./words.ts";

/** What clients may call us to get this certificate. */
interface Identity {
  readonly certificate: X509Certificate;
  readonly context: SecureContext;
}

/** TLS 1.2, and what later versions pretend to be. */
const OLDEST = 0x0303;
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
 *
 * @example
 * ```ts
 * import { createCertificate } from "../../x509.ts";
 * import { noTls } from "./ability.ts";
 * import { serverTls } from "./server.ts";
 * if (noTls() === null) {
 *   const certificate = await createCertificate({ names: ["localhost"] });
 *   const tls = serverTls({ certificates: [certificate] });
 *   tls.replace([await createCertificate({ names: ["localhost"] })]);
 * }
 * ```
 */
export function serverTls(options: ServerTlsOptions): ServerTls {
  const judge = clientJudge(options);
  const isDemanded = options.clientCertificates !== "optional";
  let identities = identitiesOf(options.certificates, options);
  function identityFor(name: string | null): Identity {
    const own = name === null
      ? undefined
      : identities.find(({ certificate }) => isFor(certificate, name));
    return own ?? identities[0]!;
  }
  return {
    async secure(connection, signal) {
      const { hello, stream } = await hear(connection, signal);
      return await handshake(stream, signal, {
        done: "secure",
        patience: options.patience,
        start(duplex) {
          if (hello !== null && hello.version < OLDEST) throw noVersion();
          return new (node().tls.TLSSocket)(duplex as never, {
            isServer: true,
            secureContext: identityFor(hello?.name ?? null).context,
            ALPNProtocols: ALPN,
            requestCert: judge !== null,
            rejectUnauthorized: judge !== null && isDemanded,
          });
        },
        check: (socket, { facts }) => judge?.check(socket, facts),
      });
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
    context: node().tls.createSecureContext({
      cert,
      key,
      minVersion: minVersion ?? "TLSv1.2",
      ...(clientCa === undefined ? {} : { ca: clientCa }),
    }),
  }));
}
