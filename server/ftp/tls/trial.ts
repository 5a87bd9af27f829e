/**
 * A certificate tried out before any client sees it.
 *
 * @module
 */

import type { Bytes } from "../../../lib/bytes.ts";
import type { Stream } from "../../../lib/net/stream.ts";
import { serverTls } from "../../../lib/net/tls/server.ts";
import {
  type ServerCertificate,
  TlsError,
} from "../../../lib/net/tls/stream.ts";
import { within } from "../../../lib/net/wait.ts";
import type { ExamineOptions } from "./certificates.ts";

/** Longest wait for an answer that takes milliseconds. */
const LONGEST = 5000;
/** Record type of the server's part of a handshake (RFC 8446 section 5.1). */
const HANDSHAKE = 22;

const UNUSABLE = "this runtime can't answer clients with it: the key must be " +
  "RSA, ECDSA (P-256, P-384, P-521) or Ed25519, and every critical extension " +
  "a known one";

/**
 * Greets a server that has this certificate, in memory, and listens whether it
 * answers. The runtime looks at some things only then: a key of a kind that it
 * can't sign with, a certificate with an extension that it does not know.
 *
 * @throws {TlsError} when the server can't answer.
 */
export async function tryOut(
  certificate: ServerCertificate,
  minVersion: ExamineOptions["minVersion"],
): Promise<void> {
  const { promise: answer, resolve: hear } = Promise.withResolvers<void>();
  const over = new AbortController();
  const server = serverTls({ certificates: [certificate], minVersion });
  const client = greeter(([type]) => type === HANDSHAKE && hear());
  const answering = server.secure(client, over.signal);
  try {
    const said = Promise.race([answer, answering]);
    if (await within(said, LONGEST, "late") === "late") {
      throw new Error("no answer came");
    }
  } catch (cause) {
    throw new TlsError("set-up", UNUSABLE, { cause });
  } finally {
    over.abort();
    await answering.catch(() => {});
  }
}

/** A connection whose other end says hello, and nothing else. */
function greeter(hear: (bytes: Bytes) => void): Stream {
  const { promise: over, resolve: end } = Promise.withResolvers<null>();
  let hello: Bytes | null = Uint8Array.fromHex(HELLO);
  return {
    read(buffer) {
      if (hello === null) return over;
      const { length } = hello;
      buffer.set(hello);
      hello = null;
      return Promise.resolve(length);
    },
    write(bytes) {
      hear(bytes);
      return Promise.resolve(bytes.length);
    },
    close: () => end(null),
  };
}

/** A ClientHello (RFC 8446 section 4.1.2) that takes whatever there is. */
const HELLO: string = [
  // Record, message, version 1.2, a number that is not random, no session.
  "1603010098",
  "01000094",
  "0303",
  "57".repeat(32),
  "00",
  // AES-GCM and ChaCha20 for TLS 1.3; the same for 1.2 with ECDSA and RSA.
  "0012130113021303c02bc02cc02fc030cca9cca8",
  "0100",
  "0059",
  // Versions 1.3 and 1.2.
  "002b0005040304" + "0303",
  // X25519, P-256, P-384.
  "000a00080006001d00170018",
  // ECDSA, Ed25519, RSA-PSS and RSA, with SHA-256, SHA-384 and SHA-512.
  "000d00160014" + "040305030603" + "0807" + "080408050806" + "040105010601",
  // The other half of a shared secret, which is none.
  "00330026" + "0024" + "001d0020" + "57".repeat(32),
].join("");
