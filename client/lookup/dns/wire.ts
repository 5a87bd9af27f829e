/**
 * Questions to DNS servers over the network (RFC 7766): over UDP first, over
 * TCP when the answer does not fit, or when the runtime permits nothing else.
 *
 * @module
 */

import { type Bytes, writeAll } from "../../../lib/bytes.ts";
import type { HostPort } from "../../../lib/host_port.ts";
import { connectTo, exchange, readExactly } from "../../service/connect.ts";
import { ServiceError } from "../../service/errors.ts";
import type { WaitLimits } from "../../service/in_time.ts";
import {
  decodeReply,
  type DnsReply,
  encodeQuestion,
  FORMAT_ERROR,
  isReplyTo,
  type Question,
  type RecordType,
} from "./message.ts";
import { DnsFormatError } from "./name.ts";

/** How bytes get to a DNS server and back. */
export interface DnsWire {
  /** Sends a datagram until one comes that `accept` takes. */
  datagram(
    server: HostPort,
    question: Bytes,
    limits: WaitLimits & { accept(answer: Bytes): boolean },
  ): Promise<Bytes>;
  /** Sends a message over a connection, and reads the one that comes. */
  stream(
    server: HostPort,
    question: Bytes,
    limits: WaitLimits,
  ): Promise<Bytes>;
}

/** The network of this machine. */
export const SOCKET_WIRE: DnsWire = {
  datagram: (server, question, limits) =>
    exchange({ transport: "udp", ...server }, question, limits),
  stream: overTcp,
};

/**
 * Asks one server one question.
 *
 * @throws {ServiceError} when it cannot be reached in time, and
 * {@linkcode DnsFormatError} when its answer breaks the rules.
 *
 * @example
 * ```ts
 * import { askServer, type DnsWire } from "./wire.ts";
 * const answer = (question: Uint8Array<ArrayBuffer>) => {
 *   const reply = question.slice();
 *   reply[2] = 0x80;
 *   return Promise.resolve(reply);
 * };
 * const wire: DnsWire = {
 *   datagram: (_server, question) => answer(question),
 *   stream: (_server, question) => answer(question),
 * };
 * const server = { hostname: "127.0.0.1", port: 53 };
 * const reply = await askServer(wire, server, "a.test", "A", { timeout: 2000 });
 * console.assert(reply.records.length === 0);
 * ```
 */
export async function askServer(
  wire: DnsWire,
  server: HostPort,
  name: string,
  type: RecordType,
  limits: WaitLimits,
): Promise<DnsReply> {
  const left = countdown(limits.timeout);
  const ask = (isExtended: boolean) => {
    const question = { id: randomId(), name, type, isExtended };
    return askOnce(wire, server, question, { ...limits, timeout: left() });
  };
  const reply = await ask(true);
  // Servers from before RFC 6891 say so to what is longer (its section 7).
  return reply.code === FORMAT_ERROR ? await ask(false) : reply;
}

async function askOnce(
  wire: DnsWire,
  server: HostPort,
  question: Question,
  limits: WaitLimits,
): Promise<DnsReply> {
  const left = countdown(limits.timeout);
  const bytes = encodeQuestion(question);
  const accept = (message: Bytes) => isReplyTo(question, message);
  const first = await byDatagram(wire, server, bytes, { ...limits, accept });
  if (first instanceof Uint8Array) {
    const reply = decodeReply(first);
    if (!reply.isTruncated) return reply;
  }
  const connected = wire.stream(server, bytes, { ...limits, timeout: left() });
  const message = await connected.catch((error) => {
    // What was asked for first names every flag that is missing.
    throw first instanceof ServiceError ? first : error;
  });
  return wholeReply(question, message);
}

/** A connection has room for every answer. */
function wholeReply(question: Question, message: Bytes): DnsReply {
  if (!isReplyTo(question, message)) {
    throw new DnsFormatError("the answer is to another question");
  }
  const reply = decodeReply(message);
  if (!reply.isTruncated) return reply;
  throw new DnsFormatError("the answer is cut off, over TCP, too");
}

/** How many of `timeout` milliseconds are left, 1 at least. */
function countdown(timeout: number): () => number {
  const end = performance.now() + timeout;
  return () => Math.max(1, Math.ceil(end - performance.now()));
}

/** The answer, or why the runtime lets no datagrams through. */
async function byDatagram(
  wire: DnsWire,
  ...[server, bytes, limits]: Parameters<DnsWire["datagram"]>
): Promise<Bytes | ServiceError> {
  try {
    return await wire.datagram(server, bytes, limits);
  } catch (error) {
    const isForbidden = error instanceof ServiceError &&
      error.kind === "permission";
    if (isForbidden) return error;
    throw error;
  }
}

function randomId(): number {
  return crypto.getRandomValues(new Uint16Array(1))[0]!;
}

/** Two bytes tell the length of each message (RFC 7766 section 8). */
async function overTcp(
  server: HostPort,
  question: Bytes,
  limits: WaitLimits,
): Promise<Bytes> {
  const time = countdown(limits.timeout);
  const left = () => ({ ...limits, timeout: time() });
  const conn = await connectTo({ transport: "tcp", ...server }, limits);
  try {
    const { length } = question;
    await writeAll(conn, new Uint8Array([length >> 8, length, ...question]));
    const [high = 0, low = 0] = await readExactly(conn, 2, left());
    return await readExactly(conn, high << 8 | low, left());
  } finally {
    conn.close();
  }
}
