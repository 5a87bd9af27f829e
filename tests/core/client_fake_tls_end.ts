/**
 * The server's end of a connection that looks like TLS.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { bytesOf, joined, textOf } from "./byte_cases.ts";
import {
  type ClientHello,
  closeNotify,
  dataRecords,
  HELLO,
  record,
  Records,
  type ServerHello,
  ticket,
} from "./client_fake_tls.ts";
import type { MemoryConn } from "./ftp_memory_conn.ts";

const CLOSE_NOTIFY = 0x15;
const DATA = 0x17;

/** How a server answers a handshake. */
export interface EndOptions extends Partial<ServerHello> {
  /** Whether it sends a ticket for the next connection. @default {true} */
  tickets?: boolean;
}

/** A connection to a client, which TLS protects once that has asked for it. */
export class FakeTlsEnd {
  /** What the client said first. */
  hello: ClientHello | null = null;
  /** Whether the client has ended its direction as TLS wants it. */
  hasEnded = false;
  readonly #conn: MemoryConn;
  readonly #records = new Records();
  readonly #received: Bytes[] = [];
  #read = 0;

  constructor(conn: MemoryConn) {
    this.#conn = conn;
  }

  /** What the client sent, without the first `start` bytes. */
  get text(): string {
    return textOf(joined(this.#received));
  }

  /** Looks at what has come since the last time, from chunk `start` on. */
  look(start = 0): void {
    this.#read = Math.max(this.#read, start);
    const { received } = this.#conn;
    while (this.#read < received.length) {
      this.#records.add(received[this.#read++]!);
    }
    for (let next; (next = this.#records.next()) !== null;) {
      const { type, payload } = next;
      if (type === HELLO) this.hello = JSON.parse(textOf(payload));
      if (type === DATA) this.#received.push(payload);
      if (type === CLOSE_NOTIFY) this.hasEnded = true;
    }
  }

  /** Chunks of the connection that were looked at. */
  get chunks(): number {
    return this.#read;
  }

  /** Waits until `isTrue`, which is asked whenever something has come. */
  async until(isTrue: () => boolean): Promise<void> {
    for (this.look(); !isTrue(); this.look()) {
      if (this.#conn.isClosed) throw new Error("the client has closed it");
      await new Promise<void>((resolve) => this.#conn.onChange = resolve);
    }
  }

  /** Waits for the handshake and does it. */
  async accept(options: EndOptions = {}): Promise<this> {
    await this.until(() => this.hello !== null);
    this.answer(options);
    return this;
  }

  /** The server's side of the handshake. */
  answer({ tickets = true, ...hello }: EndOptions = {}): void {
    const words = { certificate: "good", resumed: false, ...hello };
    this.#conn.send(record(HELLO, bytesOf(JSON.stringify(words))));
    if (tickets) this.#conn.send(ticket());
  }

  /** Sends text. */
  send(text: string): void {
    for (const part of dataRecords(bytesOf(text))) this.#conn.send(part);
  }

  /** Says that nothing more comes. */
  closeNotify(): void {
    this.#conn.send(closeNotify());
  }
}
