/**
 * A {@linkcode TlsStream} made of a `node:tls` socket over a connection.
 *
 * @module
 */

import type { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import type { Bytes } from "../../bytes.ts";
import type { Stream } from "../stream.ts";
import { describe } from "./certificates.ts";
import type { ConnectionDuplex } from "./duplex.ts";
import {
  type PeerCertificate,
  type TlsEnd,
  TlsError,
  type TlsFacts,
  type TlsStream,
} from "./stream.ts";

/** Decrypted bytes that wait to be read before reading pauses. */
const MOST_UNREAD = 1 << 18;

/** What waits for bytes. */
interface Reader {
  readonly buffer: Bytes;
  resolve(count: number | null): void;
  reject(error: Error): void;
}

/** TLS over a connection, after the handshake. */
export class SecuredStream implements TlsStream {
  /** How it is protected. */
  readonly facts: TlsFacts;
  readonly #socket: TLSSocket;
  readonly #duplex: ConnectionDuplex;
  readonly #stream: Stream;
  readonly #unread: Bytes[] = [];
  #unreadBytes = 0;
  #reader: Reader | null = null;
  #giveUp: ((error: Error) => void) | null = null;
  #end: TlsEnd = "open";
  #error: Error | null = null;

  /** Takes over a socket whose handshake is done. */
  constructor(
    socket: TLSSocket,
    duplex: ConnectionDuplex,
    stream: Stream,
    serverName: string | null = null,
  ) {
    this.#socket = socket;
    this.#duplex = duplex;
    this.#stream = stream;
    this.facts = factsOf(socket, serverName);
    socket.on("data", (bytes: Bytes) => this.#arrived(bytes));
    socket.once("end", () => this.#ended());
    socket.on("error", (error) => this.#failed(error));
    socket.once("close", () => this.#failed(null));
  }

  /** How the other end ended the connection. */
  get end(): TlsEnd {
    return this.#end;
  }

  /** Reads like `Deno.Conn`. */
  read(buffer: Bytes): Promise<number | null> {
    if (this.#unread.length > 0) return Promise.resolve(this.#take(buffer));
    if (this.#end !== "open") return Promise.resolve(null);
    if (this.#error !== null) return Promise.reject(this.#error);
    return new Promise((resolve, reject) => {
      this.#reader = { buffer, resolve, reject };
    });
  }

  /** Writes like `Deno.Conn`; one call at a time. */
  write(bytes: Bytes): Promise<number> {
    if (this.#error !== null) return Promise.reject(this.#error);
    return new Promise((resolve, reject) => {
      this.#giveUp = reject;
      this.#socket.write(bytes, (error) => {
        this.#giveUp = null;
        if (error) reject(error);
        else resolve(bytes.length);
      });
    });
  }

  /** Sends close_notify. */
  async closeWrite(): Promise<void> {
    if (this.#error !== null) return;
    await new Promise<void>((resolve) => {
      this.#socket.once("close", () => resolve());
      this.#socket.end(() => resolve());
    });
    // The runtime hands the last record over in a turn of its own.
    await new Promise((resolve) => setTimeout(resolve));
    await this.#duplex.flushed();
  }

  /** Ends TLS and gives the connection back. */
  async leave(signal: AbortSignal): Promise<Stream> {
    signal.throwIfAborted();
    this.#duplex.feedByRecord();
    const onAbort = () => this.close();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await this.closeWrite();
      const left = await this.read(new Uint8Array(1));
      if (left !== null || this.#end !== "complete") {
        throw new TlsError("closed", "the other end did not end TLS");
      }
    } catch (error) {
      this.close();
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
    this.#error = closed();
    this.#socket.destroy();
    return preceded(this.#duplex.takeRest(), this.#stream);
  }

  /** Ends the connection at once: a pending read or write rejects. */
  close(): void {
    this.#failed(closed());
    this.#socket.destroy();
    this.#stream.close();
  }

  #arrived(bytes: Bytes): void {
    this.#unread.push(bytes);
    this.#unreadBytes += bytes.length;
    if (this.#unreadBytes >= MOST_UNREAD) this.#duplex.hold(true);
    this.#serve();
  }

  #serve(): void {
    const reader = this.#reader;
    if (reader === null || this.#unread.length === 0) return;
    this.#reader = null;
    reader.resolve(this.#take(reader.buffer));
  }

  #take(buffer: Bytes): number {
    let count = 0;
    while (this.#unread.length > 0 && count < buffer.length) {
      const first = this.#unread[0]!;
      const part = first.subarray(0, buffer.length - count);
      buffer.set(part, count);
      count += part.length;
      if (part.length === first.length) this.#unread.shift();
      else this.#unread[0] = first.subarray(part.length);
    }
    this.#unreadBytes -= count;
    if (this.#unreadBytes < MOST_UNREAD) this.#duplex.hold(false);
    return count;
  }

  #ended(): void {
    if (this.#end !== "open") return;
    this.#end = this.#duplex.hasEnded ? "cut" : "complete";
    const reader = this.#reader;
    this.#reader = null;
    reader?.resolve(null);
  }

  #failed(error: Error | null): void {
    // A connection that closes without a word has ended, too.
    this.#error ??= error ?? closed();
    if (this.#end !== "open") this.#reader?.resolve(null);
    else this.#reader?.reject(this.#error);
    this.#reader = null;
    this.#giveUp?.(this.#error);
    this.#giveUp = null;
  }
}

function closed(): Error {
  return new Deno.errors.Interrupted("connection closed");
}

/** The same connection; these bytes of it were read already. */
function preceded(bytes: Bytes, stream: Stream): Stream {
  if (bytes.length === 0) return stream;
  let rest = bytes;
  return {
    read(buffer) {
      if (rest.length === 0) return stream.read(buffer);
      const part = rest.subarray(0, buffer.length);
      buffer.set(part);
      rest = rest.subarray(part.length);
      return Promise.resolve(part.length);
    },
    write: (bytes) => stream.write(bytes),
    close: () => stream.close(),
  };
}

function factsOf(socket: TLSSocket, serverName: string | null): TlsFacts {
  const { name } = socket.getCipher();
  return {
    protocol: socket.getProtocol() === "TLSv1.2" ? "TLSv1.2" : "TLSv1.3",
    cipher: name,
    resumed: socket.isSessionReused(),
    serverName,
    peer: peerOf(socket),
  };
}

function peerOf(socket: TLSSocket): PeerCertificate | null {
  const certificate = socket.getPeerX509Certificate();
  return certificate ? describe(certificate as X509Certificate) : null;
}
