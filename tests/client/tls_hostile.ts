/**
 * A server that a test plays over real TLS, so that it can do what no server
 * should.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Bytes, writeAll } from "../../lib/bytes.ts";
import { LineReader } from "../../lib/lines.ts";
import { type Stream, streamOf } from "../../lib/net/stream.ts";
import { serverTls } from "../../lib/net/tls/server.ts";
import type { ServerCertificate, TlsStream } from "../../lib/net/tls/stream.ts";

const LIMITS = { maxLength: 1000, maxSkipped: 0 };
/** Longest life of a test's server, in milliseconds. */
const PATIENCE = 20_000;

/** What the server says and hears on one control connection. */
export class HostileTalk {
  /** Commands in their order. */
  readonly heard: string[] = [];
  #stream: Stream;
  #lines: LineReader;
  readonly #signal: AbortSignal;

  constructor(stream: Stream, signal: AbortSignal) {
    this.#stream = stream;
    this.#signal = signal;
    this.#lines = new LineReader(stream, LIMITS);
  }

  /** Says a line, or several in one segment. */
  async say(text: string): Promise<void> {
    await writeAll(this.#stream, new TextEncoder().encode(`${text}\r\n`));
  }

  /** The next line; `null` when the client is gone. */
  async hear(): Promise<string | null> {
    const line = await this.#lines.next().catch(() => null);
    if (line === null) return null;
    const text = new TextDecoder().decode(line.bytes);
    this.heard.push(text);
    return text;
  }

  /** Hears one command and answers. */
  async answer(start: string, reply: string): Promise<void> {
    assertEquals((await this.hear())?.slice(0, start.length), start);
    await this.say(reply);
  }

  /** Begins with TLS. */
  async secure(certificate: ServerCertificate): Promise<void> {
    const tls = serverTls({ certificates: [certificate] });
    this.#stream = await tls.secure(this.#stream, this.#signal);
    this.#lines = new LineReader(this.#stream, LIMITS);
  }

  /** A greeting, TLS and a login, as they should be. */
  async begin(certificate: ServerCertificate): Promise<void> {
    await this.say("220 Ready");
    await this.answer("AUTH TLS", "234 Go on");
    await this.secure(certificate);
    await this.answer("USER", "230 Welcome");
    await this.answer("PBSZ", "200 OK");
    await this.answer("PROT", "200 OK");
    await this.answer("FEAT", "502 No");
  }

  /** Answers questions as `replies` say, until `last` has come. */
  async until(last: string, replies: Record<string, string>): Promise<void> {
    for (let line; (line = await this.hear()) !== null;) {
      const verb = line.split(" ", 1)[0]!;
      if (verb === last) return;
      await this.say(replies[verb] ?? "502 No");
    }
  }

  /** Everything that still comes, without looking at it. */
  async rest(): Promise<Bytes> {
    const parts: Bytes[] = [];
    const buffer = new Uint8Array(4096);
    for (;;) {
      const count = await this.#stream.read(buffer).catch(() => null);
      if (count === null) break;
      parts.push(buffer.slice(0, count));
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  }
}

/** A data connection as the client makes it. */
export interface HostileData {
  /** Where the client connects to. */
  readonly port: number;
  /** Waits for it, and begins with TLS when there is a certificate. */
  accept(certificate: ServerCertificate | null): Promise<HostileConnection>;
}

/** A data connection, and what is under its TLS. */
export interface HostileConnection {
  /** As the client sees it. */
  readonly stream: Stream | TlsStream;
  /** The connection itself. */
  readonly conn: Deno.TcpConn;
}

/** Runs `action` with a server that `play` is, for one control connection. */
export async function withHostile(
  play: (talk: HostileTalk, data: HostileData) => Promise<void>,
  action: (port: number) => Promise<void>,
): Promise<void> {
  const hostname = "127.0.0.1";
  using listener = Deno.listen({ hostname, port: 0 });
  using dataListener = Deno.listen({ hostname, port: 0 });
  const signal = AbortSignal.timeout(PATIENCE);
  const opened: Deno.TcpConn[] = [];
  async function accept(from: Deno.TcpListener): Promise<Deno.TcpConn> {
    const conn = await from.accept();
    opened.push(conn);
    return conn;
  }
  const data: HostileData = {
    port: dataListener.addr.port,
    async accept(certificate) {
      const conn = await accept(dataListener);
      if (certificate === null) return { stream: streamOf(conn), conn };
      const tls = serverTls({ certificates: [certificate] });
      return { stream: await tls.secure(streamOf(conn), signal), conn };
    },
  };
  const played = accept(listener).then((conn) =>
    play(new HostileTalk(streamOf(conn), signal), data)
  );
  try {
    await action(listener.addr.port);
    await played;
  } finally {
    await played.catch(() => {});
    for (const conn of opened) closeIfOpen(conn);
  }
}

function closeIfOpen(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
