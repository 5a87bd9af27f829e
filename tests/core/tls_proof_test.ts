import { assert, assertEquals } from "@std/assert";
import type { Stream } from "../../lib/net/stream.ts";
import { certificateFingerprint } from "../../lib/net/tls/certificates.ts";
import { clientTls } from "../../lib/net/tls/client.ts";
import { serverTls } from "../../lib/net/tls/server.ts";
import { type ServerCertificate, TlsError } from "../../lib/net/tls/stream.ts";
import { createCertificate } from "../../lib/x509.ts";
import { decodePem } from "../../lib/x509/pem.ts";
import { testCertificates } from "../tls_certificates.ts";
import { connection, type End, PATIENT, soon, tlsTest } from "./tls_harness.ts";

tlsTest("clientTls() asks for a proof of the key, pinned or not", async () => {
  const { server } = await testCertificates();
  const { cert } = server;
  const impostor = await sameSizeAs(cert);
  const pins = [certificateFingerprint(cert)];
  for (const trust of [{ insecure: true }, { pins }]) {
    const [ours, theirs] = connection();
    // With TLS 1.2, for there the certificate can be seen and changed.
    const tls = clientTls("localhost", { ...trust, maxVersion: "TLSv1.2" });
    const swapped = swapping(theirs, derOf(impostor.cert), derOf(cert));
    const serving = serverTls({ certificates: [impostor] })
      .secure(swapped, PATIENT).catch(() => {});
    const error = await soon(
      tls.control(ours, PATIENT).catch((error) => error),
      "the refusal",
    );
    assert(error instanceof TlsError);
    assertEquals(
      error.message,
      "the other end could not prove that the certificate it shows is its own",
    );
    await soon(serving, "the end");
    tls.close();
  }
});

/** A certificate of just as many bytes, for another key. */
async function sameSizeAs(cert: string): Promise<ServerCertificate> {
  const { ca } = await testCertificates();
  const names = ["localhost", "127.0.0.1", "::1"];
  for (let attempt = 0; attempt < 200; attempt++) {
    const made = await createCertificate({ names, issuer: ca });
    if (derOf(made.cert).length === derOf(cert).length) return made;
  }
  throw new Error("no certificate of this size");
}

function derOf(cert: string): Uint8Array<ArrayBuffer> {
  return decodePem("CERTIFICATE", cert)!;
}

/** The same end; in what is written, some bytes take the place of others. */
function swapping(end: End, from: Uint8Array, to: Uint8Array): Stream {
  return {
    read: (buffer) => end.read(buffer),
    write(bytes) {
      const changed = bytes.slice();
      const at = indexOf(changed, from);
      if (at >= 0) changed.set(to, at);
      return end.write(changed);
    },
    close: () => end.close(),
  };
}

function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  for (let at = 0; at + part.length <= bytes.length; at++) {
    if (part.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}
