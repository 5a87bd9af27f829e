/**
 * Two ends of a connection in memory, and TLS over them.
 *
 * @module
 */
import { fail } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import type { Stream } from "../../lib/net/stream.ts";
import { noTls } from "../../lib/net/tls/ability.ts";
import { clientTls } from "../../lib/net/tls/client.ts";
import type { DuplexListener } from "../../lib/net/tls/duplex.ts";
import { serverTls } from "../../lib/net/tls/server.ts";
import type {
  ClientTls,
  ServerTls,
  ServerTlsOptions,
  TlsStream,
  TrustOptions,
} from "../../lib/net/tls/stream.ts";
import { within } from "../../lib/net/wait.ts";
import { testCertificates } from "../tls_certificates.ts";
import { joined } from "./byte_cases.ts";

const NO_TLS = noTls();

/** A test that needs TLS; where there is none, its name says so. */
export function tlsTest(name: string, fn: () => Promise<void>): void {
  const ignore = NO_TLS !== null;
  Deno.test({
    name: ignore ? `${name} (SKIPPED: ${NO_TLS})` : name,
    ignore,
    fn,
  });
}

/** Both versions of TLS. */
export const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;

/** One end of a connection in memory. */
export interface End extends Stream {
  /** Everything that was written here, all in all. */
  readonly sent: number;
  /** Bytes that were written here and not read over there. */
  readonly unread: number;
  /** Reads that wait here. */
  readonly pendingReads: number;
  /** Whether this end was closed. */
  readonly isClosed: boolean;
  /** Holds what the other end writes back until it is taken out. */
  hold(): { take(): Bytes };
  /** Ends this side's sending, as a bare FIN does. */
  endWrite(): void;
  /** Breaks the connection, as a reset does. */
  reset(): void;
}

/** Options for {@linkcode connection}. */
export interface ConnectionOptions {
  /** Bytes that fit between the two ends, each way. @default {65536} */
  readonly capacity?: number;
  /** Most bytes that one read or write moves. @default {no limit} */
  readonly most?: number;
}

/** One direction. */
class Way {
  readonly #capacity: number;
  readonly #most: number;
  #bytes: Bytes[] = [];
  #waiters: (() => void)[] = [];
  held = 0;
  total = 0;
  isOver = false;
  isHeld = false;
  fault: Error | null = null;

  constructor({ capacity = 65_536, most = Infinity }: ConnectionOptions) {
    this.#capacity = capacity;
    this.#most = most;
  }

