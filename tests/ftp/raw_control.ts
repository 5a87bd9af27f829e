/**
 * A control connection that hides nothing: what a test writes goes out as it
 * is, what comes back is text.
 *
 * @module
 */

import { assertEquals, fail } from "@std/assert";
import { type Bytes, writeAll } from "../../lib/bytes.ts";
import { within } from "../../lib/net/wait.ts";

/** Where a {@linkcode RawControl} connects to. */
export interface ControlOptions {
  /** Host of the server. */
  hostname: string;
  /** Its port. */
  port: number;
  /** Milliseconds that a reply may take. @default {15000} */
  patience?: number;
  /** Whether the greeting is taken. @default {true} */
  greeting?: boolean;
}

/** The code of a reply. */
export function code(reply: string): number {
  return Number(reply.slice(0, 3));
}

const LAST_LINE = /^(?:\d{3} [^\n]*|(\d{3})-[^]*?\n\1 [^\n]*)\n/;

/** One control connection, and the data connections that belong to it. */
export class RawControl implements Disposable {
  /** The socket. */
  readonly conn: Deno.TcpConn;
  readonly #options: ControlOptions;
  readonly #decoder = new TextDecoder();
  #text = "";

  private constructor(conn: Deno.TcpConn, options: ControlOptions) {
    this.conn = conn;
    this.#options = options;
  }

  /** Connects, and takes the greeting unless told otherwise. */
  static async open(options: ControlOptions): Promise<RawControl> {
    const conn = await Deno.connect(options);
    conn.setNoDelay(true);
    const control = new RawControl(conn, options);
    if (options.greeting ?? true) await control.expect(220);
    return control;
  }

  /** Sends lines, each with CRLF behind it. */
  async send(...lines: string[]): Promise<void> {
    await this.write(lines.map((line) => `${line}\r\n`).join(""));
  }

  /** Sends bytes as they are. */
  async write(data: string | Bytes): Promise<void> {
    const bytes = typeof data === "string"
      ? new TextEncoder().encode(data)
      : data;
    await writeAll(this.conn, bytes);
  }

  /** The next reply, all its lines; `""` when the server ended. */
  async reply(): Promise<string> {
    for (;;) {
      const found = LAST_LINE.exec(this.#text);
      if (found !== null) {
        this.#text = this.#text.slice(found[0].length);
        return found[0].trimEnd();
      }
      if (!await this.#more()) return "";
    }
  }

  /** The next reply, which must have this code. */
  async expect(wanted: number): Promise<string> {
    const reply = await this.reply();
    assertEquals(code(reply), wanted, `reply "${reply}"`);
    return reply;
  }

  /** Sends a command; its reply, which must have this code if one is given. */
  async say(line: string, wanted?: number): Promise<string> {
    await this.send(line);
    const reply = await this.reply();
    if (wanted !== undefined) {
      assertEquals(code(reply), wanted, `"${line}" was answered "${reply}"`);
    }
    return reply;
  }

  /** Logs in, and makes transfers binary. */
  async login(user = "anonymous", password = "x"): Promise<void> {
    await this.say(`USER ${user}`, 331);
    await this.say(`PASS ${password}`, 230);
    await this.say("TYPE I", 200);
  }

  /** The port that PASV or EPSV told. */
  async passivePort(verb: "PASV" | "EPSV" = "EPSV"): Promise<number> {
    const reply = await this.say(verb, verb === "PASV" ? 227 : 229);
    const numbers = /\((.+)\)/.exec(reply)?.[1]?.split(/[,|]/) ?? [];
    return verb === "PASV"
      ? Number(numbers[4]) * 256 + Number(numbers[5])
      : Number(numbers[3]);
  }

  /** A data connection, the server waiting. */
  async passive(verb: "PASV" | "EPSV" = "EPSV"): Promise<Deno.TcpConn> {
    const port = await this.passivePort(verb);
    return await Deno.connect({ hostname: this.#options.hostname, port });
  }

  /** A listener that PORT or EPRT has told the server of. */
  async active(verb: "PORT" | "EPRT" = "EPRT"): Promise<Deno.TcpListener> {
    const { hostname } = this.#options;
    const listener = Deno.listen({ hostname, port: 0 });
    const { port } = listener.addr;
    const family = hostname.includes(":") ? 2 : 1;
    const numbers = [...hostname.split("."), port >> 8, port & 255];
    await this.say(
      verb === "PORT"
        ? `PORT ${numbers.join()}`
        : `EPRT |${family}|${hostname}|${port}|`,
      200,
    );
    return listener;
  }

  /** What a command sends over a passive data connection, as text. */
  async fetch(line: string): Promise<string> {
    using data = await this.passive();
    await this.say(line, 150);
    const text = await this.#within(readAll(data), line);
    await this.expect(226);
    return text;
  }

  /** Sends bytes to a command; its final reply. */
  async put(line: string, content: string | Bytes): Promise<string> {
    using data = await this.passive();
    await this.say(line, 150);
    const bytes = typeof content === "string"
      ? new TextEncoder().encode(content)
      : content;
    await this.#within(writeAll(data, bytes), line);
    data.close();
    return await this.reply();
  }

  /** Waits for the server to end the connection; what it said before. */
  async ended(): Promise<string> {
    while (await this.#more());
    const rest = this.#text;
    this.#text = "";
    return rest;
  }

  /** Closes the connection without a word; fine when it is closed already. */
  close(): void {
    try {
      this.conn.close();
    } catch { /* It was closed before. */ }
  }

  /** Closes the connection. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Takes what came; `false` at the end, a reset included. */
  async #more(): Promise<boolean> {
    const buffer: Bytes = new Uint8Array(65_536);
    const count = await this.#within(
      this.conn.read(buffer).catch(resetIsEnd),
      "a reply",
    );
    if (count === null) return false;
    const bytes = buffer.subarray(0, count);
    this.#text += this.#decoder.decode(bytes, { stream: true })
      .replaceAll("\r\n", "\n");
    return true;
  }

  async #within<T>(promise: Promise<T>, what: string): Promise<T> {
    const late = Symbol();
    const { patience = 15_000 } = this.#options;
    const result = await within(promise, patience, late);
    if (result !== late) return result as T;
    this.close();
    await promise.catch(() => {});
    return fail(`${what} did not come within ${patience / 1000} s`);
  }
}

function resetIsEnd(error: unknown): null {
  if (error instanceof Deno.errors.ConnectionReset) return null;
  throw error;
}

/** Everything a connection sends until its end, as text. */
export async function readAll(
  conn: Pick<Deno.Conn, "read">,
): Promise<string> {
  const decoder = new TextDecoder();
  const buffer: Bytes = new Uint8Array(65_536);
  let text = "";
  for (let count; (count = await conn.read(buffer)) !== null;) {
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  return text;
}
