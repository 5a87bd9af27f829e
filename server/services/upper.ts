/**
 * The upper-case service: what comes goes back in capitals.
 *
 * It has no RFC. It maps the stream and knows no lines, so that text, files
 * and bytes of any charset come back whole.
 *
 * @module
 */

import { writeAll } from "../../lib/bytes.ts";
import type { Service, ServiceConn } from "../../lib/net/service.ts";
import { upperDatagram } from "../../lib/upper/datagram.ts";
import { type Casing, upperStream } from "../../lib/upper/mapping.ts";

/** Options for {@linkcode upperService}. */
export interface UpperServiceOptions {
  /** Which letters change. @default {"ascii"} */
  readonly casing?: Casing;
}

/** Bytes that a connection holds at most, before they are mapped. */
const BUFFER_SIZE = 65_536;

/**
 * Sends back the upper case of streams, piece by piece, and of datagrams. It
 * reads on when the peer has taken the answer, so that a connection holds one
 * buffer of 64 KiB and its mapping, however much goes through it.
 *
 * @example
 * ```ts
 * import { memoryConn, memoryContext } from "../../lib/net/memory_conn.ts";
 * import { upperService } from "./upper.ts";
 * const conn = memoryConn(["hel", "lo\n"]);
 * await upperService().stream?.(conn, memoryContext());
 * console.assert(conn.text === "HELLO\n");
 * ```
 */
export function upperService(
  { casing = "ascii" }: UpperServiceOptions = {},
): Service {
  return {
    stream: (conn) => answerStream(conn, casing),
    datagram: (data) => upperDatagram(data, casing),
  };
}

async function answerStream(conn: ServiceConn, casing: Casing): Promise<void> {
  const buffer = new Uint8Array(BUFFER_SIZE);
  const upper = upperStream(casing);
  for (;;) {
    const count = await conn.read(buffer);
    if (count === null) break;
    await writeAll(conn, upper.push(buffer.subarray(0, count)));
  }
  await writeAll(conn, upper.end());
}
