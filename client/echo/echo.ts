/**
 * One message to an echo server, and what comes back (RFC 862).
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { bytesSource } from "../service/bytes_source.ts";
import { connectTo, exchange } from "../service/connect.ts";
import type { StreamTarget, Target, UdpTarget } from "../service/target.ts";
import { echoStream } from "./echo_stream.ts";
import { firstDifference } from "./payload.ts";

/** Options for {@linkcode echo}. */
export interface EchoOptions {
  /** Milliseconds: to connect, and that nothing may come. @default {2000} */
  readonly timeout?: number;
  /** How often a datagram is sent within `timeout`. @default {3} */
  readonly tries?: number;
  /** Breaks off. */
  readonly signal?: AbortSignal | undefined;
}

/** What came back. */
export interface EchoReply {
  /** The bytes; at most 64 KiB behind a difference. */
  readonly reply: Bytes;
  /**
   * The first offset that is not as it was sent, also for a byte that is
   * missing or too many; `null` when the reply is exactly the message.
   */
  readonly differsAt: number | null;
  /** Milliseconds until all of it was there, without connecting. */
  readonly time: number;
}

/**
 * Sends a message and returns what comes back: over UDP in one datagram, over
 * a connection all until the server ends, which it does when we have ended.
 *
 * @throws {ServiceError} when there is no server, or no reply in time; the
 * signal's reason when it aborts.
 *
 * @example
 * ```ts
 * import { serveUdp } from "../../lib/net/udp.ts";
 * import { echo } from "./echo.ts";
 * await using server = await serveUdp((data) => data, {
 *   listen: [{ hostname: "127.0.0.1", port: 0 }],
 * });
 * const { hostname, port } = server.addresses[0]!;
 * const target = { transport: "udp", hostname, port } as const;
 * const { differsAt } = await echo(target, "hello");
 * console.assert(differsAt === null);
 * ```
 */
export async function echo(
  target: Target,
  message: string | Bytes,
  options: EchoOptions = {},
): Promise<EchoReply> {
  const bytes = typeof message === "string"
    ? new TextEncoder().encode(message)
    : message;
  return target.transport === "udp"
    ? await overDatagram(target, bytes, options)
    : await overStream(target, bytes, options);
}

async function overDatagram(
  target: UdpTarget,
  message: Bytes,
  { timeout = 2000, tries, signal }: EchoOptions,
): Promise<EchoReply> {
  const began = performance.now();
  const limits = { timeout, signal, ...tries === undefined ? {} : { tries } };
  const reply = await exchange(target, message, limits);
  const time = performance.now() - began;
  const length = Math.max(reply.length, message.length);
  const shorter = Math.min(reply.length, message.length);
  const differsAt = firstDifference(reply.subarray(0, shorter), message) ??
    (length === shorter ? null : shorter);
  return { reply, differsAt, time };
}

async function overStream(
  target: StreamTarget,
  message: Bytes,
  { timeout = 2000, signal }: EchoOptions,
): Promise<EchoReply> {
  const conn = await connectTo(target, { timeout, signal });
  try {
    const began = performance.now();
    const parts: Bytes[] = [];
    const { differsAt } = await echoStream(conn, bytesSource(message), {
      timeout,
      signal,
      onReply: (part) => void parts.push(part.slice()),
    });
    const time = performance.now() - began;
    const reply = new Uint8Array(await new Blob(parts).arrayBuffer());
    return { reply, differsAt, time };
  } finally {
    conn.close();
  }
}
