/**
 * A connection whose `close()` always ends what is pending.
 *
 * @module
 */

import type { Bytes } from "../bytes.ts";
import { closeQuietly } from "./close.ts";

/** The two directions of a connection, and its end. */
export interface Stream {
  /** Reads like `Deno.Conn`. */
  read(buffer: Bytes): Promise<number | null>;
  /** Writes like `Deno.Conn`; one call at a time. */
  write(bytes: Bytes): Promise<number>;
  /** Ends the connection: a pending read or write rejects. */
  close(): void;
}

/** One for all: an error of its own would cost each session its stack trace. */
const CLOSED = new Deno.errors.Interrupted("connection closed");

/**
 * Wraps a connection: runtimes before 2.8 leave a write pending for ever when
 * its connection is closed while the peer does not read. There the descriptor
 * stays until the peer goes, but nobody here waits for it.
 *
 * @example
 * ```ts
 * import { streamOf } from "./stream.ts";
 * using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * using conn = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
 * const stream = streamOf(await listener.accept());
 * await stream.write(new TextEncoder().encode("hello"));
 * stream.close();
 * const buffer = new Uint8Array(8);
 * console.assert(await conn.read(buffer) === 5);
 * ```
 */
export function streamOf(conn: Deno.Conn): Stream {
  let giveUp: ((reason: Error) => void) | null = null;
  let isOpen = true;
  return {
    read: (buffer) => conn.read(buffer),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        giveUp = reject;
        conn.write(bytes).then(resolve, reject);
      }),
    close() {
      if (!isOpen) return;
      isOpen = false;
      closeQuietly(conn);
      giveUp?.(CLOSED);
    },
  };
}
