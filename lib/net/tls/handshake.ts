/**
 * The handshake, with an end.
 *
 * @module
 */

import type { TLSSocket } from "node:tls";
import type { Stream } from "../stream.ts";
import { within } from "../wait.ts";
import type { ConnectionDuplex } from "./duplex.ts";
import { SecuredStream } from "./secured.ts";
import { TlsError } from "./stream.ts";

/** Longest wait for the other end to take our last words, in milliseconds. */
const FAREWELL = 1000;

/** Options for {@linkcode handshake}. */
export interface HandshakeOptions {
  /** The event that tells that it is done. */
  readonly done: "secure" | "secureConnect";
  /** Gives up. */
  readonly signal: AbortSignal;
}

/**
 * Waits for a socket's handshake. When this rejects, `stream` is closed, and
 * the other end has been told why if it still listened.
 *
 * @throws {TlsError} when the handshake fails; the signal's reason.
 */
export async function handshake(
  socket: TLSSocket,
  duplex: ConnectionDuplex,
  stream: Stream,
  { done, signal }: HandshakeOptions,
): Promise<SecuredStream> {
  const outcome = Promise.withResolvers<void>();
  const onAbort = () => outcome.reject(signal.reason);
  const onError = (error: Error) => outcome.reject(failure(error));
  const onClose = () =>
    outcome.reject(
      new TlsError("closed", "the other end closed the connection"),
    );
  // It stays: what fails later must not fail the whole program.
  socket.on("error", onError);
  socket.once("close", onClose);
  socket.once("end", onClose);
  socket.once(done, outcome.resolve);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    await outcome.promise;
    const { servername } = socket as { servername?: string | false };
    const name = done === "secure" ? servername || null : null;
    return new SecuredStream(socket, duplex, stream, name);
  } catch (error) {
    if (!signal.aborted) await within(duplex.flushed(), FAREWELL, undefined);
    socket.destroy();
    stream.close();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
    socket.off("close", onClose);
    socket.off("end", onClose);
  }
}

function failure(error: Error & { code?: string }): TlsError {
  const { code = "", message } = error;
  return new TlsError("handshake", message, { code, cause: error });
}
