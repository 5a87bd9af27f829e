/**
 * What a client of TLS says first: what it calls the server, and its version.
 *
 * The runtime can ask which certificate to show, but keeps 43 KB for each
 * handshake that fails when it does; so these two are read here, and no more.
 *
 * @module
 */

import type { Bytes } from "../../bytes.ts";
import type { Stream } from "../stream.ts";
import { preceded } from "./preceded.ts";

/** The type of records that hold handshakes, and of the client's first one. */
const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
/** The extension that holds the name, and the only kind of name there is. */
const SERVER_NAME = 0;
const HOST_NAME = 0;
/** Bytes of a record's header, and of the header of a handshake's message. */
const RECORD_HEADER = 5;
const MESSAGE_HEADER = 4;
/** Random bytes, between the version and the session's id. */
const RANDOM = 32;
/** Most bytes that are looked at. Clients send up to 2 KB. */
const LONGEST = 1 << 14;
/** Bytes that are read at a time. */
const READ = 1 << 12;

/** What a client says first. */
export interface Hello {
  /** Its best version of TLS, 0x0302 for 1.1; 0x0303 for 1.2 and any later one. */
  readonly version: number;
  /** What it calls the server; `null` when it calls it nothing. */
  readonly name: string | null;
}

/** What was heard. */
export interface Heard {
  /** What the client said; `null` when it can't be read. */
  readonly hello: Hello | null;
  /** The connection, from its first byte on. */
  readonly stream: Stream;
}

/**
 * Reads as much of a connection as it takes to know what a client says first.
 * Whatever goes wrong goes wrong again for whoever reads on, and is told there.
 * When `signal` aborts, the connection is closed.
 */
export async function hear(
  stream: Stream,
  signal: AbortSignal,
): Promise<Heard> {
  const onAbort = () => stream.close();
  signal.addEventListener("abort", onAbort, { once: true });
  let said: Bytes = new Uint8Array(0);
  try {
    for (;;) {
      const hello = signal.aborted ? null : readHello(said);
      if (hello !== undefined) return { hello, stream: preceded(said, stream) };
      const buffer = new Uint8Array(said.length + READ);
      buffer.set(said);
      const rest = buffer.subarray(said.length);
      const count = await stream.read(rest).catch(() => null);
      if (count === null) {
        return { hello: null, stream: preceded(said, stream) };
      }
      said = buffer.subarray(0, said.length + count);
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/**
 * Reads the first bytes of a connection (RFC 8446 section 4.1.2, RFC 6066
 * section 3); `undefined` when it takes more of them, `null` when this is no TLS
 * or is damaged.
 *
 * @example
 * ```ts
 * import { readHello } from "./client_hello.ts";
 * console.assert(readHello(new Uint8Array([22, 3])) === undefined);
 * console.assert(readHello(new TextEncoder().encode("USER bob")) === null);
 * ```
 */
export function readHello(bytes: Bytes): Hello | null | undefined {
  const message = firstMessage(bytes);
  if (!message) return message;
  try {
    const cursor = new Cursor(message);
    return { version: cursor.number(2), name: nameIn(cursor) };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The client's first message without its header, from one record or several. */
function firstMessage(bytes: Bytes): Bytes | null | undefined {
  const message = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length;) {
    if (bytes[at] !== HANDSHAKE) return null;
    if (bytes.length < at + RECORD_HEADER) break;
    const size = bytes[at + 3]! << 8 | bytes[at + 4]!;
    if (size === 0) return null;
    at += RECORD_HEADER;
    const part = bytes.subarray(at, at + size);
    message.set(part, length);
    at += size;
    length += part.length;
    if (length > 0 && message[0] !== CLIENT_HELLO) return null;
    if (length < MESSAGE_HEADER) continue;
    const [, high = 0, middle = 0, low = 0] = message;
    const end = MESSAGE_HEADER + (high << 16 | middle << 8 | low);
    if (end > LONGEST) return null;
    if (length >= end) return message.subarray(MESSAGE_HEADER, end);
  }
  // Headers count, too: who sends letters one by one is read again each time.
  return bytes.length < LONGEST ? undefined : null;
}

/**
 * The name, behind the version.
 *
 * @throws {RangeError} when something reaches behind the end.
 */
function nameIn(hello: Cursor): string | null {
  hello.skip(RANDOM);
  hello.skip(hello.number(1)); // The session's id.
  hello.skip(hello.number(2)); // What it can encrypt with.
  hello.skip(hello.number(1)); // How it can compress.
  if (hello.left === 0) return null;
  const extensions = hello.part(hello.number(2));
  while (extensions.left > 0) {
    const type = extensions.number(2);
    const body = extensions.part(extensions.number(2));
    if (type !== SERVER_NAME) continue;
    const names = body.part(body.number(2));
    if (names.number(1) !== HOST_NAME) return null;
    return names.text(names.number(2));
  }
  return null;
}

/** Reads on, and never behind the end. */
class Cursor {
  readonly #bytes: Bytes;
  #at = 0;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  skip(count: number): void {
    if (count > this.left) throw new RangeError("behind the end");
    this.#at += count;
  }

  number(bytes: 1 | 2): number {
    const at = this.#at;
    this.skip(bytes);
    const [first = 0, second = 0] = this.#bytes.subarray(at, this.#at);
    return bytes === 1 ? first : first << 8 | second;
  }

  part(count: number): Cursor {
    const at = this.#at;
    this.skip(count);
    return new Cursor(this.#bytes.subarray(at, this.#at));
  }

  text(count: number): string {
    const at = this.#at;
    this.skip(count);
    const bytes = this.#bytes.subarray(at, this.#at);
    return String.fromCharCode(...bytes);
  }
}
