/**
 * A dialogue with an FTP server over TLS, without our client: commands as
 * they stand in the tests, on the library's TLS alone.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { type Bytes, writeAll } from "../../lib/bytes.ts";
import { ReplyReader } from "../../lib/ftp/reply_reader.ts";
import { type Stream, streamOf } from "../../lib/net/stream.ts";
import type { ClientTls, TlsStream } from "../../lib/net/tls/stream.ts";
import { within } from "../../lib/net/wait.ts";
import { ACCOUNT } from "./account_servers.ts";

/** Longest wait for one step, in milliseconds. */
const PATIENCE = 20_000;
const LIMITS = { maxLine: 4096, maxReply: 65536 };
const HOSTNAME = "127.0.0.1";

/** What became of a transfer. */
export interface Moved {
  /** The bytes that came down; none for an upload. */
  readonly bytes: Bytes;
  /** Its connection. */
  readonly data: TlsStream;
}

/** A control connection that TLS protects, logged in. */
export class Dialogue {
  /** The control connection. */
  readonly control: TlsStream;
  readonly #tls: ClientTls;
  readonly #replies: ReplyReader;

  private constructor(tls: ClientTls, control: TlsStream) {
    this.#tls = tls;
    this.control = control;
    this.#replies = new ReplyReader(control, LIMITS);
  }

  /** AUTH TLS, the login, and private data connections. */
  static async open(tls: ClientTls, port: number): Promise<Dialogue> {
    const plain = await connectPlain(port, "AUTH TLS");
    const control = await tls.control(plain, patience());
    const dialogue = new Dialogue(tls, control);
    await dialogue.say(`USER ${ACCOUNT.user}`, 331);
    await dialogue.say(`PASS ${ACCOUNT.password}`, 230);
    for (const command of ["PBSZ 0", "PROT P", "TYPE I"]) {
      await dialogue.say(command, 200);
    }
    return dialogue;
  }

  /** Sends a command that must be answered with `code`; the reply's text. */
  async say(command: string, code: number): Promise<string> {
    await send(this.control, command);
    return await this.hear(code);
  }

  /** A reply that must have one of these codes; its text. */
  async hear(...codes: number[]): Promise<string> {
    const reply = await within(this.#replies.next(), PATIENCE, null);
    const text = reply?.lines.join("\n") ?? "no reply";
    assert(codes.includes(reply?.code ?? 0), `${reply?.code} ${text}`);
    return text;
  }

  /** Fetches what a command sends. */
  async fetch(command: string): Promise<Moved> {
    const data = await this.#begin(command);
    const bytes = await readAll(data);
    // A strict vsftpd tells the transfer's end only after this.
    await data.closeWrite();
    data.close();
    await this.hear(226);
    return { bytes, data };
  }

  /** Sends bytes with a command. */
  async give(command: string, bytes: Bytes): Promise<Moved> {
    const data = await this.#begin(command);
    await writeAll(data, bytes);
    await data.closeWrite();
    // The server's new ticket comes before its end.
    await readAll(data);
    data.close();
    await this.hear(226);
    return { bytes: new Uint8Array(0), data };
  }

  /**
   * TLS begins when the server has said that it will take the transfer: every
   * handshake uses up a ticket, and a refused one would do so in vain.
   */
  async #begin(command: string): Promise<TlsStream> {
    const [, port] = /\|(\d+)\|/.exec(await this.say("EPSV", 229)) ?? [];
    const plain = await connect(Number(port));
    try {
      await send(this.control, command);
      await this.hear(125, 150);
    } catch (error) {
      plain.close();
      throw error;
    }
    return await this.#tls.data(plain, patience());
  }

  /** Ends the session. */
  async quit(): Promise<void> {
    await this.say("QUIT", 221);
    await this.control.closeWrite();
    this.control.close();
    this.#tls.close();
  }
}

/** Connects, reads the greeting and has a command taken that begins TLS. */
export async function connectPlain(
  port: number,
  command: string,
): Promise<Stream> {
  const plain = await connect(port);
  const replies = new ReplyReader(plain, LIMITS);
  assertEquals((await replies.next())?.code, 220);
  await send(plain, command);
  assertEquals((await replies.next())?.code, 234);
  assertEquals(replies.buffered, 0);
  return plain;
}

async function connect(port: number): Promise<Stream> {
  const conn = await Deno.connect({ hostname: HOSTNAME, port });
  conn.setNoDelay(true);
  return streamOf(conn);
}

function patience(): AbortSignal {
  return AbortSignal.timeout(PATIENCE);
}

function send(stream: Stream, command: string): Promise<void> {
  return writeAll(stream, new TextEncoder().encode(`${command}\r\n`));
}

async function readAll(stream: Stream): Promise<Bytes> {
  const parts: Bytes[] = [];
  for (;;) {
    const buffer = new Uint8Array(1 << 16);
    const count = await within(stream.read(buffer), PATIENCE, 0);
    if (count === null) break;
    assert(count > 0, "no byte in time");
    parts.push(buffer.subarray(0, count));
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
