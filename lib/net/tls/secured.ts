/**
 * A {@linkcode TlsStream} made of a `node:tls` socket over a connection.
 *
 * @module
 */

import type { TLSSocket } from "node:tls";
import type { Bytes } from "../../bytes.ts";
import type { Stream } from "../stream.ts";
import { within } from "../wait.ts";
import { Backlog } from "./backlog.ts";
import type { ConnectionDuplex, DuplexListener } from "./duplex.ts";
import { factsOf } from "./facts.ts";
import { preceded } from "./preceded.ts";
import {
  type TlsEnd,
  TlsError,
  type TlsFacts,
  type TlsStream,
} from "./stream.ts";
import { explained } from "./words.ts";

/** Decrypted bytes that wait to be read before reading pauses. */
const MOST_UNREAD = 1 << 18;
/** As much of one write goes at once: `node:tls` encrypts 48 KiB at a time. */
const MOST_AT_ONCE = 96 << 10;

/** What a {@linkcode SecuredStream} is made of. */
export interface SecuredParts {
  /** TLS, after the handshake. */
  readonly socket: TLSSocket;
  /** The connection as TLS sees it. */
  readonly duplex: ConnectionDuplex;
  /** The connection. */
  readonly stream: Stream;
  /** What the client called the server; `null` on clients. */
  readonly serverName: string | null;
  /** How long nothing may move before an end is given up, in milliseconds. */
  readonly patience: number;
}

/** What waits for bytes. */
interface Reader {
  readonly buffer: Bytes;
  resolve(count: number | null): void;
  reject(error: Error): void;
}

/** TLS over a connection, after the handshake. */
export class SecuredStream implements TlsStream, DuplexListener {
  /** How it is protected. */
  readonly facts: TlsFacts;
  readonly #socket: TLSSocket;
  readonly #duplex: ConnectionDuplex;
  readonly #stream: Stream;
  readonly #patience: number;
  readonly #unread = new Backlog();
  #reader: Reader | null = null;
  #giveUp: ((error: Error) => void) | null = null;
  #farewell: Promise<void> | null = null;
  #end: TlsEnd = "open";
  #hasLeft = false;
  /** Why nothing can be read any more, and why nothing written. */
  #readError: Error | null = null;
  #writeError: Error | null = null;

  /** Takes over a socket whose handshake is done. */
  constructor({ socket, duplex, stream, ...facts }: SecuredParts) {
    this.#socket = socket;
    this.#duplex = duplex;
    this.#stream = stream;
    this.#patience = facts.patience;
    this.facts = factsOf(socket, facts.serverName);
    duplex.listener = this;
    duplex.shookHands();
    socket.on("data", (bytes: Bytes) => this.#arrived(bytes));
    socket.once("end", () => this.#endedAs("complete"));
    socket.on("error", (error) => this.#failed(explained(error)));
    // Servers' sockets say it only so.
    socket.on("_tlsError", (error) => this.#failed(explained(error)));
    socket.once("close", () => this.#failed(closed()));
  }

  /** How the other end ended the connection. */
  get end(): TlsEnd {
    return this.#end;
  }

  /** Reads like `Deno.Conn`; one call at a time. */
  read(buffer: Bytes): Promise<number | null> {
    if (this.#reader !== null) return Promise.reject(busy("read"));
    if (this.#unread.length > 0) return Promise.resolve(this.#take(buffer));
    if (this.#end !== "open") return Promise.resolve(null);
    if (this.#readError !== null) return Promise.reject(this.#readError);
    return new Promise((resolve, reject) => {
      this.#reader = { buffer, resolve, reject };
    });
  }

  /** Writes like `Deno.Conn`; one call at a time. */
  write(bytes: Bytes): Promise<number> {
    if (this.#giveUp !== null) return Promise.reject(busy("write"));
    if (this.#writeError !== null) return Promise.reject(this.#writeError);
    if (this.#farewell !== null) return Promise.reject(ended());
    if (bytes.length === 0) return Promise.resolve(0);
    const part = bytes.subarray(0, MOST_AT_ONCE);
    return new Promise((resolve, reject) => {
      this.#giveUp = reject;
      this.#socket.write(part, (error) => {
        this.#giveUp = null;
        if (error) reject(this.#writeError ?? explained(error));
        else resolve(part.length);
      });
    });
  }

  /** Sends close_notify, and waits as long as what comes before it moves. */
  closeWrite(): Promise<void> {
    return this.#farewell ??= this.#sayFarewell();
  }

  async #sayFarewell(): Promise<void> {
    if (this.#writeError !== null) return;
    const said = this.#endSocket();
    for (let before = -1; before < this.#duplex.written;) {
      before = this.#duplex.written;
      if (await within(said, this.#patience, "late") !== "late") return;
    }
  }

  async #endSocket(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#socket.once("close", () => resolve());
      this.#socket.end(() => resolve());
    });
    await this.#duplex.flushed();
  }

  /** Ends TLS and gives the connection back. */
  async leave(signal: AbortSignal): Promise<Stream> {
    signal.throwIfAborted();
    this.#duplex.feedByRecord();
    const onAbort = () => this.close();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await this.#giveBack();
    } catch (error) {
      this.close();
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  async #giveBack(): Promise<Stream> {
    await this.closeWrite();
    const left = await this.read(new Uint8Array(1));
    const rest = await this.#duplex.takeRest();
    if (left !== null || this.#end !== "complete" || rest === null) {
      throw new TlsError("closed", "the other end did not end TLS");
    }
    this.#hasLeft = true;
    this.#failed(closed());
    this.#socket.destroy();
    return preceded(rest, this.#stream);
  }

  /** Ends the connection at once: a pending read or write rejects. */
  close(): void {
    this.#failed(closed());
    this.#socket.destroy();
    if (!this.#hasLeft) this.#stream.close();
  }

  /** The connection has ended; if TLS had before, this is late news. */
  ended(): void {
    // curl, told to leave (CCC), just goes on in plain text.
    this.#endedAs(this.#duplex.hasPlainText ? "complete" : "cut");
  }

  /** The connection broke: there is nothing more but what is here already. */
  readFailed(error: Error): void {
    this.#failed(error);
  }

  /** Nothing can be written any more; the other end may have sent the rest. */
  writeFailed(error: Error): void {
    this.#writeError ??= error;
    this.#giveUp?.(this.#writeError);
    this.#giveUp = null;
  }

  #failed(error: Error): void {
    this.writeFailed(error);
    this.#readError ??= error;
    this.#duplex.stop();
    this.#reader?.reject(this.#readError);
    this.#reader = null;
  }

  #arrived(bytes: Bytes): void {
    this.#unread.push(bytes);
    if (this.#unread.length >= MOST_UNREAD) this.#duplex.hold(true);
    const reader = this.#reader;
    this.#reader = null;
    reader?.resolve(this.#take(reader.buffer));
  }

  #take(buffer: Bytes): number {
    const count = this.#unread.take(buffer);
    if (this.#unread.length < MOST_UNREAD) this.#duplex.hold(false);
    return count;
  }

  #endedAs(end: TlsEnd): void {
    if (this.#end !== "open") return;
    this.#end = end;
    this.#duplex.stop();
    this.#reader?.resolve(null);
    this.#reader = null;
  }
}

function closed(): Error {
  return new Deno.errors.Interrupted("connection closed");
}

function ended(): Error {
  return new Deno.errors.BrokenPipe("our side of the connection has ended");
}

function busy(what: string): Error {
  return new Deno.errors.Busy(`a ${what} is pending already`);
}
