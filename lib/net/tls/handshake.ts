/**
 * The handshake, with an end.
 *
 * @module
 */

import type { TLSSocket } from "node:tls";
import type { Stream } from "../stream.ts";
import { within } from "../wait.ts";
import { ConnectionDuplex } from "./duplex.ts";
import { SecuredStream } from "./secured.ts";
import { TlsError } from "./stream.ts";
import { explained, firstAlert } from "./words.ts";

/** Longest wait for the other end to take our last words, in milliseconds. */
const FAREWELL = 1000;
/** How long nothing may move before an end is given up, in milliseconds. */
const PATIENCE = 10_000;

/** How one side does it. */
export interface HandshakeSide {
  /** The event that tells that it is done. */
  readonly done: "secure" | "secureConnect";
  /** See `ServerTlsOptions.patience`. @default {10000} */
  readonly patience?: number | undefined;
  /** Begins. */
  start(duplex: ConnectionDuplex): TLSSocket;
  /**
   * Looks at who the other end is.
   *
   * @throws {TlsError} when it is not to be trusted.
   */
  check(socket: TLSSocket, secured: SecuredStream): void;
}

/**
 * Does the handshake over `stream`. When this rejects, `stream` is closed, and
 * the other end has been told why if it still listened.
 *
 * @throws {TlsError} when the handshake fails; the signal's reason.
 */
export async function handshake(
  stream: Stream,
  signal: AbortSignal,
  side: HandshakeSide,
): Promise<SecuredStream> {
  const attempt = new Attempt(stream);
  const onAbort = () => attempt.fail(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    signal.throwIfAborted();
    return await attempt.run(side);
  } catch (error) {
    if (!signal.aborted) {
      await within(attempt.sayWhy(error), FAREWELL, undefined, { signal });
    }
    attempt.close();
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** A handshake under way. */
class Attempt {
  readonly #stream: Stream;
  readonly #duplex: ConnectionDuplex;
  readonly #outcome = Promise.withResolvers<SecuredStream>();
  #socket: TLSSocket | null = null;
  #secured: SecuredStream | null = null;

  constructor(stream: Stream) {
    this.#stream = stream;
    this.#duplex = new ConnectionDuplex(stream, {
      ended: () => this.fail(closed()),
      readFailed: (error) => this.fail(closed(error)),
      // The other end may have said why, so that reading goes on.
      writeFailed: () => {},
    });
    this.#outcome.promise.catch(() => {});
  }

  async run(side: HandshakeSide): Promise<SecuredStream> {
    const socket = this.#socket = side.start(this.#duplex);
    // It stays: what fails later must not fail the whole program.
    socket.on("error", (error) => this.fail(explained(error)));
    socket.once("close", () => this.fail(closed()));
    socket.once(side.done, () => this.#succeed(socket, side));
    const secured = await this.#outcome.promise;
    side.check(socket, secured);
    return secured;
  }

  fail(reason: unknown): void {
    this.#outcome.reject(reason);
  }

  /** At once: what fails from now on is the business of what came of it. */
  #succeed(socket: TLSSocket, side: HandshakeSide): void {
    const { servername } = socket as { servername?: string | false };
    const serverName = side.done === "secure" ? servername || null : null;
    const { patience = PATIENCE } = side;
    const [duplex, stream] = [this.#duplex, this.#stream];
    const parts = { socket, duplex, stream, serverName, patience };
    try {
      this.#secured = new SecuredStream(parts);
      this.#outcome.resolve(this.#secured);
    } catch (error) {
      this.fail(error);
    }
  }

  /** An alert is on its way already; after the handshake there is just an end. */
  async sayWhy(error: unknown): Promise<void> {
    await this.#secured?.closeWrite();
    await this.#duplex.flushed();
    const alert = this.#duplex.written === 0 ? firstAlert(error) : null;
    if (alert !== null) await this.#stream.write(alert).catch(() => {});
  }

  close(): void {
    this.#secured?.close();
    this.#duplex.stop();
    this.#socket?.destroy();
    this.#stream.close();
  }
}

function closed(cause?: Error): TlsError {
  if (cause instanceof TlsError) return cause;
  return new TlsError(
    "closed",
    "the other end closed the connection during the TLS handshake",
    { cause },
  );
}
