/**
 * TLS in memory, without any cryptography: frames that are plainly not text, so
 * that a test notices bytes which go out the wrong way.
 *
 * @module
 */

import { assert } from "@std/assert";
import { type Bytes, writeAll } from "../../lib/bytes.ts";
import type { Stream } from "../../lib/net/stream.ts";
import {
  type PeerCertificate,
  type ServerTls,
  type TlsEnd,
  TlsError,
  type TlsFacts,
  type TlsStream,
} from "../../lib/net/tls/stream.ts";
import { bytesOf, joined, textOf } from "./byte_cases.ts";
import type { MemoryConn } from "./ftp_memory_conn.ts";

/** What a client says in its handshake. */
export interface Hello {
  /** @default {"TLSv1.3"} */
  protocol?: TlsFacts["protocol"];
  /** Whether the session is resumed. @default {false} */
  resumed?: boolean;
  /** Common name of the certificate it shows. @default none */
  certificate?: string;
  /** What it calls the server. @default nothing */
  serverName?: string;
}

/** A frame's kinds, as TLS numbers its records. */
const ALERT = 21;
const HANDSHAKE = 22;
const DATA = 23;
const HEADER = 3;
const MOST = 16_384;

/** Makes frames and takes them apart. */
class Frames {
  #rest: Bytes = new Uint8Array(0);

  /** What has come of the next frame, and whatever is behind it. */
  get rest(): Bytes {
    return this.#rest;
  }

  put(bytes: Bytes): void {
    this.#rest = joined([this.#rest, bytes]);
  }

