/**
 * What looks like TLS to the client, without any secret: records with a type,
 * two bytes of length, and a payload that no text reader takes for text.
 *
 * @module
 */

import { type Bytes, writeAll } from "../../lib/bytes.ts";
import type { Stream } from "../../lib/net/stream.ts";
import {
  type ClientTls,
  type PeerCertificate,
  type TlsEnd,
  TlsError,
  type TlsFacts,
  type TlsStream,
  type TrustOptions,
} from "../../lib/net/tls/stream.ts";
import type { TlsMaker } from "../../client/ftp/tls.ts";
import { bytesOf, joined, textOf } from "./byte_cases.ts";

/** Types of records. */
export const HELLO = 0x16;
const TICKET = 0x14;
const CLOSE_NOTIFY = 0x15;
const DATA = 0x17;
const HEADER = 3;
const MOST = 60_000;

/** What a client says first. */
export interface ClientHello {
  /** What the connection is for. */
  readonly kind: "control" | "data";
  /** What it calls the server; `null` when it does not say. */
  readonly name: string | null;
}

/** What a server says first. */
export interface ServerHello {
  /** Which certificate it shows; nobody trusts any but `good`. */
  readonly certificate: string;
  /** Whether the connection resumes a session. */
  readonly resumed: boolean;
}

/** A record. */
export function record(type: number, payload: Bytes): Bytes {
  const bytes = new Uint8Array(HEADER + payload.length);
  bytes.set([type, payload.length >> 8, payload.length & 255]);
  bytes.set(payload.map((byte) => byte ^ 0xaa), HEADER);
  return bytes;
}

/** The record that ends one direction. */
export function closeNotify(): Bytes {
  return record(CLOSE_NOTIFY, new Uint8Array());
}

/** A ticket for the next connection. */
export function ticket(): Bytes {
  return record(TICKET, new Uint8Array(100));
}

/** Records of data. */
export function dataRecords(bytes: Bytes): Bytes[] {
  const parts: Bytes[] = [];
  for (let at = 0; at < bytes.length; at += MOST) {
    parts.push(record(DATA, bytes.slice(at, at + MOST)));
  }
  return parts;
}

/** Finds records in bytes, however those are cut. */
export class Records {
  #bytes: Bytes = new Uint8Array();

  /** Takes more bytes. */
  add(bytes: Bytes): void {
    this.#bytes = joined([this.#bytes, bytes]);
  }

