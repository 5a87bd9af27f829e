/**
 * A server of a script: whatever a client says, the next step of the script is
 * the answer.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { Bytes } from "../../../lib/bytes.ts";
import type { HostPort } from "../../../lib/host_port.ts";
import type {
  ClientConnection,
  ClientNetwork,
} from "../../../lib/net/client_network.ts";
import { SERVER } from "../../core/client_peer.ts";
import { MemoryConn } from "../../core/ftp_memory_conn.ts";

const CLIENT: HostPort = { hostname: "192.0.2.9", port: 50_021 };
const CRLF = Uint8Array.of(13, 10);

/** What a line does by its first letter, a blank behind it. */
const ACTS: Readonly<Record<string, (conn: MemoryConn, data: Bytes) => void>> =
  {
    D: (conn, data) => {
      conn.send(data);
      conn.end();
    },
    d: (conn, data) => conn.send(data),
    e: (conn) => conn.end(),
    x: (conn) => conn.reset(),
    b: (conn) => conn.block(),
  };

/** The server, and everything that a client has opened to it. */
export class RandomServer {
  /** Control and data connections, oldest first. */
  readonly conns: MemoryConn[] = [];
  /** What the client listens on. */
  readonly listening: { open: boolean }[] = [];
  /** Bytes of commands. */
  heard = 0;
  /** The way to it. */
  readonly network: ClientNetwork;
  readonly #lines: Bytes[];

  /** Plays these lines. */
  constructor(lines: readonly Bytes[]) {
    this.#lines = [...lines];
    this.network = {
      connect: (to) => Promise.resolve(this.#connect(to)),
      listen: () => this.#listen(),
    };
  }

  /** Whether there is nothing more to say. */
  get isOver(): boolean {
    return this.#lines.length === 0;
  }

  /** Ends whatever a client could still wait for. */
  hangUp(): void {
    for (const conn of this.conns) {
      conn.unblock();
      conn.end();
    }
  }

  /** Lets everything happen that will happen by itself. */
  async settle(): Promise<void> {
    let quiet = 0;
    for (let turns = 0; quiet < 4 && turns < 300; turns++) {
      const before = this.#news;
      await new Promise<void>((resolve) => void setImmediate(resolve));
      quiet = before === this.#news ? quiet + 1 : 0;
    }
  }

  get #news(): number {
    return this.conns.reduce(
      (sum, conn) => sum + conn.received.length + Number(conn.isClosed),
      this.conns.length + this.#lines.length,
    );
  }

  #connect(to: HostPort): ClientConnection {
    const conn = new MemoryConn();
    this.conns.push(conn);
    if (to.port === SERVER.port) this.#converse(conn);
    return { ...conn.server, remote: to, local: CLIENT };
  }

  #listen(): ReturnType<ClientNetwork["listen"]> {
    const place = { open: true };
    this.listening.push(place);
    const never = Promise.withResolvers<ClientConnection>();
    never.promise.catch(() => {});
    return {
      port: 50_000,
      accept: () => never.promise,
      close() {
        place.open = false;
        never.reject(new Error("listener closed"));
      },
    };
  }

  /** A step for the greeting, and one for each line that comes. */
  #converse(control: MemoryConn): void {
    let seen = 0;
    this.#step(control);
    control.onChange = () => {
      while (seen < control.received.length) {
        const bytes = control.received[seen++]!;
        this.heard += bytes.length;
        const lines = bytes.filter((byte) => byte === 10).length;
        // The client's write has to be over first.
        for (let left = lines; left > 0; left--) {
          queueMicrotask(() => this.#step(control));
        }
      }
    };
  }

  /** Says lines up to one that could be the last one of a final reply. */
  #step(control: MemoryConn): void {
    for (let line; (line = this.#lines.shift()) !== undefined;) {
      const text = String.fromCharCode(...line.subarray(0, 4));
      const act = text[1] === " " ? ACTS[text[0]!] : undefined;
      const data = this.conns.findLast((conn) => conn !== control);
      if (act !== undefined && data !== undefined) act(data, line.slice(2));
      else if (text === "E ") return control.end();
      else if (text === "X ") return control.reset();
      else if (text === "N ") return;
      else if (text === "W " && data !== undefined) {
        return void data.closed.then(() => this.#step(control));
      } else {
        control.send(line);
        control.send(CRLF);
        if (/^[2-9]\d\d( |$)/.test(text)) return;
      }
    }
    this.hangUp();
  }
}
