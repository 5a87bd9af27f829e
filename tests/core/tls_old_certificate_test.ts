import { assertEquals, assertRejects } from "@std/assert";
import { createSecureContext, TLSSocket } from "node:tls";
import { certificateFingerprint } from "../../lib/net/tls/certificates.ts";
import { clientTls } from "../../lib/net/tls/client.ts";
import { ConnectionDuplex } from "../../lib/net/tls/duplex.ts";
import {
  type ServerCertificate,
  TlsError,
  type TrustOptions,
} from "../../lib/net/tls/stream.ts";
import { makeKeys, sign } from "../../lib/x509/authority.ts";
import { readCertificate } from "../../lib/x509/certificate.ts";
import { bitString, integer, oid, sequence, time } from "../../lib/x509/der.ts";
import { decodePem, encodePem } from "../../lib/x509/pem.ts";
import { daysFromNow, testCertificates } from "../tls_certificates.ts";
import {
  connection,
  type End,
  NOBODY,
  PATIENT,
  soon,
  tlsTest,
  VERSIONS,
} from "./tls_harness.ts";

/**
 * What somebody in the middle would show: a certificate of version 1 with the
 * key of `victim`, and a private key that is another.
 */
async function forgery(victim: string): Promise<ServerCertificate> {
  const { subject, spki } = readCertificate(decodePem("CERTIFICATE", victim)!);
  const { privateKey, publicKey } = await makeKeys();
  const algorithm = sequence(oid("1.2.840.10045.4.3.2"));
  const certified = sequence(
    integer(Uint8Array.of(7)),
    algorithm,
    subject,
    sequence(time(daysFromNow(-1)), time(daysFromNow(1))),
    subject,
    spki,
  );
  const signer = { subject, keyId: spki, privateKey, publicKey };
  const signature = bitString(await sign(signer, certified));
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", privateKey);
  return {
    cert: encodePem("CERTIFICATE", sequence(certified, algorithm, signature)),
    key: encodePem("PRIVATE KEY", new Uint8Array(pkcs8)),
  };
}

/** Serves with whatever certificate, as `serverTls()` would not. */
function serveAnyhow(stream: End, { cert, key }: ServerCertificate): TLSSocket {
  const socket = new TLSSocket(
    new ConnectionDuplex(stream, NOBODY) as never,
    { isServer: true, secureContext: createSecureContext({ cert, key }) },
  );
  return socket.on("error", () => {});
}

/** Connects to somebody who shows this. */
async function connectTo(
  certificate: ServerCertificate,
  trust: TrustOptions,
): Promise<void> {
  const [ours, theirs] = connection();
  const socket = serveAnyhow(theirs, certificate);
  const closed = new Promise((resolve) => void socket.once("close", resolve));
  const tls = clientTls("localhost", trust);
  try {
    (await soon(tls.control(ours, PATIENT), "the handshake")).close();
  } finally {
    tls.close();
    socket.destroy();
    await closed;
  }
}

for (const maxVersion of VERSIONS) {
  tlsTest(
    `clientTls() does not take a certificate of version 1 for the pinned one, ${maxVersion}`,
    async () => {
      const { server } = await testCertificates();
      const forged = await forgery(server.cert);
      const pins = [
        await keyPinOf(server.cert),
        certificateFingerprint(forged.cert),
      ];
      const error = await assertRejects(
        () => connectTo(forged, { pins, maxVersion }),
        TlsError,
      );
      assertEquals(error.code, "PIN");
      assertEquals(error.peer?.keyFingerprint, "");
      await connectTo(server, { pins, maxVersion });
    },
  );
}

/** SHA-256 of the key in a certificate. */
async function keyPinOf(cert: string): Promise<string> {
  const { spki } = readCertificate(decodePem("CERTIFICATE", cert)!);
  const hash = await crypto.subtle.digest("SHA-256", spki);
  return new Uint8Array(hash).toHex();
}