  /** The next record, if it is whole. */
  next(): { type: number; payload: Bytes } | null {
    const [type, high, low] = this.#bytes;
    if (low === undefined) return null;
    const end = HEADER + high! * 256 + low;
    if (this.#bytes.length < end) return null;
    const payload = this.#bytes.slice(HEADER, end).map((byte) => byte ^ 0xaa);
    this.#bytes = this.#bytes.slice(end);
    return { type: type!, payload };
  }

  /** What was not a record yet. */
  rest(): Bytes {
    return this.#bytes;
  }
}

/** What a test sees of the client's TLS. */
export interface FakeTls {
  /** Makes it. */
  readonly connect: TlsMaker;
  /** What was made: for whom, how, and how often it was closed. */
  readonly made: {
    host: string;
    trust: TrustOptions;
    sharesSessions: boolean;
    closed: number;
  }[];
}

/** Options for {@linkcode fakeTls}. */
export interface FakeTlsOptions {
  /** Whether the first that is made tells its name. @default {true} */
  sendsName?: boolean;
}

/** TLS without secrets for a client. */
export function fakeTls({ sendsName = true }: FakeTlsOptions = {}): FakeTls {
  const made: FakeTls["made"] = [];
  const connect: TlsMaker = (host, trust, { sharesSessions = false }) => {
    const one = { host, trust, sharesSessions, closed: 0 };
    made.push(one);
    const isNamed = sendsName || sharesSessions;
    return clientTls(isNamed ? host : null, trust, () => one.closed++);
  };
  return { connect, made };
}

function clientTls(
  name: string | null,
  trust: TrustOptions,
  close: () => void,
): ClientTls {
  let certificate = "";
  return {
    canResume: trust.ca === undefined && trust.certificate === undefined,
    sendsName: name !== null,
    control: async (stream, signal) => {
      const hello = { kind: "control" as const, name };
      const secured = await handshake(stream, hello, trust, signal);
      certificate = secured.facts.peer!.fingerprint;
      if (isTrusted(certificate, trust)) return secured;
      secured.close();
      throw new TlsError("certificate", "nobody trusts the certificate", {
        peer: secured.facts.peer,
      });
    },
    data: async (stream, signal) => {
      const hello = { kind: "data" as const, name };
      const secured = await handshake(stream, hello, trust, signal);
      if (secured.facts.peer!.fingerprint === certificate) return secured;
      secured.close();
      throw new TlsError("certificate", "it shows another certificate");
    },
    close,
  };
}

function isTrusted(certificate: string, { insecure, pins }: TrustOptions) {
  return insecure || certificate === "good" || pins?.includes(certificate);
}

async function handshake(
  stream: Stream,
  hello: ClientHello,
  { maxVersion = "TLSv1.3" }: TrustOptions,
  signal: AbortSignal,
): Promise<FakeTlsStream> {
  const onAbort = () => stream.close();
  signal.addEventListener("abort", onAbort, { once: true });
  const records = new Records();
  try {
    signal.throwIfAborted();
    await writeAll(stream, record(HELLO, bytesOf(JSON.stringify(hello))));
    const { certificate, resumed } = await answerOf(stream, records);
    const peer: PeerCertificate = {
      fingerprint: certificate,
      keyFingerprint: certificate,
      commonName: certificate,
    };
    const facts: TlsFacts = {
      protocol: maxVersion,
      cipher: "FAKE",
      resumed,
      serverName: null,
      peer,
    };
    return new FakeTlsStream(stream, records, facts);
  } catch (error) {
    stream.close();
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

async function answerOf(
  stream: Stream,
  records: Records,
): Promise<ServerHello> {
  const buffer = new Uint8Array(1024);
  for (;;) {
    const found = records.next();
    if (found?.type === HELLO) return JSON.parse(textOf(found.payload));
    if (found) throw new TlsError("handshake", "this is no TLS");
    const count = await stream.read(buffer);
    if (count === null) throw new TlsError("closed", "the other end closed it");
    if (buffer[0] !== HELLO) throw new TlsError("handshake", "this is no TLS");
    records.add(buffer.slice(0, count));
  }
}

class FakeTlsStream implements TlsStream {
  readonly facts: TlsFacts;
  end: TlsEnd = "open";
  readonly #stream: Stream;
  readonly #records: Records;
  #unread: Bytes = new Uint8Array();

  constructor(stream: Stream, records: Records, facts: TlsFacts) {
    this.#stream = stream;
    this.#records = records;
    this.facts = facts;
  }

  async read(buffer: Bytes): Promise<number | null> {
    const input = new Uint8Array(4096);
    while (this.#unread.length === 0) {
      if (this.end !== "open") return null;
      const found = this.#records.next();
      if (found?.type === DATA) this.#unread = found.payload;
      else if (found?.type === CLOSE_NOTIFY) this.end = "complete";
      else if (found === null) {
        const count = await this.#stream.read(input);
        if (count === null) this.end = "cut";
        else this.#records.add(input.slice(0, count));
      }
    }
    const part = this.#unread.slice(0, buffer.length);
    this.#unread = this.#unread.slice(part.length);
    buffer.set(part);
    return part.length;
  }

  async write(bytes: Bytes): Promise<number> {
    for (const part of dataRecords(bytes)) await writeAll(this.#stream, part);
    return bytes.length;
  }

  async closeWrite(): Promise<void> {
    await writeAll(this.#stream, closeNotify()).catch(() => {});
  }

  async leave(signal: AbortSignal): Promise<Stream> {
    signal.throwIfAborted();
    signal.addEventListener("abort", () => this.close(), { once: true });
    await this.closeWrite();
    const left = await this.read(new Uint8Array(1));
    if (left !== null || this.end !== "complete") {
      this.close();
      throw new TlsError("closed", "the other end did not end TLS");
    }
    return this.#stream;
  }

  close(): void {
    this.#stream.close();
  }
}
