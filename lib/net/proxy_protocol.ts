/**
 * The header with which a load balancer tells whose connection it passes on:
 * the PROXY protocol, versions 1 (a line of text) and 2 (binary), as HAProxy's
 * `doc/proxy-protocol.txt` defines them.
 *
 * @module
 */

import type { Bytes, Source } from "../bytes.ts";
import type { HostPort } from "../host_port.ts";
import { ipVersion, normalizeAddress } from "./ip.ts";
import {
  parseProxyBlock,
  PREAMBLE_LENGTH,
  ProxyHeaderError,
  readPreamble,
  SIGNATURE,
} from "./proxy_block.ts";

export { ProxyHeaderError } from "./proxy_block.ts";

/** The two ends of the connection that a balancer passes on. */
export interface ProxiedEnds {
  /** The client. */
  readonly peer: HostPort;
  /** Where the client connected to: an address of the balancer. */
  readonly local: HostPort;
}

/** What a header says. */
export interface ProxyHeader {
  /** Which of the two forms it has. */
  readonly version: 1 | 2;
  /** Whose connection it is; `null` for the balancer's own. */
  readonly ends: ProxiedEnds | null;
}

/** Longest line of version 1 in bytes, its end included (section 2.1). */
export const LONGEST_LINE = 107;
/** Longest block of version 2 behind its first 16 bytes, in bytes. */
export const LONGEST_BLOCK = 1024;

const START: Bytes = new TextEncoder().encode("PROXY ");
/** The shortest lines: with nobody's, IPv4 and IPv6 addresses. */
const SHORTEST = "PROXY UNKNOWN\r\n".length;
const SHORTEST_OF: readonly (readonly [string, number])[] = [
  ["PROXY TCP4 ", "PROXY TCP4 1.1.1.1 1.1.1.1 1 1\r\n".length],
  ["PROXY TCP6 ", "PROXY TCP6 :: :: 1 1\r\n".length],
];
const [CR, LF] = [13, 10];

/**
 * Reads a header, and not one byte of what follows it. `null` when the
 * connection ends before its first byte, as after a check of a balancer that
 * wants to know whether anybody listens.
 *
 * The caller limits the time; 107 bytes of version 1 and 1040 of version 2 are
 * the most that is read.
 *
 * @throws {ProxyHeaderError} for anything else than a header.
 *
 * @example
 * ```ts
 * import { memoryConn } from "./memory_conn.ts";
 * import { readProxyHeader } from "./proxy_protocol.ts";
 * const conn = memoryConn("PROXY TCP4 192.0.2.7 203.0.113.1 40001 21\r\nUSER");
 * const header = await readProxyHeader(conn);
 * console.assert(header?.ends?.peer.hostname === "192.0.2.7");
 * console.assert(await conn.read(new Uint8Array(9)) === 4);
 * ```
 */
export async function readProxyHeader(
  source: Pick<Source, "read">,
): Promise<ProxyHeader | null> {
  const inlet = new Inlet(source);
  if (!await inlet.upTo(SHORTEST)) return null;
  return inlet.bytes[0] === SIGNATURE[0]
    ? await readBinary(inlet)
    : await readLine(inlet);
}

async function readBinary(inlet: Inlet): Promise<ProxyHeader> {
  await inlet.upTo(PREAMBLE_LENGTH);
  const { length } = readPreamble(inlet.bytes);
  if (length > LONGEST_BLOCK) {
    throw new ProxyHeaderError(`its ${length} bytes are too many`);
  }
  await inlet.upTo(PREAMBLE_LENGTH + length);
  return { version: 2, ends: parseProxyBlock(inlet.bytes) };
}

/** Asks for no more than a line must still have: nothing comes from behind. */
async function readLine(inlet: Inlet): Promise<ProxyHeader> {
  const start = textOf(inlet.bytes);
  const row = SHORTEST_OF.find(([words]) => start.startsWith(words));
  if (row !== undefined) await inlet.upTo(row[1]);
  while (!hasEnd(inlet.bytes)) {
    const { length } = inlet.bytes;
    if (length >= LONGEST_LINE) throw new ProxyHeaderError("it does not end");
    const missing = inlet.bytes.at(-1) === CR ? 1 : 2;
    await inlet.upTo(Math.min(length + missing, LONGEST_LINE));
  }
  return { version: 1, ends: parseLine(textOf(inlet.bytes)) };
}

/** Whether the line has ended; what follows an end is no part of it. */
function hasEnd(bytes: Bytes): boolean {
  const at = bytes.indexOf(LF);
  if (at < 0) return false;
  if (at === bytes.length - 1 && bytes[at - 1] === CR) return true;
  throw new ProxyHeaderError("its line ends in the wrong place");
}

function parseLine(line: string): ProxiedEnds | null {
  if (/^PROXY UNKNOWN[ \r]/.test(line)) return null;
  const [, version, ...fields] = LINE.exec(line) ?? [];
  const [from = "", to = "", fromPort = "", toPort = ""] = fields;
  const fits = [from, to].every((address) =>
    String(ipVersion(address)) === version
  );
  const ports = [fromPort, toPort].map(Number);
  if (!fits || ports.some((port) => port > 65535)) {
    throw new ProxyHeaderError("its line names no addresses and ports");
  }
  return {
    peer: { hostname: normalizeAddress(from), port: ports[0]! },
    local: { hostname: normalizeAddress(to), port: ports[1]! },
  };
}

const PORT = "(0|[1-9]\\d{0,4})";
const LINE = new RegExp(
  `^PROXY TCP([46]) ([\\d.a-fA-F:]+) ([\\d.a-fA-F:]+) ${PORT} ${PORT}\\r\\n$`,
);

function textOf(bytes: Bytes): string {
  return new TextDecoder().decode(bytes);
}

/** Takes bytes as they are asked for, and looks at once whether they fit. */
class Inlet {
  readonly #source: Pick<Source, "read">;
  readonly #buffer: Bytes = new Uint8Array(PREAMBLE_LENGTH + LONGEST_BLOCK);
  #length = 0;

  constructor(source: Pick<Source, "read">) {
    this.#source = source;
  }

  /** Everything that was taken. */
  get bytes(): Bytes {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Waits for the first `count` bytes; `false` when there is none at all. */
  async upTo(count: number): Promise<boolean> {
    while (this.#length < count) {
      const room = this.#buffer.subarray(this.#length, count);
      const taken = await this.#source.read(room);
      if (taken === null && this.#length === 0) return false;
      if (taken === null) throw new ProxyHeaderError("the connection ended");
      this.#length += taken;
      this.#checkStart();
    }
    return true;
  }

  /** Whoever sends no header is told from the first byte that is wrong. */
  #checkStart(): void {
    const wanted = this.#buffer[0] === START[0] ? START : SIGNATURE;
    const length = Math.min(this.#length, wanted.length);
    for (let at = 0; at < length; at++) {
      if (this.#buffer[at] === wanted[at]) continue;
      throw new ProxyHeaderError("what came is no PROXY header");
    }
  }
}
