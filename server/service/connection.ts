/**
 * The frame around a connection: its limits in time, what it counts, and the
 * line it leaves in the log.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import type { Log } from "../../lib/log.ts";
import { formatHostPort } from "../../lib/net/address.ts";
import { isPeerGone } from "../../lib/net/peer_gone.ts";
import type {
  Service,
  ServiceConn,
  StreamContext,
} from "../../lib/net/service.ts";
import type { Ending, StreamCounters } from "./counters.ts";
import type { Deadlines, Expiry, Mortal } from "./deadlines.ts";

/** What {@linkcode serveConnection} goes by. */
export interface ConnectionFrame {
  /** Serves the connection. */
  readonly service: Service;
  /** Its limits in time. */
  readonly deadlines: Deadlines;
  /** What is counted. */
  readonly counters: StreamCounters;
  /** Where its end is told. */
  readonly log: Log;
}

/** How a connection ended, for whoever closes it. */
export interface Ended {
  /** How. */
  readonly ending: Ending;
  /** Whether the peer has said everything: then nothing of it is unread. */
  readonly heardAll: boolean;
}

/**
 * Serves one connection and tells of it. Throws what the service throws, but
 * for a peer that went away. The caller closes the connection, which ends what
 * the service may still be waiting for.
 */
export async function serveConnection(
  conn: ServiceConn,
  context: StreamContext,
  frame: ConnectionFrame,
): Promise<Ended> {
  const guarded = new GuardedConn(conn, frame.counters);
  frame.deadlines.add(guarded);
  frame.counters.accepted++;
  frame.counters.open++;
  let ending: Ending = "failed";
  try {
    ending = await play(guarded, context, frame);
    return { ending, heardAll: guarded.heardAll };
  } finally {
    frame.deadlines.delete(guarded);
    frame.counters.open--;
    frame.counters.ended[ending]++;
    frame.log.info("connection", {
      peer: peerName(context),
      in: guarded.bytesIn,
      out: guarded.bytesOut,
      seconds: Number(
        ((performance.now() - guarded.begunAt) / 1000).toFixed(3),
      ),
      end: ending,
    });
  }
}

async function play(
  conn: GuardedConn,
  context: StreamContext,
  { service }: ConnectionFrame,
): Promise<Ending> {
  const served = (async (): Promise<Ending> => {
    await service.stream?.(conn, context);
    return "done";
  })();
  try {
    return await Promise.race([served, conn.cut]);
  } catch (error) {
    if (isPeerGone(error)) return "reset";
    if (context.signal.aborted) return "stopped";
    throw error;
  } finally {
    // Closing the connection ends what it still waits for; nobody listens.
    served.catch(() => {});
  }
}

function peerName({ peer }: StreamContext): string {
  return peer.hostname === ""
    ? "unix"
    : formatHostPort(peer.hostname, peer.port);
}

/** A connection that counts, and remembers when it moved. */
class GuardedConn implements ServiceConn, Mortal {
  /** Resolves when the connection must end before its service does. */
  readonly cut: Promise<Ending>;
  readonly begunAt: number = performance.now();
  movedAt: number = this.begunAt;
  bytesIn = 0;
  bytesOut = 0;
  heardAll = false;
  readonly #conn: ServiceConn;
  readonly #counters: StreamCounters;
  readonly #cut: (ending: Ending) => void;
  readonly #onRead: (count: number | null) => number | null;
  readonly #onWritten: (count: number) => number;

  constructor(conn: ServiceConn, counters: StreamCounters) {
    const { promise, resolve } = Promise.withResolvers<Ending>();
    this.cut = promise;
    this.#cut = resolve;
    this.#conn = conn;
    this.#counters = counters;
    this.#onRead = (count) => {
      this.movedAt = performance.now();
      if (count === null) this.heardAll = true;
      else this.#counters.bytesIn += count;
      this.bytesIn += count ?? 0;
      return count;
    };
    this.#onWritten = (count) => {
      this.movedAt = performance.now();
      this.#counters.bytesOut += count;
      this.bytesOut += count;
      return count;
    };
  }

  // Fixed functions behind the connection's own promises: an async function
  // here would cost a busy echo server a tenth of its time.
  read(buffer: Bytes): Promise<number | null> {
    return this.#conn.read(buffer).then(this.#onRead);
  }

  write(bytes: Bytes): Promise<number> {
    return this.#conn.write(bytes).then(this.#onWritten);
  }

  closeWrite(): Promise<void> {
    return this.#conn.closeWrite();
  }

  expire(why: Expiry): void {
    this.#cut(why);
  }
}
