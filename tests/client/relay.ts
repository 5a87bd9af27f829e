/**
 * A relay between a client and a server, which can cut their connections.
 *
 * @module
 */

import { writeAll } from "../../lib/bytes.ts";
import { closeQuietly } from "../../lib/net/close.ts";

/** A relay that runs. */
export interface Relay {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  /** Ends every connection that it has, in the middle of whatever is said. */
  cut(): void;
}

/** Runs `action` with a relay to a port of 127.0.0.1. */
export async function withRelay(
  to: number,
  action: (relay: Relay) => Promise<void>,
): Promise<void> {
  const hostname = "127.0.0.1";
  const listener = Deno.listen({ hostname, port: 0 });
  const open = new Set<Deno.Conn>();
  const pumps: Promise<void>[] = [];
  const cut = () => {
    for (const conn of open) closeQuietly(conn);
    open.clear();
  };
  const accepting = (async () => {
    for await (const near of listener) {
      const far = await Deno.connect({ hostname, port: to });
      open.add(near).add(far);
      pumps.push(pump(near, far), pump(far, near));
    }
  })();
  try {
    await action({ port: listener.addr.port, cut });
  } finally {
    listener.close();
    await accepting;
    cut();
    await Promise.all(pumps);
  }
}

/** Until one of them ends; then the other one ends, too. */
async function pump(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(16_384);
  try {
    for (;;) {
      const count = await from.read(buffer);
      if (count === null) break;
      await writeAll(to, buffer.subarray(0, count));
    }
    await to.closeWrite();
  } catch {
    closeQuietly(from);
    closeQuietly(to);
  }
}