  /** The next whole frame, if there is one. */
  take(): { kind: number; body: Bytes } | null {
    const [kind, high, low] = this.#rest;
    if (kind === undefined) return null;
    if (![ALERT, HANDSHAKE, DATA].includes(kind)) {
      throw new TlsError("handshake", "that is not TLS");
    }
    const length = HEADER + (high! << 8 | low!);
    if (!(this.#rest.length >= length)) return null;
    const body = this.#rest.slice(HEADER, length).map((byte) => ~byte);
    this.#rest = this.#rest.slice(length);
    return { kind, body };
  }
}

function frame(kind: number, body: Bytes): Bytes {
  const header = new Uint8Array([kind, body.length >> 8, body.length & 255]);
  return joined([header, body.map((byte) => ~byte)]);
}

const GOODBYE = frame(ALERT, bytesOf("close_notify"));

/** The client's side of one connection. */
export class FakeTlsClient {
  /** Whether the server has answered the handshake. */
  isSecured = false;
  /** Whether the server has sent close_notify. */
  hasEnded = false;
  readonly #frames = new Frames();

  /** Begins the handshake. */
  hello(hello: Hello): Bytes {
    return frame(HANDSHAKE, bytesOf(JSON.stringify(hello)));
  }

  /** Protects bytes. */
  seal(data: string | Bytes): Bytes {
    const bytes = typeof data === "string" ? bytesOf(data) : data;
    return bytes.length === 0 ? bytes : frame(DATA, bytes);
  }

  /** The client's close_notify. */
  goodbye(): Bytes {
    return GOODBYE;
  }

  /** What the server has said in these bytes and those before. */
  open(bytes: Bytes): Bytes {
    this.#frames.put(bytes);
    const said: Bytes[] = [];
    while (!this.hasEnded) {
      const frame = this.#frames.take();
      if (frame === null) return joined(said);
      if (frame.kind === HANDSHAKE) this.isSecured = true;
      else if (frame.kind === ALERT) this.hasEnded = true;
      else said.push(frame.body);
    }
    return joined([...said, this.#frames.rest]);
  }

  /** Everything the server says on a connection, until its close_notify. */
  async readAll(conn: MemoryConn): Promise<string> {
    const said: Bytes[] = [];
    for (let at = 0; !this.hasEnded;) {
      const bytes = conn.received[at];
      if (bytes !== undefined) {
        at++;
        said.push(this.open(bytes));
        continue;
      }
      assert(!conn.isClosed, `cut off behind "${textOf(joined(said))}"`);
      await new Promise<void>((resolve) => conn.onChange = resolve);
    }
    return textOf(joined(said));
  }
}

/** A server's TLS that believes whatever clients say. */
export function fakeServerTls(): ServerTls {
  return {
    async secure(stream, signal) {
      signal.throwIfAborted();
      const onAbort = () => stream.close();
      signal.addEventListener("abort", onAbort, { once: true });
      try {
        return await shake(stream);
      } catch (error) {
        stream.close();
        signal.throwIfAborted();
        throw error;
      } finally {
        signal.removeEventListener("abort", onAbort);
      }
    },
    replace: () => {},
  };
}

async function shake(stream: Stream): Promise<TlsStream> {
  const frames = new Frames();
  const first = await nextFrame(stream, frames);
  if (first?.kind !== HANDSHAKE) {
    throw new TlsError("closed", "the other end closed the connection");
  }
  const hello = JSON.parse(textOf(first.body)) as Hello;
  await writeAll(stream, frame(HANDSHAKE, bytesOf("welcome")));
  return new FakeTlsStream(stream, frames, factsOf(hello));
}

function factsOf(hello: Hello): TlsFacts {
  const { protocol = "TLSv1.3", resumed = false, certificate } = hello;
  const { serverName = null } = hello;
  return {
    protocol,
    cipher: "NONE",
    resumed,
    serverName,
    peer: certificate === undefined ? null : certificateOf(certificate),
  };
}

function certificateOf(commonName: string): PeerCertificate {
  const fingerprint = `fingerprint of ${commonName}`;
  return { fingerprint, keyFingerprint: fingerprint, commonName };
}

async function nextFrame(stream: Stream, frames: Frames) {
  for (;;) {
    const frame = frames.take();
    if (frame !== null) return frame;
    const buffer: Bytes = new Uint8Array(MOST);
    const count = await stream.read(buffer);
    if (count === null) return null;
    frames.put(buffer.subarray(0, count));
  }
}

class FakeTlsStream implements TlsStream {
  end: TlsEnd = "open";
  readonly facts: TlsFacts;
  readonly #stream: Stream;
  readonly #frames: Frames;
  #unread: Bytes = new Uint8Array(0);

  constructor(stream: Stream, frames: Frames, facts: TlsFacts) {
    this.#stream = stream;
    this.#frames = frames;
    this.facts = facts;
  }

  async read(buffer: Bytes): Promise<number | null> {
    while (this.#unread.length === 0) {
      if (this.end !== "open") return null;
      const frame = await nextFrame(this.#stream, this.#frames);
      if (frame === null) this.end = "cut";
      else if (frame.kind === ALERT) this.end = "complete";
      else this.#unread = frame.body;
    }
    const taken = this.#unread.slice(0, buffer.length);
    buffer.set(taken);
    this.#unread = this.#unread.slice(taken.length);
    return taken.length;
  }

  async write(bytes: Bytes): Promise<number> {
    const taken = bytes.slice(0, MOST);
    await writeAll(this.#stream, frame(DATA, taken));
    return taken.length;
  }

  async closeWrite(): Promise<void> {
    await writeAll(this.#stream, GOODBYE).catch(() => {});
  }

  async leave(signal: AbortSignal): Promise<Stream> {
    const onAbort = () => this.close();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await this.closeWrite();
      const more = await this.read(new Uint8Array(1));
      if (more === null && this.end === "complete") return this.#plain();
      throw new TlsError("closed", "the other end did not end TLS");
    } catch (error) {
      this.close();
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  close(): void {
    this.#stream.close();
  }

  #plain(): Stream {
    const stream = this.#stream;
    let { rest } = this.#frames;
    return {
      read(buffer) {
        if (rest.length === 0) return stream.read(buffer);
        const taken = rest.slice(0, buffer.length);
        buffer.set(taken);
        rest = rest.slice(taken.length);
        return Promise.resolve(taken.length);
      },
      write: (bytes) => stream.write(bytes),
      close: () => stream.close(),
    };
  }
}
