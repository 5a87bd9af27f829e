/**
 * The echo service: everything that comes goes back (RFC 862).
 *
 * @module
 */

import { type Bytes, writeAll } from "../../lib/bytes.ts";
import type { Service, ServiceConn } from "../../lib/net/service.ts";

/** What a connection costs until it sends more at a time. */
const FIRST_BUFFER = 4096;
/** What it costs at most. */
const LARGEST_BUFFER = 65_536;
/** How much more it gets when it fills what it has. */
const GROWTH = 4;

/**
 * Sends back streams, until the peer ends its side, and datagrams, also those
 * without a byte.
 *
 * A connection holds one buffer of 4 KiB, and up to 64 KiB when that much comes
 * at a time. It reads on when the peer has taken the answer: a peer that does
 * not read fills the sockets between us, and no memory of the service.
 *
 * @example
 * ```ts
 * import { memoryConn, memoryContext } from "../../lib/net/memory_conn.ts";
 * import { echoService } from "./echo.ts";
 * const conn = memoryConn(["hel", "lo"]);
 * await echoService().stream?.(conn, memoryContext());
 * console.assert(conn.text === "hello");
 * ```
 */
export function echoService(): Service {
  return { stream: echoStream, datagram: (data) => data };
}

async function echoStream(conn: ServiceConn): Promise<void> {
  let buffer: Bytes = new Uint8Array(FIRST_BUFFER);
  for (;;) {
    const count = await conn.read(buffer);
    if (count === null) return;
    const isFull = count === buffer.length;
    const data = isFull ? buffer : buffer.subarray(0, count);
    // Mostly one write takes all: no further function in the way of that.
    const written = await conn.write(data);
    if (written < count) await writeAll(conn, data.subarray(written));
    if (isFull && count < LARGEST_BUFFER) {
      buffer = new Uint8Array(count * GROWTH);
    }
  }
}
