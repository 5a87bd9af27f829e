/**
 * A client with TLS that hides nothing.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Bytes, writeAll } from "../../lib/bytes.ts";
import { type Stream, streamOf } from "../../lib/net/stream.ts";
import { clientTls } from "../../lib/net/tls/client.ts";
import type {
  ClientTls,
  TlsStream,
  TrustOptions,
} from "../../lib/net/tls/stream.ts";
import { SOON, soon } from "./helpers.ts";
import type { LocalServer } from "./tls_server.ts";

/** How a client differs from the usual. */
export interface ClientOptions {
  /** @default {false} */
  implicit?: boolean;
  /** @default everybody */
  trust?: TrustOptions;
}

/** Where a server listens. */
type Ports = Pick<LocalServer, "port" | "implicitPort">;

/** How an upload ends. */
export type UploadEnd = "close_notify" | "cut";

/** A client: one control connection, and its data connections. */
export class TlsClient implements Disposable {
  /** Its TLS. */
  readonly tls: ClientTls;
  /** The socket of the control connection. */
  readonly conn: Deno.TcpConn;
  /** What commands go over. */
  stream: Stream;
  /** The same, when TLS protects it. */
  secured: TlsStream | null = null;
  readonly #decoder = new TextDecoder();
  #text = "";

  private constructor(conn: Deno.TcpConn, tls: ClientTls) {
    this.conn = conn;
    this.stream = streamOf(conn);
    this.tls = tls;
  }

  /** Connects and takes the greeting; with `implicit`, inside TLS. */
  static async open(
    { port, implicitPort }: Ports,
    { implicit = false, trust = { insecure: true } }: ClientOptions = {},
  ): Promise<TlsClient> {
    const conn = await Deno.connect({ port: implicit ? implicitPort : port });
    conn.setNoDelay(true);
    const client = new TlsClient(conn, clientTls("127.0.0.1", trust));
    if (implicit) await client.secure();
    await client.expect(220);
    return client;
  }

  /** The same, with AUTH and private data, alice logged in. */
  static async private(
    server: Ports,
    options: ClientOptions = {},
  ): Promise<TlsClient> {
    const client = await TlsClient.open(server, options);
    if (!options.implicit) {
      await client.auth();
      await client.say("PBSZ 0", 200);
      await client.say("PROT P", 200);
    }
    await client.login();
    return client;
  }

  /** Sends AUTH and does the handshake. */
  async auth(): Promise<void> {
    await this.say("AUTH TLS", 234);
    await this.secure();
  }

  /** Does the handshake on the control connection. */
  async secure(): Promise<void> {
    const signal = AbortSignal.timeout(SOON);
    this.secured = await this.tls.control(this.stream, signal);
    this.stream = this.secured;
  }

  /** Logs alice in, and makes transfers binary. */
  async login(): Promise<void> {
    await this.say("USER alice", 331);
    await this.say("PASS secret", 230);
    await this.say("TYPE I", 200);
  }

  /** Ends TLS on the control connection, when the server has said so. */
  async leave(): Promise<void> {
    const signal = AbortSignal.timeout(SOON);
    this.stream = await this.secured!.leave(signal);
    this.secured = null;
  }

  /** Sends text as it is. */
  async write(text: string): Promise<void> {
    await writeAll(this.stream, new TextEncoder().encode(text));
  }

  /** Sends a command; its reply, which must have this code if one is given. */
  async say(line: string, code?: number): Promise<string> {
    await this.write(`${line}\r\n`);
    return code === undefined ? await this.reply() : await this.expect(code);
  }

  /** The next reply, which must have this code. */
  async expect(code: number): Promise<string> {
    const reply = await this.reply();
    assertEquals(reply.slice(0, 3), String(code), reply);
    return reply;
  }

  /** The next reply of one line; `""` when the server has ended. */
  async reply(): Promise<string> {
    for (;;) {
      const end = this.#text.indexOf("\r\n");
      if (end >= 0) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return line;
      }
      const buffer: Bytes = new Uint8Array(4096);
      const count = await soon(
        this.stream.read(buffer).catch(() => null),
        "a reply",
      );
      if (count === null) return "";
      this.#text += this.#decoder.decode(buffer.subarray(0, count));
    }
  }

  /** A data connection in plain text, the server waiting. */
  async passive(): Promise<Deno.TcpConn> {
    const port = Number(/(\d+)\|\)/.exec(await this.say("EPSV", 229))![1]);
    const conn = await Deno.connect({ port });
    conn.setNoDelay(true);
    return conn;
  }

  /** Protects a data connection, with this control connection's session. */
  protect(conn: Deno.Conn, tls: ClientTls = this.tls): Promise<TlsStream> {
    return tls.data(streamOf(conn), AbortSignal.timeout(SOON));
  }

  /** What a command sends over a protected connection, to its close_notify. */
  async fetch(line: string): Promise<string> {
    const conn = await this.passive();
    await this.say(line, 150);
    const data = await this.protect(conn);
    const text = await readText(data);
    assertEquals(data.end, "complete");
    data.close();
    await this.expect(226);
    return text;
  }

  /** Sends text to a command over a protected connection; the final reply. */
  async put(
    line: string,
    text: string,
    how: UploadEnd = "close_notify",
  ): Promise<string> {
    const conn = await this.passive();
    await this.say(line, 150);
    const data = await this.protect(conn);
    await writeAll(data, new TextEncoder().encode(text));
    if (how === "close_notify") {
      await data.closeWrite();
      assertEquals(
        await soon(data.read(new Uint8Array(1)), "its answer"),
        null,
      );
      assertEquals(data.end, "complete");
    } else await conn.closeWrite();
    const reply = await this.reply();
    data.close();
    return reply;
  }

  /** Closes the connection without a word. */
  [Symbol.dispose](): void {
    this.stream.close();
    this.tls.close();
  }
}

/** Everything that comes until the end, as text. */
export async function readText(stream: Pick<Stream, "read">): Promise<string> {
  const decoder = new TextDecoder();
  const buffer: Bytes = new Uint8Array(65_536);
  let text = "";
  for (;;) {
    const count = await soon(stream.read(buffer), "data");
    if (count === null) return text;
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
}
