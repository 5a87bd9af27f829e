/**
 * Closing connections, at once or gently.
 *
 * @module
 */
import { type WaitOptions, within } from "./wait.ts";

/** Enough to empty what a socket has queued in a few reads. */
const DISCARD_SIZE = 16_384;

/** What was closed here: a second try would cost an error and its stack. */
const closed = new WeakSet<object>();

/**
 * Closes `conn`; fine when it is closed already or was handed on to TLS.
 *
 * @example
 * ```ts
 * import { closeQuietly } from "./close.ts";
 * const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * closeQuietly(listener);
 * closeQuietly(listener);
 * ```
 */
export function closeQuietly(conn: Pick<Deno.Conn, "close">): void {
  if (closed.has(conn)) return;
  closed.add(conn);
  try {
    conn.close();
  } catch { /* It is closed: what we wanted. */ }
}

/**
 * Closes `conn` so that the peer gets all that was written to it.
 *
 * Closing a socket with unread input makes the kernel send a reset, and a
 * reset may overtake the last line. So this ends our side, discards what the
 * peer still sends until it ends its side too, `patience` milliseconds at
 * most, and closes. Never throws.
 *
 * @example
 * ```ts
 * import { closeGently } from "./close.ts";
 * using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * using client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
 * const conn = await listener.accept();
 * const closed = closeGently(conn);
 * await client.closeWrite();
 * await closed;
 * ```
 */
export async function closeGently(
  conn: Deno.Conn,
  patience = 1000,
  options: WaitOptions = {},
): Promise<void> {
  try {
    await within(hangUp(conn), patience, undefined, options);
  } catch { /* The peer is gone already. */ }
  closeQuietly(conn);
}

async function hangUp(conn: Deno.Conn): Promise<void> {
  await conn.closeWrite();
  const discarded = new Uint8Array(DISCARD_SIZE);
  while (await conn.read(discarded) !== null);
}
