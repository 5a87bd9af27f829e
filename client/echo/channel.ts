/**
 * What probes travel on: a UDP socket, or a connection.
 *
 * @module
 */

import { type Bytes, writeAll } from "../../lib/bytes.ts";
import { type ClientConn, connectTo } from "../service/connect.ts";
import {
  DATAGRAM_BUFFER,
  type DatagramLink,
  openDatagrams,
} from "../service/datagram_link.ts";
import type { WaitLimits } from "../service/in_time.ts";
import { addressesOf } from "../service/resolve.ts";
import type { Target } from "../service/target.ts";

/** What came over a {@linkcode Channel}. */
export interface Incoming {
  /** A datagram, or the next bytes of a connection. Good until the next one. */
  readonly data: Bytes;
  /** Whether it came from the server. */
  readonly isPeer: boolean;
}

/** Sends probes and receives what comes back. */
export interface Channel {
  /** Whether messages stay whole (`datagram`) or only bytes in order (`stream`). */
  readonly kind: "datagram" | "stream";
  /** The server, numeric: `127.0.0.1:7`, or the path of a socket. */
  readonly remote: string;
  /** How long connecting took, in milliseconds; `null` for datagrams. */
  readonly connectTime: number | null;
  /** Sends a probe. One call at a time. */
  send(bytes: Bytes): Promise<void>;
  /** What comes next; `null` when the server has ended. One call at a time. */
  receive(): Promise<Incoming | null>;
  /** Ends pending calls, too. Safe to call more than once. */
  close(): void;
}

/** What one read of a connection takes. */
const READ_SIZE = 65_536;

/**
 * Opens a way to `target`; over UDP to its first address.
 *
 * @throws {ServiceError} when there is none within `timeout` milliseconds.
 *
 * @example
 * ```ts
 * import { openChannel } from "./channel.ts";
 * const target = { transport: "udp", hostname: "127.0.0.1", port: 7 } as const;
 * const channel = await openChannel(target, { timeout: 2000 });
 * console.assert(channel.kind === "datagram");
 * channel.close();
 * ```
 */
export async function openChannel(
  target: Target,
  limits: WaitLimits,
): Promise<Channel> {
  if (target.transport === "udp") {
    const [address] = await addressesOf(target, limits);
    return datagramChannel(openDatagrams(target, address!));
  }
  const begin = performance.now();
  const conn = await connectTo(target, limits);
  return streamChannel(conn, performance.now() - begin);
}

function datagramChannel(link: DatagramLink): Channel {
  const buffer = new Uint8Array(DATAGRAM_BUFFER);
  return {
    kind: "datagram",
    remote: link.remote,
    connectTime: null,
    send: link.send,
    receive: () => link.receive(buffer),
    close: link.close,
  };
}

function streamChannel(conn: ClientConn, connectTime: number): Channel {
  const buffer = new Uint8Array(READ_SIZE);
  return {
    kind: "stream",
    remote: conn.remote,
    connectTime,
    send: (bytes) => writeAll(conn, bytes),
    async receive() {
      const count = await conn.read(buffer);
      if (count === null) return null;
      return { data: buffer.subarray(0, count), isPeer: true };
    },
    close: conn.close,
  };
}