  async put(bytes: Bytes, fault: () => Error | null): Promise<number> {
    await this.#until(() => this.held < this.#capacity || this.fault, fault);
    if (this.fault) throw this.fault;
    const room = Math.min(this.#capacity - this.held, this.#most);
    const part = bytes.slice(0, room);
    this.#bytes.push(part);
    this.held += part.length;
    this.total += part.length;
    this.wake();
    return part.length;
  }

  async get(buffer: Bytes, fault: () => Error | null): Promise<number | null> {
    await this.#until(
      () => !this.isHeld && (this.held > 0 || this.isOver || this.fault),
      fault,
    );
    if (this.held === 0) {
      if (this.fault) throw this.fault;
      return null;
    }
    const [first] = this.#bytes;
    const part = first!.subarray(0, Math.min(buffer.length, this.#most));
    buffer.set(part);
    if (part.length === first!.length) this.#bytes.shift();
    else this.#bytes[0] = first!.subarray(part.length);
    this.held -= part.length;
    this.wake();
    return part.length;
  }

  takeAll(): Bytes {
    const all = joined(this.#bytes.splice(0));
    this.held = 0;
    this.isHeld = false;
    return all;
  }

  wake(): void {
    for (const waiter of this.#waiters.splice(0)) waiter();
  }

  async #until(
    isSo: () => unknown,
    fault: () => Error | null,
  ): Promise<void> {
    for (;;) {
      const found = fault();
      if (found) throw found;
      if (isSo()) return;
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }
}

/** The two ends of a new connection. */
export function connection(options: ConnectionOptions = {}): [End, End] {
  const there = new Way(options);
  const back = new Way(options);
  return [endOf(back, there), endOf(there, back)];
}

function endOf(incoming: Way, outgoing: Way): End {
  let closed: Error | null = null;
  let pendingReads = 0;
  const fault = () => closed;
  function wake(): void {
    incoming.wake();
    outgoing.wake();
  }
  return {
    async read(buffer) {
      pendingReads++;
      try {
        return await incoming.get(buffer, fault);
      } finally {
        pendingReads--;
      }
    },
    write: (bytes) => outgoing.put(bytes, fault),
    close() {
      closed ??= new Deno.errors.Interrupted("connection closed");
      outgoing.isOver = true;
      incoming.fault ??= new Deno.errors.BrokenPipe("the other end is gone");
      wake();
    },
    hold() {
      incoming.isHeld = true;
      return { take: () => incoming.takeAll() };
    },
    endWrite() {
      outgoing.isOver = true;
      wake();
    },
    reset() {
      const reset = new Deno.errors.ConnectionReset("connection reset");
      incoming.fault = outgoing.fault = reset;
      wake();
    },
    get sent() {
      return outgoing.total;
    },
    get unread() {
      return outgoing.held;
    },
    get pendingReads() {
      return pendingReads;
    },
    get isClosed() {
      return closed !== null;
    },
  };
}

/** Settles as `promise` does, or fails the test after 10 s. */
export async function soon<T>(promise: Promise<T>, what: string): Promise<T> {
  const late = Symbol();
  const result = await within(promise, 10_000, late);
  return result === late
    ? fail(`${what} did not happen within 10 s`)
    : result as T;
}

/** Does not listen to a connection. */
export const NOBODY: DuplexListener = {
  ended: () => {},
  readFailed: () => {},
  writeFailed: () => {},
};

/** Never aborts. */
export const PATIENT: AbortSignal = new AbortController().signal;

/** What {@linkcode secured} makes. */
export interface Secured {
  readonly client: TlsStream;
  readonly server: TlsStream;
  /** The client's end of the connection below. */
  readonly clientEnd: End;
  /** The server's. */
  readonly serverEnd: End;
  readonly clientTls: ClientTls;
  readonly serverTls: ServerTls;
  /** Closes both. */
  [Symbol.dispose](): void;
}

/** Options for {@linkcode secured}. */
export interface SecuredOptions extends ConnectionOptions {
  readonly trust?: TrustOptions;
  readonly server?: Partial<ServerTlsOptions>;
  readonly host?: string;
}

/** A client and a server that have shaken hands. */
export async function secured(options: SecuredOptions = {}): Promise<Secured> {
  const { trust = { insecure: true }, host = "localhost" } = options;
  const [clientEnd, serverEnd] = connection(options);
  const ours = clientTls(host, trust);
  const theirs = await testServer(options.server);
  const [client, server] = await soon(
    Promise.all([
      ours.control(clientEnd, PATIENT),
      theirs.secure(serverEnd, PATIENT),
    ]),
    "the handshake",
  );
  return {
    client,
    server,
    clientEnd,
    serverEnd,
    clientTls: ours,
    serverTls: theirs,
    [Symbol.dispose]() {
      ours.close();
      client.close();
      server.close();
    },
  };
}

/** A server with the certificate for localhost. */
export async function testServer(
  options: Partial<ServerTlsOptions> = {},
): Promise<ServerTls> {
  const { server } = await testCertificates();
  return serverTls({ certificates: [server], ...options });
}

/** Reads so many bytes. */
export async function readBytes(stream: Stream, count: number): Promise<Bytes> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count;) {
    const n = await soon(stream.read(bytes.subarray(at)), "a read");
    if (n === null) fail(`the end after ${at} of ${count} bytes`);
    at += n;
  }
  return bytes;
}

/** Reads the end. */
export async function readEnd(stream: Stream): Promise<void> {
  const count = await soon(stream.read(new Uint8Array(64)), "the end");
  if (count !== null) fail(`${count} bytes instead of the end`);
}

/** Resolves when all that is about to happen in this process has happened. */
export async function calm(): Promise<void> {
  for (let turns = 0; turns < 200; turns++) {
    await new Promise((resolve) => void setImmediate(resolve));
  }
}

/** Writes until a write waits for the other end to read. */
export async function pendingWrite(
  stream: Stream,
): Promise<{ write: Promise<number>; written: number }> {
  for (let written = 0; written < 100_000_000;) {
    let isDone = false;
    const write = stream.write(new Uint8Array(65_536));
    write.then((count) => {
      written += count;
      isDone = true;
    }, () => {});
    for (let turns = 0; turns < 200 && !isDone; turns++) {
      await new Promise((resolve) => void setImmediate(resolve));
    }
    if (!isDone) return { write, written };
  }
  fail("a write never waits");
}
