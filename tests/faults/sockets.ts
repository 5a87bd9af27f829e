/**
 * What clients do on sockets that servers may close at any time.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";

/** Writes all of it, or what the other end takes before it closes. */
export async function writeUntilClosed(
  conn: Deno.Conn,
  bytes: Bytes,
): Promise<void> {
  try {
    for (let at = 0; at < bytes.length;) {
      at += await conn.write(bytes.subarray(at));
    }
  } catch { /* It has had enough. */ }
}
